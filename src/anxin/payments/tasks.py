"""Jobs of payments: ids in, one action, safe to run twice."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from anxin.kit.jobs import defer, periodic, task
from anxin.payments import actions, queries
from anxin.payments.states import CompensationState


@task("payments.draw_bill")
def draw_bill(*, at: datetime, order_id: str) -> None:
    actions.draw_bill(order_id=UUID(order_id), at=at)


@task("payments.draw_deposit")
def draw_deposit(*, at: datetime, order_id: str) -> None:
    actions.draw_deposit(order_id=UUID(order_id), at=at)


@task("payments.settle_cancellation")
def settle_cancellation(
    *, at: datetime, order_id: str, fee_fen: int, compensation_fen: int, ground: str = ""
) -> None:
    actions.settle_cancellation(
        order_id=UUID(order_id), fee_fen=fee_fen, compensation_fen=compensation_fen, ground=ground, at=at
    )


@task("payments.release_compensation")
def release_compensation(*, at: datetime, compensation_id: str) -> None:
    row = queries.compensation_by_id(UUID(compensation_id))
    if row.state == CompensationState.OWED:
        actions.release(row, at=at)


@task("payments.send_payout")
def send_payout(*, at: datetime, payout_id: str) -> None:
    actions.send_payout(UUID(payout_id), at=at)


@periodic("payments.compensations", cron="* * * * *")
def tick_compensations(*, at: datetime) -> None:
    actions.tick_compensations(at=at)


@task("payments.return_deposit")
def return_deposit(*, at: datetime, order_id: str) -> None:
    actions.return_deposit(order_id=UUID(order_id), at=at)


@task("payments.check_payment")
def check_payment(*, at: datetime, payment_id: str) -> None:
    actions.check_payment(UUID(payment_id), at=at)


@task("payments.close_payment")
def close_payment(*, at: datetime, payment_id: str) -> None:
    actions.close_payment(UUID(payment_id), at=at)


@task("payments.send_refund")
def send_refund(*, at: datetime, refund_id: str) -> None:
    actions.send_refund(UUID(refund_id), at=at)


@task("payments.send_invoice")
def send_invoice(*, at: datetime, request_id: str) -> None:
    actions.send_invoice(UUID(request_id), at=at)


@task("payments.send_red")
def send_red(*, at: datetime, request_id: str) -> None:
    actions.send_red(UUID(request_id), at=at)


@periodic("payments.query_pending", cron="* * * * *")
def query_pending(*, at: datetime) -> None:
    """One job for each payment and refund whose fate must be asked, so that one that fails holds up no other."""
    for payment in queries.due_payments(at):
        actions.postpone(payment, at=at)
        defer("payments.check_payment", lock=f"payment:{payment.pk}", payment_id=str(payment.pk))
    for refund in queries.due_refunds(at):
        actions.postpone(refund, at=at)
        defer("payments.send_refund", lock=f"refund:{refund.pk}", refund_id=str(refund.pk))


@periodic("payments.warn_invoices", cron="11 * * * *")
def warn_invoices(*, at: datetime) -> None:
    for row in queries.overdue_requests(at):
        actions.warn_overdue(row, at=at)


@periodic("payments.reconcile", cron="30 2 * * *")
def reconcile(*, at: datetime) -> None:
    """At 10:30 here, when the channel has closed yesterday's books."""
    actions.reconcile_yesterday(at=at)
