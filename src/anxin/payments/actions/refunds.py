"""Refunds: never more than was paid, always with a reason, the same number in every retry (B-7.8.2).

Asking is one transaction that reserves the amount and queues the sending; the channel's word settles it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F

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
from anxin.payments.actions import books, refusals
from anxin.payments.actions.differences import note_difference
from anxin.payments.actions.invoices import ask_for_red, take_back_request
from anxin.payments.actions.locks import hold_bill, hold_deposit
from anxin.payments.adapters.channel import wechatpay
from anxin.payments.adapters.wechatpay import ChannelError, ChannelSilent, RefundTold
from anxin.payments.events import Refunded
from anxin.payments.models import Bill, Payment, Refund
from anxin.payments.states import OPEN_REFUNDS, PaymentState, RefundState
from anxin.payments.values import BillKind, DifferenceKind, Outcome, RefundCause

ASK_AGAIN = tuple(timedelta(seconds=s) for s in (60, 120, 300, 900, 1800, 3600, 21600))
# The channel's balance is empty for the moment; everything else it refuses stays refused.
TRY_AGAIN = ("NOT_ENOUGH", "FREQUENCY_LIMITED", "SYSTEM_ERROR")


@transaction.atomic
def refund(
    bill: Bill,
    *,
    amount_fen: int,
    reason: str,
    cause: RefundCause = RefundCause.AGREED,
    by: Actor,
    at: datetime,
) -> list[Refund]:
    """Refund a part or all of what was paid for a bill, over its payments, newest first; amount in fen.

    Of a deposit only what no bill has used up; the used part goes back with the bill that it paid for.
    Refuses: OnlyAgency, WordsNeeded, NothingPaid, TooMuch (never more than was paid and not yet refunded).
    """
    may = by.organisation_id == bill.organisation_id and by.holds("payments.bill")
    if not (by.is_system or may or by.holds("payments.reconcile")):
        raise refusals.OnlyAgency
    if not reason.strip():
        raise refusals.WordsNeeded("reason")
    bill = hold_bill(bill.pk)
    payments = [*_paid(bill), *(_paid(used) if (used := queries.deposit_of(bill)) else ())]
    if not payments or not bill.covered_fen:
        raise refusals.NothingPaid
    left = {payment.pk: queries.refundable(payment, cause) for payment in payments}
    most = min(sum(left.values()), queries.given_back_at_most(bill))
    if amount_fen <= 0 or amount_fen > most:
        raise refusals.TooMuch("amount", most=yuan(most))
    made, rest = [], amount_fen
    for payment in payments:
        part = min(rest, left[payment.pk])
        if part:
            made.append(
                refund_payment(payment, amount_fen=part, cause=cause, reason=reason, bill=bill, by=by, at=at)
            )
            rest -= part
    return made


def _paid(bill: Bill) -> list[Payment]:
    """The payments that reached a bill, newest first, held."""
    found = bill.payments.select_for_update().filter(state=str(PaymentState.SUCCEEDED))
    return list(found.order_by("-created_at"))


@transaction.atomic
def refund_payment(
    payment: Payment, *, amount_fen: int, cause: RefundCause, reason: str, bill: Bill | None = None, by: Actor,
    at: datetime,
) -> Refund:  # fmt: skip
    """Ask for one refund of one payment and queue its sending; `bill`: what it is given back of, when that is not the
    payment's own (a used-up deposit). Refuses: TooMuch."""
    payment = Payment.objects.select_for_update().get(pk=payment.pk)
    most = queries.refundable(payment, cause)
    if not 0 < amount_fen <= most:
        raise refusals.TooMuch("amount", most=yuan(most))
    row = Refund(
        number=number("R", at), payment=payment, bill_id=bill.pk if bill else payment.bill_id, cause=str(cause),
        reason=reason.strip()[:200], amount_fen=amount_fen, due_at=at + ASK_AGAIN[0], asked_by=by.person_id,
        created_at=at,
    )  # fmt: skip
    begin(row, by=by, at=at, why=reason.strip()[:200])
    defer("payments.send_refund", refund_id=str(row.pk))
    record("payments.refund", by=by, at=at, subject="refund", subject_id=row.pk,
           detail={"payment": payment.number, "amount_fen": amount_fen, "cause": str(cause)})  # fmt: skip
    touch(f"bill:{row.bill_id}")
    return row


