"""The published numbers and what cancelling would mean now."""

from __future__ import annotations

from datetime import datetime

from anxin.orders import rules
from anxin.orders.models import Order
from anxin.orders.values import (
    CANCEL_DOOR_BP,
    CANCEL_FREE_HOURS,
    CANCEL_LATE_BP,
    CANCEL_SHORT_BP,
    CANCEL_SHORT_HOURS,
    Side,
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
    """What cancelling would mean for this side now."""
    visits = list(order.visits.all())
    upcoming = min((v.starts_at for v in visits), default=order.starts_at)
    return rules.cancel_terms(
        side=side, state=order.state, visit_states=[v.state for v in visits],
        until_start=upcoming - at, policy=cancel_policy(at), at_fault=at_fault,
    )  # fmt: skip
