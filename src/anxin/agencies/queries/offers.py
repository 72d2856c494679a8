"""Who offers a service, where, when and for how much. Public: everybody sees the same, nobody's traits decide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Count

from anxin.agencies import rules
from anxin.agencies.models import ServiceItem
from anxin.agencies.queries.facts import agency_facts, version_facts
from anxin.agencies.values import Hours, OfferFacts, Rating, VersionFacts
from anxin.kit.clock import local_date
from anxin.kit.crypto import sha256
from anxin.kit.geo import Point, distance_m


class Sort(StrEnum):
    """Orders of a list of offers. ROTATION changes daily and knows nothing of the reader."""

    ROTATION = "rotation"
    DISTANCE = "distance"
    RATING = "rating"
    PRICE = "price"


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is needed to filter and sort an offer."""

    service_id: UUID
    agency_id: UUID
    organisation_id: UUID
    hours: tuple[Hours, ...]
    notice_minutes: int
    unit_price_fen: int
    rating: Rating
    point: Point | None


COLUMNS = (
    "id",
    "agency_id",
    "agency__organisation_id",
    "current__hours",
    "current__notice_minutes",
    "current__unit_price_fen",
    "agency__lat",
    "agency__lng",
    "agency__standing__reviews",
    "agency__standing__content_sum",
    "agency__standing__scope_sum",
    "agency__standing__quality_sum",
    "agency__standing__fee_sum",
    "agency__standing__completed",
)


def candidates(
    item_code: str,
    *,
    at: datetime,
    town_code: str = "",
    span: tuple[datetime, datetime] | None = None,
    unit: str = "",
) -> list[Candidate]:
    """Live agencies whose current version of the item covers the town, takes work in the span and prices it in the
    unit. One query."""
    rows = ServiceItem.objects.offered().filter(item_code=item_code)
    if unit:
        rows = rows.filter(current__unit=unit)
    if town_code:
        rows = rows.filter(current__towns__contains=[town_code])
    found = [_candidate(row) for row in rows.values_list(*COLUMNS)]
    if span is None:
        return found
    start, end = span
    return [
        one
        for one in found
        if rules.takes(one.hours, start, end) and rules.early_enough(one.notice_minutes, at, start)
    ]


def offers(
    item_code: str,
    *,
    at: datetime,
    town_code: str = "",
    span: tuple[datetime, datetime] | None = None,
    unit: str = "",
    near: Point | None = None,
    sort: Sort = Sort.ROTATION,
    offset: int = 0,
    limit: int = 20,
) -> tuple[list[OfferFacts], int]:
    """A page of offers and how many there are in all. Two queries."""
    found = candidates(item_code, at=at, town_code=town_code, span=span, unit=unit)
    found = ordered(found, sort=sort, near=near, at=at)
    page = found[offset : offset + limit]
    return full([one.service_id for one in page], near=near), len(found)


def ordered(found: Sequence[Candidate], *, sort: Sort, near: Point | None, at: datetime) -> list[Candidate]:
    """Sort candidates; ties are broken by the day's rotation, so that nobody is always first."""
    day = local_date(at).isoformat()

    def rotation(one: Candidate) -> str:
        return sha256(f"{day}{one.agency_id}".encode())

    def key(one: Candidate) -> tuple[Any, ...]:
        match sort:
            case Sort.DISTANCE if near is not None:
                return (distance_m(near, one.point) if one.point else float("inf"), rotation(one))
            case Sort.RATING:
                return (-one.rating.score(), rotation(one))
            case Sort.PRICE:
                return (one.unit_price_fen, rotation(one))
        return (rotation(one),)

    return sorted(found, key=key)


def full(service_ids: Iterable[UUID], *, near: Point | None = None) -> list[OfferFacts]:
    """The offers of these services in the given order; services that are not on offer are left out. One query."""
    ids = list(service_ids)
    rows = (
        ServiceItem.objects.offered()
        .filter(pk__in=ids)
        .select_related("current", "agency__organisation", "agency__standing")
    )
    by_id = {row.id: _offer(row, near) for row in rows}
    return [by_id[service_id] for service_id in ids if service_id in by_id]


def comparable(found: Sequence[OfferFacts]) -> tuple[list[OfferFacts], list[OfferFacts]]:
    """The offers of the first one's item in its unit, and those of its item in another: an hour is no month."""
    same = [offer for offer in found if offer.version.item_code == found[0].version.item_code]
    alike = [offer for offer in same if offer.version.price_list.unit is same[0].version.price_list.unit]
    return alike, [offer for offer in same if offer not in alike]


def _offer(row: ServiceItem, near: Point | None) -> OfferFacts:
    version = row.current
    assert version is not None
    version.service = row
    agency = agency_facts(row.agency)
    away = None
    if near is not None and agency.lat is not None and agency.lng is not None:
        away = distance_m(near, Point(agency.lat, agency.lng))
    return OfferFacts(agency, version_facts(version), away)


def _candidate(row: Sequence[Any]) -> Candidate:
    service, agency, organisation, hours, notice, price, lat, lng, reviews, *sums = row
    *dimensions, completed = (value or 0 for value in sums)
    return Candidate(
        service_id=service,
        agency_id=agency,
        organisation_id=organisation,
        hours=tuple(Hours.from_json(h) for h in hours),
        notice_minutes=notice,
        unit_price_fen=price,
        rating=Rating(
            reviews or 0,
            dict(zip(("content", "scope", "quality", "fee"), dimensions, strict=True)),
            completed,
        ),
        point=None if lat is None else Point(lat, lng),
    )


def coverage(organisation_id: UUID) -> dict[str, tuple[str, list[str]]]:
    """Item code → the unit in which an organisation's live agency prices it now, and the towns it serves. One query."""
    rows = ServiceItem.objects.offered().filter(agency__organisation=organisation_id)
    return {
        code: (unit, towns)
        for code, unit, towns in rows.values_list("item_code", "current__unit", "current__towns")
    }


def units_offered(item_code: str) -> dict[str, int]:
    """In which units live agencies price an item now, and how many each. One query."""
    rows = ServiceItem.objects.offered().filter(item_code=item_code)
    return dict(rows.values_list("current__unit").annotate(Count("pk")).order_by("current__unit"))


def own_versions(organisation_id: UUID) -> dict[str, VersionFacts]:
    """Item code → the version that an organisation's live agency serves under now. One query."""
    rows = ServiceItem.objects.offered().filter(agency__organisation=organisation_id)
    found = rows.select_related("current", "agency__organisation", "agency__standing")
    return {row.item_code: _offer(row, None).version for row in found}
