"""Paying: start a payment, take money in, find what nobody told us, close what nobody paid (B-7.8.2).

The channel is never spoken with while a row is locked: a row is written first, then the channel is asked, then
the answer is written. Whatever order the world chooses, money is booked exactly once per transaction.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from anxin.audit.public import record
from anxin.kit.actor import SYSTEM, Actor
from anxin.kit.events import announce
from anxin.kit.ids import number
from anxin.kit.jobs import defer
from anxin.kit.live import touch
from anxin.kit.models import begin, move
from anxin.kit.money import yuan
from anxin.kit.text import gettext_noop
from anxin.orders import public as orders
from anxin.payments import queries, rules
from anxin.payments.actions import books, refunds
from anxin.payments.actions.bills import settle_bill
from anxin.payments.actions.differences import note_difference
from anxin.payments.actions.locks import hold_bill, hold_bill_of
from anxin.payments.actions.refusals import (
    ChannelDown,
    ChannelRefused,
    NotAccepted,
    NothingToPay,
    OnlyPayer,
)
from anxin.payments.adapters.channel import wechatpay
from anxin.payments.adapters.wechatpay import ChannelError, ChannelSilent, Trade
from anxin.payments.events import PaymentReceived
from anxin.payments.models import Bill, Payment, Payout, Refund
from anxin.payments.states import OPEN_PAYMENTS, BillState, PaymentState
from anxin.payments.values import (
    FEE_BP,
    PAY_MINUTES,
    SURPLUS_REFUND,
    DifferenceKind,
    Outcome,
    PayWay,
    RefundCause,
)
from anxin.policies import public as policies

ASK_AFTER = tuple(timedelta(seconds=s) for s in (20, 60, 60, 120, 300, 600, 1200, 1800))


def start_payment(bill: Bill, *, way: PayWay, by: Actor, at: datetime) -> Payment:
    """Open a payment of all that is due and get the cashier's address; a second tap gets the same payment.

    Refuses: OnlyPayer, NotAccepted, NothingToPay, ChannelDown, ChannelRefused. Not atomic as a whole on purpose.
    """
    payment = _open(bill, way=way, by=by, at=at)
    if payment.url:
        return payment
    ask = {
        "out_trade_no": payment.number, "description": f"{bill.title} {bill.number}",
        "total_fen": payment.amount_fen, "expires_at": payment.expires_at,
    }  # fmt: skip
    try:
        if way == PayWay.NATIVE:
            url = wechatpay().native(**ask)  # type: ignore[arg-type]
        else:
            url = wechatpay().h5(**ask, payer_address=by.address or "127.0.0.1")  # type: ignore[arg-type]
    except ChannelSilent as silent:
        # Perhaps it was placed: the row stays, and the next tap places the same order again, which is harmless.
        raise ChannelDown from silent
    except ChannelError as refused:
        _fail(payment, f"{refused.code} {refused.message}", by=by, at=at)
        raise ChannelRefused(code=refused.code) from refused
    return _placed(payment, url, by=by, at=at)


@transaction.atomic
def _open(bill: Bill, *, way: PayWay, by: Actor, at: datetime) -> Payment:
    if by.person_id != bill.payer_id and not by.is_system:
        raise OnlyPayer
    bill = hold_bill(bill.pk)
    if bill.state in (BillState.DRAWN, BillState.QUESTIONED):
        raise NotAccepted
    if bill.state != BillState.ACCEPTED or not bill.open_fen:
        raise NothingToPay
    there = queries.open_payment(bill, str(way))
    if there is not None and there.amount_fen == bill.open_fen and there.stands(at):
        return there
    if there is not None:
        # Nearly expired or for another sum: it gives way, and whatever still comes in on it is surplus or late.
        move(there, PaymentState.CLOSED, by=by, at=at, due_at=None)
        defer("payments.close_payment", payment_id=str(there.pk))
    payment = Payment(
        number=number("P", at), city_code=bill.city_code, bill=bill, way=str(way), amount_fen=bill.open_fen,
        expires_at=at + timedelta(minutes=policies.read(PAY_MINUTES, at=at)), due_at=at + ASK_AFTER[0],
        started_by=by.person_id, created_at=at,
    )  # fmt: skip
    begin(payment, by=by, at=at)
    defer("payments.check_payment", run_at=at + ASK_AFTER[0], payment_id=str(payment.pk))
    record("payments.start_payment", by=by, at=at, subject="payment", subject_id=payment.pk,
           detail={"bill": str(bill.pk), "amount_fen": payment.amount_fen, "way": str(way)})  # fmt: skip
    return payment


@transaction.atomic
def _placed(payment: Payment, url: str, *, by: Actor, at: datetime) -> Payment:
    # Two taps at once place the same order and get the same address; one of them writes it down.
    payment = Payment.objects.select_for_update().get(pk=payment.pk)
    if payment.state == PaymentState.CREATED:
        move(payment, PaymentState.PENDING, by=by, at=at, url=url)
    return payment


@transaction.atomic
def _fail(payment: Payment, problem: str, *, by: Actor, at: datetime) -> None:
    payment = Payment.objects.select_for_update().get(pk=payment.pk)
    if payment.state == PaymentState.CREATED:
        move(payment, PaymentState.FAILED, by=by, at=at, why=problem, problem=problem[:200], due_at=None)


@transaction.atomic
def receive(payment_id: UUID, trade: Trade, *, by: Actor = SYSTEM, at: datetime) -> Outcome:
    """Book a trade that the channel says is paid: once, whatever the payment's state, however often it is told.

    Returns ACCEPTED, REPEATED, or MISMATCH (amount, currency, merchant or application is not what we ordered: nothing
    is booked, the difference is listed). Late or double money is booked and, by policy, refunded at once.
    """
    bill = hold_bill_of(payment_id)
    payment = Payment.objects.select_for_update().get(pk=payment_id)
    problem = _mismatch(payment, trade)
    if problem:
        note_difference(
            DifferenceKind.MISMATCH, f"{payment.number}:{trade.transaction_id}"[:64], at=at,
            ours_fen=payment.amount_fen, theirs_fen=trade.total_fen, detail=problem,
        )  # fmt: skip
        return Outcome.MISMATCH
    if payment.state == PaymentState.SUCCEEDED:
        return Outcome.REPEATED
    paid = payment.amount_fen
    counts = min(paid, bill.open_fen) if bill.state == BillState.ACCEPTED else 0
    late = payment.state == PaymentState.CLOSED
    move(payment, PaymentState.SUCCEEDED, by=by, at=at, paid_fen=paid, allocated_fen=counts, due_at=None, late=late,
         transaction_id=trade.transaction_id, channel_at=trade.success_at or at)  # fmt: skip
    fee = rules.fee(counts, policies.read(FEE_BP, at=at)) if bill.kind != "deposit" else 0
    books.post_payment(payment, bill, fee, by=by, at=at)
    record("payments.receive", by=by, at=at, subject="payment", subject_id=payment.pk,
           detail={"paid_fen": paid, "allocated_fen": counts, "transaction": trade.transaction_id})  # fmt: skip
    _count(bill, payment, fee, by=by, at=at)
    if payment.surplus_fen:
        _give_back(payment, by=by, at=at)
    touch(f"bill:{bill.pk}")
    return Outcome.ACCEPTED


def _mismatch(payment: Payment, trade: Trade) -> str:
    """What of a paid trade is not what we ordered; empty when all agrees."""
    merchant = wechatpay().merchant
    if trade.out_trade_no != payment.number:
        return "out_trade_no"
    if trade.mchid != merchant.mchid or trade.appid != merchant.appid:
        return f"merchant {trade.mchid} {trade.appid}"
    if trade.total_fen != payment.amount_fen or trade.currency != "CNY":
        return f"amount {trade.total_fen} {trade.currency}"
    if not trade.transaction_id:
        return "no transaction_id"
    if payment.transaction_id not in (None, trade.transaction_id):
        return f"second transaction {trade.transaction_id}"
    return ""


def _count(bill: Bill, payment: Payment, fee: int, *, by: Actor, at: datetime) -> None:
    """Count the allocated part for the bill; when it is paid in full, it and its order are settled."""
    if not payment.allocated_fen:
        return
    bill.paid_fen += payment.allocated_fen
    bill.fee_fen += fee
    Bill.objects.filter(pk=bill.pk).update(paid_fen=bill.paid_fen, fee_fen=bill.fee_fen)
    complete = not bill.open_fen
    orders.add_note(
        order_id=bill.order_id, kind="payment", text=gettext_noop("收到付款 ¥%(amount)s"), to="customer provider",
        by=by, at=at, side="customer", amount=yuan(payment.allocated_fen),
    )  # fmt: skip
    if complete:
        settle_bill(bill, by=by, at=at)
        for other in bill.payments.filter(state__in=[str(s) for s in OPEN_PAYMENTS]):
            defer("payments.close_payment", payment_id=str(other.pk))
    announce(PaymentReceived(bill.order_id, bill.pk, payment.pk, payment.allocated_fen, complete))


def _give_back(payment: Payment, *, by: Actor, at: datetime) -> None:
    """Money that belongs to no bill goes back by policy; otherwise it stays listed as unallocated."""
    if policies.read(SURPLUS_REFUND, at=at):
        refunds.refund_payment(
            payment, amount_fen=payment.surplus_fen, cause=RefundCause.SURPLUS,
            reason=gettext_noop("重复付款或账单已结，自动原路退回"), by=by, at=at,
        )  # fmt: skip


def check_payment(payment_id: UUID, *, by: Actor = SYSTEM, at: datetime) -> Payment:
    """Ask the channel what became of a payment and act on it; the one way to find money that nobody told us of.

    Unpaid past its time it is closed, at the channel first. The channel's silence changes nothing.
    """
    payment = queries.payment_by_id(payment_id)
    if payment.state not in OPEN_PAYMENTS:
        return payment
    try:
        trade = wechatpay().query(payment.number)
    except ChannelSilent:
        return _later(payment, at=at)
    except ChannelError as refused:
        if refused.code == "ORDER_NOT_EXIST" and payment.expires_at <= at:
            return _closed(payment, by=by, at=at)
        return _later(payment, at=at)
    if trade.paid:
        receive(payment.pk, trade, by=by, at=at)
    elif trade.state in ("CLOSED", "REVOKED", "PAYERROR"):
        _closed(payment, by=by, at=at)
    elif payment.expires_at <= at:
        return close_payment(payment_id, by=by, at=at)
    else:
        return _later(payment, at=at)
    payment.refresh_from_db()
    return payment


def close_payment(payment_id: UUID, *, by: Actor = SYSTEM, at: datetime) -> Payment:
    """Close an unpaid payment at the channel, then here. If the payer was quicker, the money is booked instead."""
    payment = queries.payment_by_id(payment_id)
    if payment.state == PaymentState.SUCCEEDED:
        return payment
    try:
        wechatpay().close(payment.number)
    except ChannelSilent:
        return _later(payment, at=at)
    except ChannelError as refused:
        if refused.code == "ORDERPAID":
            try:
                receive(payment.pk, wechatpay().query(payment.number), by=by, at=at)
            except (ChannelError, ChannelSilent):
                return _later(payment, at=at)
            payment.refresh_from_db()
            return payment
        if refused.code not in ("ORDER_NOT_EXIST", "ORDER_CLOSED"):
            return _later(payment, at=at)
    return _closed(payment, by=by, at=at)


@transaction.atomic
def _closed(payment: Payment, *, by: Actor, at: datetime) -> Payment:
    payment = Payment.objects.select_for_update().get(pk=payment.pk)
    if payment.state in OPEN_PAYMENTS:
        move(payment, PaymentState.CLOSED, by=by, at=at, due_at=None)
        touch(f"bill:{payment.bill_id}")
    return payment


def _later(payment: Payment, *, at: datetime) -> Payment:
    """Nothing is known yet: ask again, a little later each time."""
    wait = ASK_AFTER[min(payment.tries + 1, len(ASK_AFTER) - 1)]
    Payment.objects.filter(pk=payment.pk, state__in=[str(s) for s in OPEN_PAYMENTS]).update(
        due_at=at + wait, tries=payment.tries + 1
    )
    payment.refresh_from_db()
    return payment


def postpone(row: Payment | Payout | Refund, *, at: datetime) -> None:
    """Put the next question off, so that a tick a minute later does not queue the same job again."""
    type(row)._base_manager.filter(pk=row.pk, due_at__lte=at).update(due_at=at + ASK_AFTER[3])
