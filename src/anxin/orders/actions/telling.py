"""How a step is told: a line in the order's timeline, a job that tells each person, a touch of the live page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from anxin.kit.actor import Actor
from anxin.kit.jobs import defer
from anxin.kit.live import touch
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


def side_of(order: Order, by: Actor) -> Side:
    """From which side an actor acts on this order."""
    if by.person_id is None:
        return Side.PLATFORM
    if by.organisation_id:
        return Side.AGENCY if by.organisation_id == order.provider_id else Side.PLATFORM
    return Side.CUSTOMER if by.person_id == order.customer.person_id else Side.WORKER
