"""What higher areas make known to an order: signed, billed, paid, closed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from anxin.audit.public import record
from anxin.kit.actor import SYSTEM, Actor
from anxin.kit.events import announce
from anxin.kit.models import move
from anxin.kit.text import gettext_noop
from anxin.orders import rules
from anxin.orders.actions.telling import tell
from anxin.orders.events import OrderPaid, OrderSigned
from anxin.orders.models import Note, Order
from anxin.orders.states import OrderState
from anxin.orders.values import REVIEW_DAYS, Side
from anxin.policies import public as policies


def _order(order_id: UUID) -> Order:
    order: Order = (
        Order.objects.select_for_update(of=("self",), no_key=True).select_related("customer").get(pk=order_id)
    )
    return order


@transaction.atomic
def mark_signed(*, order_id: UUID, by: Actor, at: datetime) -> Order:
    """Contracts: both signatures stand; the order waits for its visit."""
    order = _order(order_id)
    move(order, OrderState.SIGNED, by=by, at=at)
    tell(order, "signed", gettext_noop("合同已由双方签署"), to="customer provider worker", by=by, at=at)
    record("orders.mark_signed", by=by, at=at, subject="order", subject_id=order.pk)
    announce(OrderSigned(order.pk))
    return order


@transaction.atomic
def mark_waiting(*, order_id: UUID, side: Side) -> None:
    """Contracts: whose turn it is with the papers; kept for the clock, which must know who let the time pass."""
    Order.objects.filter(pk=order_id).update(waits_for=str(side))


@transaction.atomic
def correct_demand(
    *, order_id: UUID, detail: str | None = None, contact: str | None = None, wishes: str | None = None
) -> None:
    """Contracts: before signing the customer put the door (with its village), the contact or the wishes right; whoever
    comes reads them so. None = as it was. Their correction stands in the trail as one of the contract."""
    order = _order(order_id)
    order.place = {**order.place, **rules.contact_in(contact or "")}
    if detail:
        order.place |= rules.door_in(detail, village=order.place.get("village", ""))
    if wishes is not None:
        order.wishes = wishes
    order.save(update_fields=["place", "wishes"])


@transaction.atomic
def mark_billed(*, order_id: UUID, total_fen: int, by: Actor, at: datetime) -> Order:
    """Payments: the bill is drawn."""
    order = _order(order_id)
    move(order, OrderState.BILLED, by=by, at=at)
    tell(order, "billed", gettext_noop("账单已生成，请核对"), to="customer", by=by, at=at, side=Side.AGENCY, sms=True,
         total_fen=total_fen)  # fmt: skip
    record(
        "orders.mark_billed",
        by=by,
        at=at,
        subject="order",
        subject_id=order.pk,
        detail={"total_fen": total_fen},
    )
    return order


@transaction.atomic
def mark_paid(*, order_id: UUID, by: Actor = SYSTEM, at: datetime) -> Order:
    """Payments: the bill is paid in full; the time for reviews begins."""
    order = _order(order_id)
    move(order, OrderState.PAID, by=by, at=at, due_at=at + timedelta(days=policies.read(REVIEW_DAYS, at=at)))
    tell(order, "paid", gettext_noop("已付款，欢迎评价这次服务"), to="customer provider", by=by, at=at,
         side=Side.CUSTOMER)  # fmt: skip
    record("orders.mark_paid", by=by, at=at, subject="order", subject_id=order.pk)
    announce(OrderPaid(order.pk))
    return order


@transaction.atomic
def close(*, order_id: UUID, by: Actor = SYSTEM, at: datetime) -> Order:
    """The order's life ends: reviewed, or its time for review is over. A cancelled one has ended already."""
    order = _order(order_id)
    move(order, OrderState.CLOSED, by=by, at=at, due_at=None)
    order.warnings.filter(cleared_at=None).update(cleared_at=at, cleared_how="closed")
    tell(order, "closed", gettext_noop("订单已结束并归档"), to="", by=by, at=at)
    record("orders.close", by=by, at=at, subject="order", subject_id=order.pk)
    return order


@transaction.atomic
def add_note(
    *, order_id: UUID, kind: str, text: str, by: Actor, at: datetime, to: str = "", side: str = "",
    sms: bool = False, **params: Any,
) -> Note:  # fmt: skip
    """A line in the order's timeline from a higher area; `to` names who is told (customer provider money worker)."""
    order = Order.objects.select_related("customer").get(pk=order_id)
    return tell(order, kind, text, to=to, by=by, at=at, side=side, sms=sms, **params)
