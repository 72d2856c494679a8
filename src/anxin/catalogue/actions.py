"""The only writers of the catalogue: an edition is published whole, and never changed."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from anxin.audit import public as audit
from anxin.catalogue import rules
from anxin.catalogue.adapters import edition
from anxin.catalogue.models import CatalogueVersion, Category, Item
from anxin.catalogue.values import CategoryFacts
from anxin.kit.actor import Actor
from anxin.kit.errors import Conflict, Invalid, NotFound


class EditionUnsound(Invalid):
    code = "edition_unsound"
    message = _("这一版目录有错误，没有发布：%(mistakes)s")


class NoSuchEdition(NotFound):
    code = "no_such_edition"
    message = _("这个版本的程序里没有目录“%(label)s”。")


class FromThePast(Invalid):
    code = "edition_from_the_past"
    message = _("生效时间不能早于现在：已经下的订单按当时的目录处理。")


class EditionPublished(Conflict):
    code = "edition_published"
    message = _("版本“%(label)s”已经发布，内容不能再改。请用新的版本号发布。")


@transaction.atomic
def publish(*, label: str, valid_from: datetime, by: Actor, at: datetime) -> CatalogueVersion:
    """Publish an edition that the package carries; it holds from `valid_from` on.

    Publishing the same content again is no error. Refuses: an unknown edition, another content under a published
    label, a moment in the past, mistakes in the edition. Source: C-6.2.
    """
    if label not in edition.labels():
        raise NoSuchEdition(field="label", label=label)
    found = edition.read(label)
    known = CatalogueVersion.objects.select_for_update().filter(label=label).first()
    if known is not None:
        if known.checksum != found.checksum:
            raise EditionPublished(label=label)
        return known
    if valid_from < at:
        raise FromThePast(field="valid_from")
    if wrong := rules.mistakes([parsed(category) for category in found.categories]):
        raise EditionUnsound(mistakes="; ".join(wrong))
    version = CatalogueVersion.objects.create(
        label=label, valid_from=valid_from, note=found.note, checksum=found.checksum, published_at=at
    )
    for position, raw in enumerate(found.categories):
        category = Category.objects.create(
            version=version,
            code=raw["code"],
            name=raw["name"],
            summary=raw["summary"],
            icon=raw["icon"],
            position=position,
        )
        Item.objects.bulk_create(
            Item(
                version=version,
                category=category,
                code=spec["code"],
                name=spec["name"],
                position=place,
                spec=spec,
            )
            for place, spec in enumerate(raw["items"])
        )
    audit.record(
        "catalogue.publish",
        by=by,
        at=at,
        subject="catalogue.version",
        subject_id=label,
        detail={"checksum": found.checksum, "valid_from": valid_from.isoformat()},
    )
    return version


def parsed(raw: dict[str, Any]) -> CategoryFacts:
    """A category of an edition as facts; KeyError or ValueError for a mistake in the file."""
    return CategoryFacts(
        code=raw["code"],
        name=raw["name"],
        summary=raw["summary"],
        icon=raw["icon"],
        items=tuple(rules.parse_item(spec, raw["code"], raw["name"]) for spec in raw["items"]),
    )
