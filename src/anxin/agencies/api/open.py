"""What any program may ask without a token: agencies, offers, prices."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from ninja import Query, Router

from anxin.agencies import public, queries
from anxin.agencies.api import schemas as s
from anxin.agencies.queries import pages as reads
from anxin.agencies.queries.facts import agency_facts, version_facts
from anxin.agencies.values import ExtraUse, Usage
from anxin.catalogue import public as catalogue
from anxin.kit import clock
from anxin.kit.access import PUBLIC, Request, ruled
from anxin.kit.geo import Point
from anxin.places import public as places

router = Router(tags=["agencies"])


@router.get("/agencies", response=s.AgenciesOut)
@ruled(PUBLIC)
def find_agencies(
    request: Request, q: str = "", town: str = "", item: str = "", offset: int = 0, limit: int = 20
) -> Any:
    """Live agencies by name, pinyin, town (9 digits) or catalogue item."""
    offset, limit = min(max(offset, 0), 10_000), min(max(limit, 1), 100)
    rows = reads.directory(text=q, town_code=town[:9], item_code=item[:8])
    found = [s.AgencyOut.of(agency_facts(row)) for row in rows[offset : offset + limit]]
    return {"count": rows.count(), "items": found}


@router.get("/agencies/{number}", response=s.AgencyDetailOut)
@ruled(PUBLIC)
def agency(request: Request, number: str) -> Any:
    """One live agency with its documents (verified or not) and its published services."""
    row = reads.public_agency(number)
    services = []
    for service in row.published:
        service.version.service = service
        service.agency = row
        services.append(s.VersionOut.of(version_facts(service.version)))
    return {
        **s.AgencyOut.of(agency_facts(row)),
        "intro": row.intro,
        "documents": [s.DocumentOut.of(document) for document in row.shown],
        "services": services,
    }


@router.get("/services/{code}/offers", response=s.OffersOut)
@ruled(PUBLIC)
def offers(request: Request, code: str, asked: Query[s.OffersQuery]) -> Any:
    """Who offers an item, for a town and a time; sorted by the day's rotation, distance, rating or price."""
    at = clock.now()
    item = catalogue.item(code, at)
    near = places.town_point(asked.town) if asked.town else None
    span = (asked.start, asked.start + timedelta(minutes=asked.minutes)) if asked.start else None
    found, total = public.offers(
        item.code, at=at, town_code=asked.town[:9], span=span, unit=asked.unit or "", sort=asked.sort,
        offset=asked.offset, limit=asked.limit, near=Point(near.lat, near.lng) if near else None,
    )  # fmt: skip
    return {"count": total, "items": [s.OfferOut.of(offer) for offer in found]}


@router.get("/service-versions/{version_id}", response=s.VersionOut)
@ruled(PUBLIC)
def version(request: Request, version_id: UUID) -> Any:
    """A published version, current or not."""
    return s.VersionOut.of(public.version(version_id))


@router.post("/service-versions/{version_id}/quote", response=s.QuoteOut)
@ruled(PUBLIC)
def quote(request: Request, version_id: UUID, data: s.QuoteIn) -> Any:
    """The price of a usage, line by line: the same arithmetic as contract and bill."""
    return public.quoted(public.version(version_id), _usage(data)).to_json()


@router.post("/compare", response=list[s.ComparedOut])
@ruled(PUBLIC)
def compare(request: Request, data: s.CompareIn) -> Any:
    """Two to four offers of one item in the unit of the first, with the price of the same work at each."""
    same, _others = queries.comparable(queries.full(list(dict.fromkeys(data.service_ids))))
    usage = _usage(data)
    return [
        {
            "offer": s.OfferOut.of(offer),
            "quote": public.quoted(offer.version, usage).to_json(),
            "serves_town": public.covers(offer.version, data.town_code),
        }
        for offer in same
    ]


def _usage(data: s.QuoteIn) -> Usage:
    return public.usage_for(
        quantity=data.quantity,
        periods=[(period.start, period.end) for period in data.periods],
        town_code=data.town_code,
        headcount=data.headcount,
        extras=[ExtraUse(extra.code, extra.quantity) for extra in data.extras],
    )
