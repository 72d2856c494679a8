"""Reads of the catalogue. It is public; everybody sees all of it. One indexed query each."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from django.db.models import Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from anxin.catalogue import rules
from anxin.catalogue.adapters import edition
from anxin.catalogue.models import CatalogueVersion, Item
from anxin.catalogue.values import CategoryFacts, Channel, ItemFacts, VersionFacts
from anxin.kit import prepared
from anxin.kit.errors import NotFound


class UnknownItem(NotFound):
    code = "unknown_item"
    message = _("服务目录里没有编号为“%(given)s”的项目。请从服务目录中重新选择。")


def _current(at: datetime) -> QuerySet[Item]:
    newest = CatalogueVersion.objects.filter(valid_from__lte=at).order_by("-valid_from", "-published_at")
    found = Item.objects.filter(version=Subquery(newest.values("pk")[:1]))
    return found.select_related("category", "version").order_by("category__position", "position")


def facts(row: Item) -> ItemFacts:
    """The frozen facts of a row (category and version loaded)."""
    parsed = rules.parse_item(row.spec, row.category.code, row.category.name)
    return replace(parsed, version=row.version.label, id=row.id)


def categories(at: datetime) -> list[CategoryFacts]:
    """All categories that hold at `at`, each with its items. One query."""
    grouped: dict[str, list[Item]] = {}
    for row in _current(at):
        grouped.setdefault(row.category.code, []).append(row)
    return [
        CategoryFacts(
            code=code,
            name=rows[0].category.name,
            summary=rows[0].category.summary,
            icon=rows[0].category.icon,
            items=tuple(facts(row) for row in rows),
        )
        for code, rows in grouped.items()
    ]


def item(code: str, at: datetime) -> ItemFacts:
    """The item that holds at `at`; UnknownItem (404) if there is none. One query, which brings the item itself only
    where the process does not know it yet: the database refuses any change of a published item."""
    values = {"code": code, "at": at, "known": _of_code.get(code)}
    rows = prepared.fetch(_HOLDING, values) if code.isalnum() and len(code) <= 8 else []
    if not rows:
        raise UnknownItem(given=code[:20])
    [(item_id, found)] = rows
    if found is not None:
        spec, category, name, label = found
        _by_id[item_id] = replace(rules.parse_item(spec, category, name), version=label, id=item_id)
        _of_code[code] = item_id
    return _by_id[item_id]


def item_or_none(code: str, at: datetime) -> ItemFacts | None:
    """The item that holds at `at`, None when an edition no longer has it. One query."""
    try:
        return item(code, at)
    except UnknownItem:
        return None


def item_by_id(item_id: UUID) -> ItemFacts:
    """An item of any version by its key, as an order froze it. One query."""
    row = Item.objects.select_related("category", "version").filter(pk=item_id).first()
    if row is None:
        raise UnknownItem(given=str(item_id))
    return facts(row)


@lru_cache(maxsize=1024)
def frozen_item(item_id: UUID) -> ItemFacts:
    """`item_by_id`, remembered by the process: the database refuses any change of a published item."""
    return item_by_id(item_id)


# The key of the item {code} that held at {at}: a scalar subquery for a higher area's one statement.
ITEM_SQL = """
  SELECT i.id FROM catalogue_item i WHERE i.code = {code} AND i.version_id = (
    SELECT v.id FROM catalogue_catalogueversion v WHERE v.valid_from <= {at}
    ORDER BY v.valid_from DESC, v.published_at DESC LIMIT 1)
"""


_HOLDING = f"""
  SELECT i.id, CASE WHEN i.id IS DISTINCT FROM %(known)s::uuid
    THEN json_build_array(i.spec, c.code, c.name, v.label) END
  FROM catalogue_item i
  JOIN catalogue_category c ON c.id = i.category_id
  JOIN catalogue_catalogueversion v ON v.id = i.version_id
  WHERE i.id = ({ITEM_SQL.format(code="%(code)s", at="%(at)s")})
"""  # nosec B608  # only our own constants and placeholders
# What the process has read, and which of it a code meant last.
_by_id: dict[UUID, ItemFacts] = {}
_of_code: dict[str, UUID] = {}


def items(at: datetime, codes: Iterable[str] | None = None, *, orderable: bool = False) -> list[ItemFacts]:
    """Items that hold at `at`, all or those of `codes`. One query.

    `orderable` leaves out the services that an outlet's desk gives (training, job referral, mediation).
    """
    found = _current(at)
    if codes is not None:
        found = found.filter(code__in=set(codes))
    if orderable:
        found = found.filter(Q(spec__channel=Channel.ORDER) | ~Q(spec__has_key="channel"))
    return [facts(row) for row in found]


def search(text: str, at: datetime, *, limit: int = 12) -> list[ItemFacts]:
    """Items that `text` means: name, everyday words, pinyin or its initials. One query."""
    return rules.rank(items(at), text[:60])[:limit]


def versions() -> list[VersionFacts]:
    """All editions, newest first. One query."""
    return [
        VersionFacts(row.label, row.valid_from, row.note)
        for row in CatalogueVersion.objects.order_by("-valid_from", "-published_at")
    ]


def unpublished() -> list[str]:
    """Editions that the package carries and nobody has published. One query."""
    known = set(CatalogueVersion.objects.values_list("label", flat=True))
    return [label for label in edition.labels() if label not in known]
