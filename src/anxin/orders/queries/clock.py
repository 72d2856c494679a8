"""What the clock looks for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from anxin.orders.models import Assignment, Offer, Order, Visit
from anxin.orders.rules import OUTSIDE
from anxin.orders.states import AssignmentState, OfferState, OrderState, VisitState
from anxin.safetycode import public as safetycode
from anxin.workers.values import Span

RUNNING = (OrderState.ACCEPTED, OrderState.CONTRACTING, OrderState.SIGNED, OrderState.IN_SERVICE)
# The clock's work may be shared out by town; None stands for all of them.
Towns = Collection[str] | None


def _in(towns: Towns, way: str = "") -> Q:
    return Q() if towns is None else Q(**{f"{way}town_code__in": towns})


def due_offers(at: datetime, towns: Towns = None) -> QuerySet[Offer]:
    return Offer.objects.filter(
        _in(towns, "order__"), state=OfferState.OPEN, expires_at__lte=at
    ).select_related("order", "order__customer")


def stale_submissions(at: datetime, towns: Towns = None) -> QuerySet[Order]:
    """Submitted, its start has come, and nobody took it."""
    return Order.objects.filter(_in(towns), state=OrderState.SUBMITTED, starts_at__lte=at).select_related(
        "customer"
    )


def unready(at: datetime, after: timedelta, towns: Towns = None) -> QuerySet[Order]:
    """Accepted, but without a worker or a signed contract although the start lies `after` back."""
    return Order.objects.filter(
        _in(towns), state__in=[OrderState.ACCEPTED, OrderState.CONTRACTING], starts_at__lte=at - after
    ).select_related("customer")


def card_unanswered(order: Order) -> bool:
    """Whether the last worker proposed was lost because the customer did not answer the card."""
    last = Assignment.objects.filter(order=order).order_by("-created_at", "-id").first()
    if last is None:
        return False
    if last.state == AssignmentState.CARDED:
        return True
    lapsed = last.history.filter(from_state=AssignmentState.CARDED, to_state=AssignmentState.LAPSED)
    return bool(lapsed.exists())


def due_assignments(at: datetime, towns: Towns = None) -> QuerySet[Assignment]:
    return Assignment.objects.filter(
        _in(towns, "order__"), due_at__lte=at, state__in=[AssignmentState.PROPOSED, AssignmentState.CARDED]
    ).select_related("order", "order__customer")


def unknown_entries(visit: Visit, at: datetime) -> int:
    """How often in thirty days the worker of this visit was let in with the place unknown, this time included."""
    workers = Assignment.objects.filter(visit=visit, state=AssignmentState.AGREED).values("worker")
    return Visit.objects.filter(
        entry_place="unknown", entered_at__gt=at - timedelta(days=30),
        assignments__worker__in=workers, assignments__state=AssignmentState.AGREED,
    ).distinct().count()  # fmt: skip


def due_confirmations(at: datetime, towns: Towns = None) -> QuerySet[Visit]:
    return Visit.objects.filter(_in(towns, "order__"), due_at__lte=at, state=VisitState.DONE).select_related(
        "order"
    )


def due_closings(at: datetime, towns: Towns = None) -> QuerySet[Order]:
    return Order.objects.filter(_in(towns), due_at__lte=at, state=OrderState.PAID)


def watched_visits(at: datetime, *, ahead: timedelta, towns: Towns = None) -> QuerySet[Visit]:
    """Visits that may need a warning: begun, or beginning soon, with those who come. Three queries."""
    return (
        Visit.objects.filter(
            _in(towns, "order__"),
            order__state__in=RUNNING,
            state__in=[VisitState.PLANNED, VisitState.EN_ROUTE, VisitState.ARRIVED, VisitState.IN_SERVICE,
                       VisitState.DONE],
            starts_at__lte=at + ahead,
        )
        .select_related("order", "order__customer")
        .prefetch_related(
            "warnings", Prefetch("assignments", Assignment.objects.filter(state=AssignmentState.AGREED))
        )
    )  # fmt: skip


def not_green(visits: Iterable[Visit], at: datetime) -> set[UUID]:
    """Visits (as watched_visits gives them) whose worker's code is not green on every day. Two queries for visits of
    the same days."""
    days: dict[tuple[date, date], dict[UUID, set[UUID]]] = defaultdict(dict)
    for visit in visits:
        if visit.state in OUTSIDE:
            span = Span(visit.starts_at, visit.ends_at)
            days[span.days(at)][visit.pk] = {one.worker_id for one in visit.assignments.all()}
    found: set[UUID] = set()
    for (first, last), coming in days.items():
        ids = set().union(*coming.values())
        green = safetycode.green_ids(ids, first, last) if ids else set()
        found |= {pk for pk, workers in coming.items() if workers - green}
    return found
