"""The published numbers and what cancelling would mean now."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from anxin.orders import rules
from anxin.orders.models import Order
from anxin.orders.states import OrderState
from anxin.orders.values import (
    CANCEL_DOOR_BP,
    CANCEL_FREE_HOURS,
    CANCEL_LATE_BP,
    CANCEL_SHORT_BP,
    CANCEL_SHORT_HOURS,
    CLOSE_UNREADY_MINUTES,
    NO_SHOW_MINUTES,
    Side,
    WarningKind,
)
from anxin.policies import public as policies


def cancel_policy(at: datetime) -> rules.CancelPolicy:
    return rules.CancelPolicy(
        free_hours=policies.read(CANCEL_FREE_HOURS, at=at),
        short_hours=policies.read(CANCEL_SHORT_HOURS, at=at),
        late_bp=policies.read(CANCEL_LATE_BP, at=at),
        short_bp=policies.read(CANCEL_SHORT_BP, at=at),
        door_bp=policies.read(CANCEL_DOOR_BP, at=at),
    )


def cancel_terms_of(
    order: Order, *, side: Side, at: datetime, at_fault: Side | None = None
) -> rules.CancelTerms:
    """What cancelling would mean for this side now. Who is at fault is found out, unless the caller knows."""
    visits = list(order.visits.all())
    upcoming = min((v.starts_at for v in visits), default=order.starts_at)
    states = [v.state for v in visits]
    if at_fault is None and rules.agency_fault(
        visit_states=states, since_start=at - upcoming, code_warned=_code_warned(order),
        no_show=timedelta(minutes=no_show_minutes(at)),
        customer_signs=order.state == OrderState.CONTRACTING and order.waits_for == Side.CUSTOMER,
    ):  # fmt: skip
        at_fault = Side.AGENCY
    return rules.cancel_terms(
        side=side, state=order.state, visit_states=states,
        # As the contract prints it: a later change of the published numbers is for later orders.
        until_start=upcoming - at, policy=cancel_policy(order.accepted_at or at), at_fault=at_fault,
        signed=order.history.filter(to_state=OrderState.SIGNED).exists(), left_alone=_left_alone(order),
    )  # fmt: skip


def _left_alone(order: Order) -> bool:
    """Whether the other half of the pair ended by the agency's doing. One query for a pair."""
    if order.party is None:
        return False
    others = Order.objects.filter(party=order.party).exclude(pk=order.pk)
    return bool(others.filter(Q(cancelled_by=Side.AGENCY) | Q(at_fault=Side.AGENCY)).exists())


def _code_warned(order: Order) -> bool:
    kinds = [str(WarningKind.CODE_NOT_GREEN), str(WarningKind.WORKER_LOST)]
    return bool(order.warnings.filter(kind__in=kinds, cleared_at=None).exists())


def close_minutes(at: datetime) -> int:
    """After how many minutes past its start an order that is not ready is closed."""
    return policies.read(CLOSE_UNREADY_MINUTES, at=at)


def no_show_minutes(at: datetime) -> int:
    """After how many minutes without anybody at the door the agency answers for it."""
    return policies.read(NO_SHOW_MINUTES, at=at)
