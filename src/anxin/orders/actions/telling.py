"""How a step is told: a line in the order's timeline, a job that tells each person, a touch of the live page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from anxin.kit.actor import Actor
from anxin.kit.jobs import defer
from anxin.kit.live import touch
from anxin.orders.actions import refusals
from anxin.orders.models import Note, Order
from anxin.orders.values import Side


def tell(
    order: Order,
    kind: str,
    text: str,
    *,
    to: str,
    by: Actor,
    at: datetime,
    side: Side | str = "",
    sms: bool = False,
    **params: Any,
) -> Note:
    """Write a line of the timeline and tell those named in `to` ("customer provider worker", may be empty).

    `text` is a source string with %(name)s places for `params`.
    """
    note = Note.objects.create(
        order=order,
        at=at,
        kind=kind,
        text=text,
        params=params,
        side=str(side or side_of(order, by)),
        by_person=by.person_id,
        audience=to,
    )
    if to:
        defer("orders.tell", note_id=note.pk, sms=sms)
    touch(f"order:{order.pk}")
    return note


def lock(order: Order) -> None:
    """Take the order's row, and read anew what others may have changed while this one waited.

    Whoever writes below an order takes it first: then nobody waits in a ring, and an order that has just ended
    gets no new worker.
    """
    held = Order.objects.select_for_update(no_key=True)
    order.refresh_from_db(
        fields=["state", "starts_at", "ends_at", "round", "selection_reasons"], from_queryset=held
    )


def speaker(order: Order, by: Actor) -> Side:
    """The side for which this actor may cancel, move and answer: the customer, or agency staff who may dispatch.

    The worker speaks to the agency. Refuses: OrderUnknown.
    """
    side = side_of(order, by)
    if side is Side.CUSTOMER or (side is Side.AGENCY and by.holds("orders.dispatch")):
        return side
    raise refusals.OrderUnknown


def side_of(order: Order, by: Actor) -> Side:
    """From which side an actor acts on this order."""
    if by.person_id is None:
        return Side.PLATFORM
    if by.organisation_id:
        return Side.AGENCY if by.organisation_id == order.provider_id else Side.PLATFORM
    return Side.CUSTOMER if by.person_id == order.customer.person_id else Side.WORKER
