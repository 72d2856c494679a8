"""Who may ask on an order that two are not brought together again, and what was asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from anxin.kit.actor import Actor
from anxin.kit.masks import mask_name
from anxin.orders.models import Assignment, Order
from anxin.orders.states import AssignmentState
from anxin.workers import public as workers
from anxin.workers.values import BlockSide

# The household saw the card.
CARD_SEEN = (
    AssignmentState.CARDED,
    AssignmentState.AGREED,
    AssignmentState.REJECTED,
    AssignmentState.REPLACED,
)
# The worker read the need.
NEED_TOLD = (*CARD_SEEN, AssignmentState.PROPOSED, AssignmentState.DECLINED, AssignmentState.LAPSED)


@dataclass(frozen=True)
class Apart:
    """A block as whoever set it reads it: the other side by name, and the order on which it was said."""

    block: workers.Block
    who: str
    order_number: str
    item_name: str
    starts_at: datetime | None


def apart_side(order: Order, actor: Actor) -> BlockSide | None:
    """For which side of the order this actor speaks."""
    if actor.organisation_id:
        own = order.provider_id == actor.organisation_id and actor.holds("orders.dispatch")
        return BlockSide.AGENCY if own else None
    if actor.person_id is None:
        return None
    return BlockSide.HOUSEHOLD if order.customer.person_id == actor.person_id else BlockSide.WORKER


def apart_choices(order: Order, actor: Actor) -> list[workers.Worker]:
    """The workers of an order whom this actor may ask to be kept apart from its household, latest first. One query."""
    side = apart_side(order, actor)
    rows = (
        Assignment.objects.filter(order=order).select_related("worker__person").order_by("-created_at", "-id")
    )
    if side is BlockSide.HOUSEHOLD:
        rows = rows.filter(state__in=CARD_SEEN)
    elif side is BlockSide.WORKER:
        rows = rows.filter(state__in=NEED_TOLD, worker__person=actor.person_id)
    elif side is None:
        return []
    found = {row.worker_id: row.worker for row in rows}
    if side is BlockSide.AGENCY and actor.organisation_id:
        own = set(workers.ids_of(actor.organisation_id))
        return [worker for pk, worker in found.items() if pk in own]
    return list(found.values())


def apart_rows(actor: Actor) -> list[Apart]:
    """The blocks that stand and that this actor may read, latest first. Two queries."""
    blocks = workers.Block.objects.visible_to(actor).standing().select_related("worker__person")
    rows = list(blocks.order_by("-created_at", "-id")[:200])
    about = Order.objects.filter(pk__in={row.about for row in rows}).select_related("customer__person")
    orders = {order.pk: order for order in about}
    return [_told(row, orders.get(row.about)) for row in rows]


def _told(row: workers.Block, order: Order | None) -> Apart:
    household = mask_name(order.customer.person.name) if order else ""
    worker = mask_name(row.worker.person.name)
    who = {BlockSide.HOUSEHOLD: worker, BlockSide.WORKER: household}.get(
        BlockSide(row.side), f"{worker} · {household}"
    )
    if order is None:
        return Apart(row, who, "", "", None)
    return Apart(row, who, order.number, order.item_name, order.starts_at)


def apart_row(block_id: UUID, actor: Actor) -> workers.Block | None:
    """One of them, if it is one. One query."""
    found: workers.Block | None = workers.Block.objects.visible_to(actor).filter(pk=block_id).first()
    return found
