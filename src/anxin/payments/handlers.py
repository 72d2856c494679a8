"""What payments do when orders tell something."""

from __future__ import annotations

from anxin.kit.events import on
from anxin.kit.jobs import defer
from anxin.orders.public import OrderCancelled, OrderSigned, ServiceConfirmed


@on(ServiceConfirmed)
def draw_the_bill(event: ServiceConfirmed) -> None:
    defer("payments.draw_bill", order_id=str(event.order_id))


@on(OrderSigned)
def ask_for_the_deposit(event: OrderSigned) -> None:
    defer("payments.draw_deposit", order_id=str(event.order_id))


@on(OrderCancelled)
def settle_the_cancellation(event: OrderCancelled) -> None:
    defer(
        "payments.settle_cancellation",
        order_id=str(event.order_id),
        fee_fen=event.fee_fen,
        compensation_fen=event.compensation_fen,
        ground=event.ground,
    )
