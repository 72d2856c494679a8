"""Who may be found by anybody: workers who agreed to be listed and could come, on their public cards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from anxin.accounts import public as accounts
from anxin.accounts.values import Purpose
from anxin.agencies import public as agencies
from anxin.agencies.values import VersionFacts
from anxin.catalogue.values import ItemFacts
from anxin.kit.geo import Point, distance_m
from anxin.matching.values import Order
from anxin.safetycode import public as safetycode
from anxin.safetycode.values import ECard
from anxin.workers import public as workers
from anxin.workers.values import CandidateFacts, Span


@dataclass(frozen=True)
class Listed:
    """A card as anybody sees it; metres from the middle of the town that was asked for, where both are known."""

    card: ECard
    away_m: float | None
    # The service version of their agency by which they can be asked for; None while it offers none there.
    version: VersionFacts | None


def listed_workers(
    item: ItemFacts, *, town_code: str, span: tuple[datetime, datetime], near: Point | None, sort: Order,
    at: datetime, limit: int = 20, household: UUID | None = None,
) -> tuple[list[Listed], int]:  # fmt: skip
    """Workers who agreed to be listed, do the item, serve the town, are free and green: near or well rated first, or
    by number alone, which uses nothing personal; nobody whom a block keeps from the household that asks. A fixed number
    of queries."""
    wanted = workers.Wanted(
        needs=item, town_code=town_code, span=Span(*span), point=near, turnover_minutes=item.turnover_minutes,
        city_code=town_code[:4], household=household,
    )  # fmt: skip
    found = workers.candidates(wanted)
    persons = workers.persons_of(one.worker_id for one in found)
    open_to_all = accounts.consenting(persons.values(), Purpose.LISTING)
    found = [one for one in found if persons[one.worker_id] in open_to_all]
    green = safetycode.green_ids([one.worker_id for one in found], *wanted.span.days())
    found = [one for one in found if one.worker_id in green]
    away = {one.worker_id: distance_m(near, one.point) if near and one.point else None for one in found}

    def key(one: CandidateFacts) -> tuple[float, float, str]:
        metres = away[one.worker_id]
        far, rated = (float("inf") if metres is None else metres), -(one.standing.rating or 0)
        if sort is Order.PLAIN:
            return (0, 0, one.number)
        return (rated, far, one.number) if sort is Order.RATED else (far, rated, one.number)

    first = sorted(found, key=key)[:limit]
    cards = safetycode.ecards([one.worker_id for one in first], at)
    offers, _count = agencies.offers(item.code, at=at, town_code=town_code, span=span, limit=500)
    versions = {offer.agency.organisation_id: offer.version for offer in offers}
    rows = [
        Listed(cards[one.worker_id], away[one.worker_id], versions.get(one.organisation_id)) for one in first
    ]
    return rows, len(found)
