"""Reads for a batch: who could take each demand, how content both sides would be, and the batch as it is shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from anxin.catalogue import public as catalogue
from anxin.kit.actor import SYSTEM, Actor
from anxin.kit.geo import Point, distance_m
from anxin.matching.engine.demands import Demand, Wish
from anxin.matching.models import Batch
from anxin.matching.queries.choosing import rank
from anxin.matching.values import BATCH_HURRY_HOURS, BATCH_SHARE, BATCH_WORKER, Change, Component, Ranked
from anxin.orders import public as orders
from anxin.orders.values import OrderState
from anxin.places import public as places
from anxin.policies import public as policies
from anxin.workers import public as workers
from anxin.workers.values import ItemNeeds, Needs, Span

MOST = 200
SHIFTS = (30, -30, 60, -60, 120, -120)
NEAR_TOWNS = 3


@dataclass(frozen=True)
class Weighing:
    """The published numbers of a batch."""

    share: float
    worker: dict[str, float]
    hurry_hours: int


@dataclass(frozen=True)
class Looked:
    """One order of a batch with all who could take it, best first."""

    order: orders.Order
    demand: Demand
    ranked: list[Ranked]


def weighing(at: datetime) -> Weighing:
    """One query."""
    values = policies.read_many(BATCH_SHARE, BATCH_WORKER, BATCH_HURRY_HOURS, at=at)
    return Weighing(values[BATCH_SHARE.key], dict(values[BATCH_WORKER.key]), values[BATCH_HURRY_HOURS.key])


def waiting(actor: Actor) -> list[orders.Order]:
    """The desk's accepted orders for which nobody is proposed, soonest first; as many as one batch takes."""
    return _waiting(orders.board(actor, (str(OrderState.ACCEPTED),)))


def waiting_at(organisation_id: UUID) -> list[orders.Order]:
    """The same of an agency, for what runs without a person."""
    return _waiting(orders.board(SYSTEM, (str(OrderState.ACCEPTED),)).filter(provider=organisation_id))


def _waiting(board: QuerySet[orders.Order]) -> list[orders.Order]:
    return list(orders.chosen_for(board, waiting=False)[:MOST])


def still_waiting(order: orders.Order) -> bool:
    return order.state == OrderState.ACCEPTED and orders.current_assignment(order) is None


def look(order: orders.Order, at: datetime, weighing_: Weighing, dearest: float) -> Looked:
    """Who could take the order now. dearest: the batch's highest amount an hour, in fen."""
    found = rank(order, at)
    turnover = catalogue.item(order.item_code, order.created_at).turnover_minutes
    waited = max(timedelta(), at - order.state_at) / timedelta(hours=weighing_.hurry_hours)
    demand = Demand(
        order.pk, minutes(order.starts_at), minutes(order.ends_at) + turnover, Point(order.lat, order.lng),
        1 + min(1.0, waited), wishes(order, found, weighing_, dearest),
    )  # fmt: skip
    return Looked(order, demand, found)


def minutes(moment: datetime) -> float:
    return moment.timestamp() / 60


def hourly_fen(order: orders.Order) -> float:
    return (order.total_fen or 0) / max(0.25, (order.ends_at - order.starts_at) / timedelta(hours=1))


def wishes(
    order: orders.Order, found: Iterable[Ranked], weighing_: Weighing, dearest: float
) -> tuple[Wish, ...]:
    """Both sides' satisfaction. The customer's: the ranking's published score without its part for fairness, which a
    batch holds by its bound. The worker's: a short way and a good amount an hour."""
    pay = hourly_fen(order) / dearest if dearest > 0 else 0.0
    rows = []
    for one in found:
        parts = [part for part in one.scores if part.component is not Component.FAIRNESS]
        weights = sum(part.weight for part in parts)
        customer = sum(part.value * part.weight for part in parts) / weights if weights else 0.0
        near = next(part.value for part in parts if part.component is Component.NEAR)
        service = weighing_.worker["near"] * near + weighing_.worker["pay"] * pay
        rows.append(Wish(one.worker_id, min(1.0, max(0.0, customer)), min(1.0, max(0.0, service))))
    return tuple(rows)


