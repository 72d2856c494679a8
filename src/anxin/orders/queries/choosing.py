"""What an order needs of a worker, who was asked before, and what stands in a worker's way."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Count

from anxin.catalogue import public as catalogue
from anxin.catalogue.values import ItemFacts
from anxin.kit.geo import Point
from anxin.orders.models import Assignment, Offer, Order
from anxin.orders.states import AssignmentState, OrderState
from anxin.safetycode import public as safetycode
from anxin.workers import public as workers
from anxin.workers.public import Wanted
from anxin.workers.values import GATE_LABELS, Gate, ItemNeeds, Span

# Somebody came and did the work.
SERVED = (OrderState.COMPLETED, OrderState.BILLED, OrderState.PAID, OrderState.CLOSED)
TO_COME = (OrderState.ACCEPTED, OrderState.CONTRACTING, OrderState.SIGNED, OrderState.IN_SERVICE)


def excluded_workers(order: Order) -> set[UUID]:
    """Earlier candidates, who are not proposed again (B-7.5.2), and the customer: nobody serves, and then rates,
    themself. One query."""
    earlier = Assignment.objects.filter(
        order=order, state__in=[AssignmentState.REJECTED, AssignmentState.DECLINED]
    )
    own = workers.Worker.objects.filter(person=order.customer.person_id)
    return set(earlier.values_list("worker_id", flat=True).union(own.values_list("id", flat=True)))


def visits_before(order: Order) -> dict[UUID, int]:
    """How often each worker has served this household, in orders that were completed. One query."""
    served = Assignment.objects.filter(
        order__customer=order.customer_id, state=AssignmentState.AGREED, order__state__in=SERVED
    ).exclude(order=order.pk)
    return dict(served.values("worker_id").annotate(visits=Count("visit")).values_list("worker_id", "visits"))


def served_between(since: datetime, until: datetime, limit: int) -> list[tuple[Order, UUID, UUID]]:
    """The latest orders whose service lay in a period: (order, who served, the reference of their time). One query."""
    rows = (
        Assignment.objects.filter(
            state=AssignmentState.AGREED, order__state__in=SERVED, order__starts_at__range=(since, until)
        )
        .select_related("order")
        .order_by("-order__starts_at", "order_id", "pk")
    )
    latest: dict[UUID, tuple[Order, UUID, UUID]] = {}
    for row in rows[: 2 * limit]:
        latest.setdefault(row.order_id, (row.order, row.worker_id, row.pk))
    return list(latest.values())[:limit]


def promised_to(worker_ids: Iterable[UUID]) -> dict[UUID, int]:
    """By worker how many orders they are proposed or agreed for whose service is yet to come. One query."""
    rows = Assignment.objects.live().filter(worker__in=list(worker_ids), order__state__in=TO_COME)
    return dict(rows.order_by().values_list("worker").annotate(Count("order", distinct=True)))


def wanted(
    order: Order,
    *,
    grabbing: bool = False,
    span: Span | None = None,
    moving: UUID | None = None,
    item: ItemFacts | None = None,
    excluded: Iterable[UUID] | None = None,
) -> Wanted:
    """What the order needs of a worker, as workers and matching take it; at another time if `span` says so, for the
    assignment `moving` that has its own time already. item, excluded: if already known."""
    item = item or catalogue.item(order.item_code, order.created_at)
    return Wanted(
        needs=ItemNeeds(
            code=item.code,
            min_level=order.min_level or item.min_level,
            health_tier=item.health_tier,
            insurance_class=item.insurance_class,
            certificates=(*item.certificates, *order.qualifications),
        ),
        town_code=order.town_code,
        span=span or Span(order.starts_at, order.ends_at),
        point=Point(order.lat, order.lng),
        turnover_minutes=item.turnover_minutes,
        organisation_id=order.provider_id,
        excluded=tuple(excluded_workers(order) if excluded is None else excluded),
        grabbing=grabbing,
        city_code=order.city_code,
        moving=moving,
        household=order.customer_id,
    )


def obstacles(
    order: Order, worker_ids: Iterable[UUID], at: datetime, *, span: Span | None = None,
    moving: UUID | None = None, need: Wanted | None = None,
) -> dict[UUID, list[str]]:  # fmt: skip
    """Every gate that stops each of these workers, in words: see `failed_gates`."""
    found = failed_gates(order, worker_ids, at, span=span, moving=moving, need=need)
    return {pk: [GATE_LABELS[gate] for gate in gates] for pk, gates in found.items()}


def failed_gates(
    order: Order, worker_ids: Iterable[UUID], at: datetime, *, span: Span | None = None,
    moving: UUID | None = None, need: Wanted | None = None,
) -> dict[UUID, list[Gate]]:  # fmt: skip
    """Every gate that stops each of these workers; the code must be green on every day of service.

    `span` and `moving` as `wanted` takes them; need: what it says, if already known.
    """
    ids = list(worker_ids)
    gates = workers.why_not(ids, need or wanted(order, span=span, moving=moving))
    green = safetycode.green_ids(ids, *(span or Span(order.starts_at, order.ends_at)).days(at))
    return {pk: _with_code(gates.get(pk, []), green=pk in green) for pk in ids}


def _with_code(failed: Iterable[Gate], *, green: bool) -> list[Gate]:
    return [*failed] if green else [*failed, Gate.GREEN]


def told_obstacles(failed: Iterable[Gate], *, green: bool) -> list[str]:
    """Gates that fail, and a code that is not green, in words."""
    return [GATE_LABELS[gate] for gate in _with_code(failed, green=green)]


def asked_agencies(order: Order) -> set[UUID]:
    """Agencies that have been asked already."""
    offers = Offer.objects.filter(order=order, organisation__isnull=False)
    return {pk for pk in offers.values_list("organisation_id", flat=True) if pk}
