"""Ranking for an order: eligible workers only, scored and explained."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from anxin.agencies import public as agencies
from anxin.kit.geo import Point
from anxin.matching.engine import score as engine
from anxin.matching.values import HEAD_START, NUMBERS, Order, Ranked, Rules, opening
from anxin.orders import public as orders
from anxin.policies import public as policies
from anxin.safetycode import public as safetycode
from anxin.workers import public as workers
from anxin.workers.values import CandidateFacts, Gate, Span, WorkerCard


@dataclass(frozen=True)
class Candidate:
    """A ranked worker with the card that may be shown."""

    ranked: Ranked
    card: WorkerCard
    place: int


def rules_at(at: datetime) -> Rules:
    """The published numbers that hold at a moment. One query."""
    return Rules.of(policies.read_many(*NUMBERS, at=at))


def opens_when(order: orders.Order, at: datetime) -> tuple[tuple[int, int], ...]:
    """When the demand, laid before all at a moment, opens for whom: see `values.opening`. One query."""
    ahead = policies.read(HEAD_START, at=at)
    return opening(ahead, order.starts_at - at)


def rank(
    order: orders.Order, at: datetime, sort: Order = Order.BEST, *, need: workers.Wanted | None = None
) -> list[Ranked]:
    """Every eligible worker for the order, best first (A-6.4.2). A fixed number of queries, whatever the size.

    Gates: active, agency, skill, area, papers, shift, calendar with travel, green code on the service day,
    not proposed before. need: `orders.wanted` of the order, if already known.
    """
    eligible = passing(order, need or orders.wanted(order))
    known = orders.visits_before(order)
    return engine.rank(eligible, Point(order.lat, order.lng), rules_at(at), sort, known)


def passing(order: orders.Order, need: workers.Wanted) -> list[CandidateFacts]:
    """Who passes every gate, unranked: those of the calendar and the papers, then the code of every service day."""
    found = workers.candidates(need)
    green = safetycode.green_ids([c.worker_id for c in found], *need.span.days())
    return [c for c in found if c.worker_id in green]


def candidates(
    order: orders.Order, at: datetime, *, sort: Order = Order.BEST, limit: int = 20,
    need: workers.Wanted | None = None,
) -> tuple[list[Candidate], int]:  # fmt: skip
    """The first `limit` ranked workers with their cards, and how many are eligible in all. `need`: see `rank`."""
    ranked = rank(order, at, sort, need=need)
    first = ranked[:limit]
    cards = workers.cards([r.worker_id for r in first], at, masked=False)
    found = [Candidate(r, cards[r.worker_id], place) for place, r in enumerate(first, start=1)]
    return found, len(ranked)


def standing_in(
    order: orders.Order, worker_id: UUID, at: datetime, *, span: Span | None = None
) -> tuple[int | None, int, Ranked | None]:
    """Where a worker stands for an order, at another time if `span` says so: (place or None, how many, their score)."""
    ranked = rank(order, at, need=orders.wanted(order, span=span) if span else None)
    for place, one in enumerate(ranked, start=1):
        if one.worker_id == worker_id:
            return place, len(ranked), one
    return None, len(ranked), None


@dataclass(frozen=True)
class WhyNot:
    """What keeps a worker from an order now; with no gate in the way, where they stand in its ranking."""

    gates: list[Gate]
    place: int | None = None
    of: int = 0
    ranked: Ranked | None = None


def why_not(order: orders.Order, worker_id: UUID, at: datetime) -> WhyNot:
    """The gates that stop this worker, in the order of the table; none = their place. An open order asks whether they
    may grab, and has no ranking."""
    opened = order.provider_id is None
    gates = orders.failed_gates(order, [worker_id], at, need=orders.wanted(order, grabbing=opened))[worker_id]
    if gates or opened:
        return WhyNot(gates)
    return WhyNot([], *standing_in(order, worker_id, at))


def next_agency(order: orders.Order, at: datetime) -> tuple[UUID, UUID] | None:
    """Whom to ask next: the nearest agency whose service covers the demand and that was not asked yet.

    Returns (organisation, version) or None.
    """
    asked = orders.asked_agencies(order)
    found, _ = agencies.offers(
        order.item_code,
        at=at,
        town_code=order.town_code,
        span=(order.starts_at, order.ends_at),
        unit=order.unit,
        near=Point(order.lat, order.lng),
        sort=agencies.Sort.DISTANCE,
        limit=len(asked) + 1,
    )
    for offer in found:
        if offer.agency.organisation_id not in asked:
            return offer.agency.organisation_id, offer.version.id
    return None