def changes(order: orders.Order, at: datetime) -> Iterable[tuple[Change, str, float, Span, list[Ranked]]]:
    """Changes to talk about, each with who could come then: another hour, people of the next town, fewer wishes.

    What the law or the catalogue demands (health, insurance, the item's own papers) is never relaxed.
    """
    need, span = orders.wanted(order), Span(order.starts_at, order.ends_at)
    item = catalogue.item(order.item_code, order.created_at)
    for shift in SHIFTS:
        moved = Span(order.starts_at + timedelta(minutes=shift), order.ends_at + timedelta(minutes=shift))
        if moved.start > at:
            found = rank(order, at, need=replace(need, span=moved))
            yield Change.HOUR, moved.start.isoformat(), abs(shift) / 240, moved, found
    for extra in order.qualifications:
        kept = tuple(one for one in need.needs.certificates if one != extra)
        eased = replace(need, needs=_eased(need.needs, certificates=kept))
        yield Change.QUALIFICATION, str(extra), 0.4, span, rank(order, at, need=eased)
    # Level 5 is the lowest; 0 asks for none.
    if order.min_level and order.min_level < (item.min_level or 5):
        level = order.min_level + 1
        eased = replace(need, needs=_eased(need.needs, min_level=level))
        yield Change.LEVEL, str(level), 0.45, span, rank(order, at, need=eased)
    for nearness, town in enumerate(_near_towns(order)):
        found = rank(order, at, need=replace(need, town_code=town))
        yield Change.PLACE, town, 0.6 + 0.1 * nearness, span, found


def _eased(
    needs: Needs, *, min_level: int | None = None, certificates: tuple[str, ...] | None = None
) -> ItemNeeds:
    return ItemNeeds(
        code=needs.code,
        min_level=needs.min_level if min_level is None else min_level,
        health_tier=needs.health_tier,
        insurance_class=needs.insurance_class,
        certificates=tuple(needs.certificates) if certificates is None else certificates,
    )


def _near_towns(order: orders.Order) -> list[str]:
    """The towns of the same county nearest to the home."""
    home = Point(order.lat, order.lng)
    codes = [town.code for town in places.towns(order.town_code[:6]) if town.code != order.town_code]
    found = places.points(codes)
    return sorted(found, key=lambda code: (distance_m(home, Point(found[code].lat, found[code].lng)), code))[
        :NEAR_TOWNS
    ]


def batches(actor: Actor) -> QuerySet[Batch]:
    """The batches that the desk asked for one by one, latest first, without what they are made of."""
    found: QuerySet[Batch] = Batch.objects.visible_to(actor).filter(round=None)
    return found.defer("plan").order_by("-asked_at", "-id")


def batch(batch_id: UUID, actor: Actor) -> Batch | None:
    found: Batch | None = Batch.objects.visible_to(actor).filter(pk=batch_id).first()
    return found


def current(found: Batch, actor: Actor) -> dict[UUID, orders.Order]:
    """The batch's orders as they are now, with who is proposed. A fixed number of queries."""
    return {order.pk: order for order in orders.board(actor).filter(pk__in=found.order_ids)}


def state_of(pair: dict[str, Any], order: orders.Order | None) -> str:
    """open, taken (this worker is proposed or agreed) or stale (somebody else is, or the order went on)."""
    if order is None:
        return "stale"
    live = [str(one.worker_id) for one in order.live_assignments]  # type: ignore[attr-defined]  # prefetched
    if pair["worker"] in live:
        return "taken"
    return "open" if order.state == OrderState.ACCEPTED and not live else "stale"


def held(worker_ids: Iterable[UUID], at: datetime) -> dict[UUID, float]:
    """By worker the orders of the last 30 days and those promised to them. A fixed number of queries."""
    ids = list(worker_ids)
    found, promised = workers.cards(ids, at), orders.promised_to(ids)
    return {pk: float(one.standing.recent_orders + promised.get(pk, 0)) for pk, one in found.items()}
