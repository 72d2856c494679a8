"""Orders as who looks after a region reads them: lists and figures, persons masked by whoever shows them."""

from __future__ import annotations

from datetime import datetime

from django.db.models import BigIntegerField, Count, Prefetch, Q, QuerySet, Sum
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from anxin.kit.actor import Actor
from anxin.kit.lists import LATELY
from anxin.orders.models import Order, OrderHistory
from anxin.orders.queries.orders import _live_assignments
from anxin.orders.states import OrderState

ENDED_WELL = (OrderState.COMPLETED, OrderState.BILLED, OrderState.PAID, OrderState.CLOSED)
ENDED_BADLY = (OrderState.CANCELLED, OrderState.UNANSWERED)


def overseen(actor: Actor) -> QuerySet[Order]:
    """Orders of the actor's region, newest first, with agency and customer. One query."""
    return (
        Order.objects.overseen_by(actor)
        .select_related("provider", "customer__person")
        .order_by("-created_at", "-id")
    )


def overseen_counts(actor: Actor, at: datetime) -> dict[str, int]:
    """How many orders of the region, asked for lately, are in each state, as the list shows them. One query."""
    rows = Order.objects.overseen_by(actor).filter(created_at__gte=at - LATELY)
    return dict(rows.order_by().values_list("state").annotate(n=Count("id")))


def overseen_matching(orders: QuerySet[Order], text: str) -> QuerySet[Order]:
    """Those whose number begins with `text`, or whose agency's name has it."""
    if not text:
        return orders
    return orders.filter(Q(number__startswith=text.upper()) | Q(provider__name__icontains=text))


def overseen_totals(orders: QuerySet[Order]) -> dict[str, int]:
    """count, total_fen (as agreed), served, failed (cancelled or unanswered). One query."""
    agreed = Cast(KT("terms__quote__total_fen"), BigIntegerField())
    found = orders.order_by().aggregate(
        count=Count("id"), total_fen=Sum(agreed),
        served=Count("id", filter=Q(state__in=ENDED_WELL)), failed=Count("id", filter=Q(state__in=ENDED_BADLY)),
    )  # fmt: skip
    return {name: int(value or 0) for name, value in found.items()}


def overseen_one(number: str, actor: Actor) -> Order | None:
    """One order of the region with visits, workers and history. Five queries."""
    return (
        overseen(actor)
        .filter(number=number)
        .prefetch_related(
            "visits",
            Prefetch("assignments", _live_assignments(), to_attr="live_assignments"),
            Prefetch("history", OrderHistory.objects.order_by("at", "id"), to_attr="path"),
        )
        .first()
    )