def send_refund(refund_id: UUID, *, by: Actor = SYSTEM, at: datetime) -> Refund:
    """Send a refund to the channel, or ask what became of it; safe to repeat, since the number stays the same."""
    row: Refund = Refund.objects.select_related("payment").get(pk=refund_id)
    try:
        if row.state == RefundState.REQUESTED:
            told = wechatpay().refund(
                out_trade_no=row.payment.number, out_refund_no=row.number, refund_fen=row.amount_fen,
                total_fen=row.payment.paid_fen, reason=row.reason,
            )  # fmt: skip
        elif row.state == RefundState.PROCESSING:
            told = wechatpay().query_refund(row.number)
        else:
            return row
    except ChannelSilent as silent:
        return _again(row, str(silent), at=at)
    except ChannelError as refused:
        if row.state == RefundState.PROCESSING or refused.code in TRY_AGAIN or refused.status >= 500:
            return _again(row, str(refused), at=at)
        return _fail(row, str(refused), by=by, at=at)
    hear_refund(told, by=by, at=at)
    row.refresh_from_db()
    if row.state == RefundState.PROCESSING:
        return _again(row, "", at=at)
    return row


@transaction.atomic
def hear_refund(told: RefundTold, *, by: Actor = SYSTEM, at: datetime) -> Outcome:
    """Take the channel's word on a refund, from an answer or a notice, once.

    Returns ACCEPTED, REPEATED, IGNORED (nothing new), UNKNOWN (no such refund here) or MISMATCH (listed).
    """
    found = queries.refund_by_number(told.out_refund_no)
    if found is None:
        return Outcome.UNKNOWN
    bill = hold_bill(found.bill_id)
    payment = Payment.objects.select_for_update().get(pk=found.payment_id)
    row = Refund.objects.select_for_update().get(pk=found.pk)
    if told.out_trade_no != payment.number or told.refund_fen not in (None, row.amount_fen):
        note_difference(
            DifferenceKind.MISMATCH, f"{row.number}:{told.refund_id}"[:64], at=at,
            ours_fen=row.amount_fen, theirs_fen=told.refund_fen, detail=f"refund of {told.out_trade_no}",
        )  # fmt: skip
        return Outcome.MISMATCH
    target = {
        "PROCESSING": RefundState.PROCESSING,
        "SUCCESS": RefundState.SUCCEEDED,
        "CLOSED": RefundState.CLOSED,
        "ABNORMAL": RefundState.ABNORMAL,
    }.get(told.state)
    if target is None or row.state == target:
        return Outcome.REPEATED if target else Outcome.IGNORED
    if not row.MACHINE.allows(row.state, target):
        return Outcome.IGNORED
    move(row, target, by=by, at=at, channel_id=told.refund_id or row.channel_id,
         channel_at=(told.success_at or at) if target == RefundState.SUCCEEDED else None,
         due_at=row.due_at if target == RefundState.PROCESSING else None)  # fmt: skip
    if target == RefundState.SUCCEEDED:
        _settle(row, bill, by=by, at=at)
    elif target in (RefundState.ABNORMAL, RefundState.CLOSED):
        note_difference(
            DifferenceKind.STATE, row.number, at=at, ours_fen=row.amount_fen, theirs_fen=0,
            detail=gettext_noop("退款没有到账，需要人工处理"),
        )  # fmt: skip
    touch(f"bill:{row.bill_id}")
    return Outcome.ACCEPTED


