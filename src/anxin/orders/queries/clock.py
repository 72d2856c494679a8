"""What the clock looks for."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet

from anxin.orders.models import Assignment, Offer, Order, Visit
from anxin.orders.states import AssignmentState, OfferState, OrderState, VisitState

RUNNING = (OrderState.ACCEPTED, OrderState.CONTRACTING, OrderState.SIGNED, OrderState.IN_SERVICE)


def due_offers(at: datetime) -> QuerySet[Offer]:
    return Offer.objects.filter(state=OfferState.OPEN, expires_at__lte=at).select_related(
        "order", "order__customer"
    )


def stale_submissions(at: datetime) -> QuerySet[Order]:
    """Submitted, its start has come, and nobody took it."""
    return Order.objects.filter(state=OrderState.SUBMITTED, starts_at__lte=at).select_related("customer")


def due_assignments(at: datetime) -> QuerySet[Assignment]:
    return Assignment.objects.filter(
        due_at__lte=at, state__in=[AssignmentState.PROPOSED, AssignmentState.CARDED]
    ).select_related("order", "order__customer")


def due_confirmations(at: datetime) -> QuerySet[Visit]:
    return Visit.objects.filter(due_at__lte=at, state=VisitState.DONE).select_related("order")


def due_closings(at: datetime) -> QuerySet[Order]:
    return Order.objects.filter(due_at__lte=at, state=OrderState.PAID)


def watched_visits(at: datetime, *, ahead: timedelta) -> QuerySet[Visit]:
    """Visits that may need a warning: begun, or beginning soon. Two queries."""
    return (
        Visit.objects.filter(
            order__state__in=RUNNING,
            state__in=[VisitState.PLANNED, VisitState.EN_ROUTE, VisitState.ARRIVED, VisitState.IN_SERVICE,
                       VisitState.DONE],
            starts_at__lte=at + ahead,
        )
        .select_related("order", "order__customer")
        .prefetch_related("warnings")
    )  # fmt: skip
