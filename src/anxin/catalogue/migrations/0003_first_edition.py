"""Publishes the first edition of the catalogue that the package carries."""

from datetime import UTC, datetime

from django.db import migrations

from anxin.catalogue.adapters import edition

LABEL = "2026.1"
# Before the first order that the demo's moving clock can make.
HOLDS_FROM = datetime(2025, 1, 1, tzinfo=UTC)


def publish(apps, schema_editor):
    Version, Category, Item = (apps.get_model("catalogue", name) for name in ("CatalogueVersion", "Category", "Item"))
    found = edition.read(LABEL)
    version = Version.objects.create(
        label=LABEL, valid_from=HOLDS_FROM, note=found.note, checksum=found.checksum, published_at=HOLDS_FROM
    )
    for position, raw in enumerate(found.categories):
        named = {key: raw[key] for key in ("code", "name", "summary", "icon")}
        category = Category.objects.create(version=version, position=position, **named)
        Item.objects.bulk_create(
            Item(
                version=version, category=category, code=spec["code"], name=spec["name"], position=place, spec=spec
            )
            for place, spec in enumerate(raw["items"])
        )


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0002_frozen")]
    operations = [migrations.RunPython(publish, migrations.RunPython.noop)]
