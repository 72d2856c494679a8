"""A party of an order asks not to be brought together with the other side again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from anxin.kit.actor import Actor
from anxin.orders import queries
from anxin.orders.actions import refusals
from anxin.orders.models import Order
from anxin.workers import public as workers
from anxin.workers.values import BlockSide


def keep_apart(
    order: Order, *, worker_id: UUID, reason: str = "", wished: bool = False, by: Actor, at: datetime
) -> workers.Block:
    """The order's household does not want this worker again, the worker not this household, or their agency asks it
    at the worker's wish (`wished`). The other side is not told; what is agreed stands.

    Refuses: OrderUnknown (no such worker on this order for this actor), WishNeeded, AlreadyBlocked. Source: §6.3.
    """
    side = queries.apart_side(order, by)
    if side is None or worker_id not in {one.pk for one in queries.apart_choices(order, by)}:
        raise refusals.OrderUnknown
    if side is BlockSide.AGENCY and not wished:
        raise refusals.WishNeeded("wished")
    return workers.block(
        worker_id=worker_id,
        household=order.customer_id,
        side=side,
        about=order.pk,
        reason=reason,
        by=by,
        at=at,
    )
