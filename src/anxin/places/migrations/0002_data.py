"""Loads the divisions and the calendar that the package carries."""

from django.db import migrations

from anxin.places.adapters import seed


def load(apps, schema_editor):
    Division = apps.get_model("places", "Division")
    Day = apps.get_model("places", "Day")
    Division.objects.bulk_create(
        [
            Division(
                code=row.code,
                name=row.name,
                level=row.level.value,
                parent_id=row.parent_code or None,
                pinyin=row.pinyin,
                initials=row.initials,
                lat=row.lat,
                lng=row.lng,
                point_source=row.point_source.value if row.point_source else "",
            )
            for row in seed.divisions()
        ],
        ignore_conflicts=True,
    )
    Day.objects.bulk_create(
        [Day(date=day, kind=kind.value, festival=festival) for day, kind, festival in seed.days()],
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    dependencies = [("places", "0001_initial")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