def _settle(
    row: Refund,
    bill: Bill,
    *,
    text: str = gettext_noop("已退款 ¥%(amount)s，原路退回"),
    by: Actor,
    at: datetime,
) -> None:
    back = 0
    if row.cause != RefundCause.SURPLUS:
        if bill.kind != BillKind.DEPOSIT:
            back = rules.fee_back(bill.fee_fen, bill.paid_fen, bill.refunded_fen, row.amount_fen)
        Bill.objects.filter(pk=bill.pk).update(refunded_fen=F("refunded_fen") + row.amount_fen)
    books.post_refund(row, bill, back, by=by, at=at)
    record("payments.refunded", by=by, at=at, subject="refund", subject_id=row.pk)
    _tell(row, "refunded", text, by=by, at=at)
    take_back_request(bill.pk, by=by, at=at)
    ask_for_red(bill, by=by, at=at)
    announce(Refunded(bill.order_id, row.pk, row.amount_fen))


def _tell(row: Refund, kind: str, text: str, *, by: Actor, at: datetime, **more: str) -> None:
    orders.add_note(
        order_id=row.bill.order_id, kind=kind, text=text, to="customer", by=by, at=at, side="agency", sms=True,
        amount=yuan(row.amount_fen), **more,
    )  # fmt: skip


@transaction.atomic
def resolve_refund(row: Refund, *, paid_out: bool, note: str, by: Actor, at: datetime) -> Refund:
    """A person says how an abnormal refund ended: paid out another way, or given up. Refuses: WordsNeeded."""
    if not note.strip():
        raise refusals.WordsNeeded("note")
    bill = hold_bill(row.bill_id)
    Payment.objects.select_for_update().get(pk=row.payment_id)
    row = Refund.objects.select_for_update().get(pk=row.pk)
    if paid_out:
        move(row, RefundState.SUCCEEDED, by=by, at=at, why=note, channel_at=at, problem=note.strip()[:200])
        _settle(
            row, bill, text=gettext_noop("已退款 ¥%(amount)s，没有原路退，用别的方式付给了您"), by=by, at=at
        )
    else:
        move(row, RefundState.CLOSED, by=by, at=at, why=note, problem=note.strip()[:200])
        _tell(row, "refund_closed", gettext_noop("退款 ¥%(amount)s 没有办成：%(reason)s"), by=by, at=at,
              reason=note.strip()[:100])  # fmt: skip
    record("payments.resolve_refund", by=by, at=at, subject="refund", subject_id=row.pk)
    return row


@transaction.atomic
def return_deposit(*, order_id: UUID, by: Actor = SYSTEM, at: datetime) -> list[Refund]:
    """Give back what of a deposit no bill uses, once the service is paid for or the order is gone (art. 21)."""
    deposit = hold_deposit(order_id)
    left = queries.deposit_left(order_id)
    if deposit is None or left <= 0:
        return []
    reason = gettext_noop("服务结束，退还剩余押金")
    return refund(deposit, amount_fen=left, reason=reason, cause=RefundCause.DEPOSIT, by=by, at=at)


@transaction.atomic
def _again(row: Refund, problem: str, *, at: datetime) -> Refund:
    wait = ASK_AGAIN[min(row.tries, len(ASK_AGAIN) - 1)]
    # The channel's own word may have come while it was asked: what has ended is not asked about again.
    Refund.objects.filter(pk=row.pk, state__in=[str(s) for s in OPEN_REFUNDS]).update(
        due_at=at + wait, tries=row.tries + 1, problem=problem[:200]
    )
    row.refresh_from_db()
    return row


@transaction.atomic
def _fail(row: Refund, problem: str, *, by: Actor, at: datetime) -> Refund:
    row.refresh_from_db()
    move(row, RefundState.FAILED, by=by, at=at, why=problem, due_at=None, problem=problem[:200])
    note_difference(
        DifferenceKind.STATE, row.number, at=at, ours_fen=row.amount_fen, theirs_fen=0, detail=problem[:300]
    )
    touch(f"bill:{row.bill_id}")
    return row
