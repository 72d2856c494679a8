"""Reads of compensations and of their payouts."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from anxin.kit.actor import Actor
from anxin.payments.models import Compensation, Payout
from anxin.payments.states import OPEN_PAYOUTS, CompensationState


def compensation_by_number(number: str, actor: Actor) -> Compensation | None:
    """One with its history, if the actor may see it. Three queries."""
    return (
        Compensation.objects.visible_to(actor)
        .filter(number=number)
        .select_related("order", "organisation", "payee")
        .prefetch_related("history", "payouts")
        .first()
    )


def compensations(actor: Actor, *, state: str = "") -> QuerySet[Compensation]:
    """Those the actor may see, the contested first, then the newest. One query."""
    found: QuerySet[Compensation] = Compensation.objects.visible_to(actor)
    found = found.select_related("order", "organisation")
    if state:
        found = found.filter(state=state)
    contested = Q(state=str(CompensationState.CONTESTED))
    return found.alias(first=contested).order_by("-first", "-created_at")


def compensation_of(order_id: UUID, actor: Actor) -> Compensation | None:
    """What an order owes, for its page. One query."""
    return Compensation.objects.visible_to(actor).filter(order=order_id).first()


def compensation_by_id(compensation_id: UUID) -> Compensation:
    """For jobs."""
    return Compensation.objects.get(pk=compensation_id)


def due_compensations(at: datetime, *, limit: int = 200) -> list[Compensation]:
    """Nobody objected in time."""
    owed = Compensation.objects.filter(state=str(CompensationState.OWED), due_at__lte=at)
    return list(owed.order_by("due_at")[:limit])


def open_payout(row: Compensation) -> Payout | None:
    """The transfer that waits for the customer."""
    return Payout.objects.filter(compensation=row, state__in=[str(s) for s in OPEN_PAYOUTS]).first()


def due_payouts(at: datetime, *, limit: int = 200) -> list[Payout]:
    """Transfers about which the channel must be asked now."""
    return list(Payout.objects.filter(due_at__lte=at).order_by("due_at")[:limit])
