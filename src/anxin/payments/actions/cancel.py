"""What a cancelled order means in money: the fee, the compensation, the deposit back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from anxin.kit.actor import SYSTEM, Actor
from anxin.kit.text import gettext_noop
from anxin.orders import public as orders
from anxin.payments.actions.bills import draw_cancellation, drop_deposit
from anxin.payments.actions.compensations import owe
from anxin.payments.actions.refunds import return_deposit


@transaction.atomic
def settle_cancellation(
    *, order_id: UUID, fee_fen: int, compensation_fen: int, ground: str = "", by: Actor = SYSTEM, at: datetime
) -> None:
    """Bill the customer's fee (a paid deposit covers it first), give the rest of the deposit back, and write down what
    the agency owes. Amounts in fen, as the cancellation rules of orders found them. Safe to run twice."""
    drop_deposit(order_id=order_id, reason=gettext_noop("订单已取消"), by=by, at=at)
    draw_cancellation(order_id=order_id, fee_fen=fee_fen, by=by, at=at)
    return_deposit(order_id=order_id, by=by, at=at)
    order = orders.by_id(order_id)
    if compensation_fen > 0 and order.provider_id is not None:
        owe(order, amount_fen=compensation_fen, ground=ground, by=by, at=at)
