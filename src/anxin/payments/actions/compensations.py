"""What an agency owes by the published rule: told to both, open to objection, then paid out once.

An order that is called off has no payment from which so much could be refunded (its deposit goes back whole), so the
money goes by a transfer of the same channel, which the customer confirms in their own WeChat.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from anxin.audit.public import record
from anxin.kit.actor import SYSTEM, Actor
from anxin.kit.ids import number
from anxin.kit.jobs import defer
from anxin.kit.models import allow, begin, move
from anxin.kit.money import yuan
from anxin.kit.text import gettext_noop
from anxin.orders import public as orders
from anxin.orders.public import Order
from anxin.payments import queries
from anxin.payments.actions import books, refusals
from anxin.payments.actions.differences import note_difference
from anxin.payments.actions.pay import postpone
from anxin.payments.adapters.channel import wechatpay
from anxin.payments.adapters.wechatpay import ChannelError, ChannelSilent, TransferTold
from anxin.payments.models import Compensation, Payout
from anxin.payments.states import OPEN_PAYOUTS, CompensationState, PayoutState
from anxin.payments.values import OBJECTION_HOURS, DifferenceKind, Outcome
from anxin.policies import public as policies

ASK_AGAIN = tuple(timedelta(seconds=s) for s in (60, 300, 900, 3600, 21600))
REMARK = "订单违约补偿"


@transaction.atomic
def owe(order: Order, *, amount_fen: int, ground: str, by: Actor = SYSTEM, at: datetime) -> Compensation:
    """Write down what the agency owes the customer of a called-off order, in fen, once, and tell both.

    Either side may object for the published time; then the customer may take the money.
    """
    there: Compensation | None = Compensation.objects.filter(order=order).first()
    if there is not None:
        return there
    assert order.provider_id is not None  # without a provider nobody owes
    row = Compensation(
        number=number("C", at), city_code=order.city_code, order=order, organisation_id=order.provider_id,
        payee_id=order.customer.person_id, base_fen=order.total_fen, rule_fen=amount_fen, amount_fen=amount_fen,
        ground=ground[:200], due_at=at + timedelta(hours=policies.read(OBJECTION_HOURS, at=at)), created_at=at,
    )  # fmt: skip
    begin(row, by=by, at=at, why=ground)
    books.post_compensation(row, amount_fen, "rule", by=by, at=at)
    record("payments.owe_compensation", by=by, at=at, subject="compensation", subject_id=row.pk,
           detail={"order": str(order.pk), "amount_fen": amount_fen})  # fmt: skip
    _tell(row, "owed", gettext_noop("按取消规则，机构应补偿客户 ¥%(amount)s"), to="customer provider", by=by, at=at,
          amount=yuan(amount_fen))  # fmt: skip
    return row


@transaction.atomic
def contest(row: Compensation, *, text: str, by: Actor, at: datetime) -> Compensation:
    """The customer or the agency objects in words; nothing is paid before the operator has decided.

    Refuses: OnlyParties, WordsNeeded, NotAllowed (the time is over), Moved.
    """
    agency = by.organisation_id == row.organisation_id and by.holds("payments.bill")
    if not (agency or by.person_id == row.payee_id):
        raise refusals.OnlyParties
    if not text.strip():
        raise refusals.WordsNeeded("text")
    move(row, CompensationState.CONTESTED, by=by, at=at, why=text.strip(), objection=text.strip()[:500],
         objected_by=by.person_id, objected_at=at, due_at=None)  # fmt: skip
    record("payments.contest_compensation", by=by, at=at, subject="compensation", subject_id=row.pk)
    _tell(row, "contested", gettext_noop("对违约补偿提出了异议，平台会处理"), to="customer provider", by=by, at=at,
          side="agency" if agency else "customer")  # fmt: skip
    return row


@transaction.atomic
def decide(row: Compensation, *, amount_fen: int, answer: str, by: Actor, at: datetime) -> Compensation:
    """The operator answers an objection: the amount that holds from now on, 0 = nothing; never above the agreed price.

    Refuses: OnlyOperator, WordsNeeded, AboveThePrice, NotAllowed, Moved.
    """
    if not by.holds("payments.reconcile"):
        raise refusals.OnlyOperator
    if not answer.strip():
        raise refusals.WordsNeeded("answer")
    if not 0 <= amount_fen <= row.base_fen:
        raise refusals.AboveThePrice("amount", most=yuan(row.base_fen))
    allow(row, "decide")
    delta = amount_fen - row.amount_fen
    to = CompensationState.PAYABLE if amount_fen else CompensationState.WAIVED
    move(row, to, by=by, at=at, why=answer.strip(), amount_fen=amount_fen, answer=answer.strip()[:500],
         answered_by=by.person_id, answered_at=at)  # fmt: skip
    if delta:
        books.post_compensation(row, delta, "decision", by=by, at=at)
    record("payments.decide_compensation", by=by, at=at, subject="compensation", subject_id=row.pk,
           detail={"amount_fen": amount_fen})  # fmt: skip
    _tell(row, "decided", gettext_noop("平台处理了补偿异议，补偿金额为 ¥%(amount)s"), to="customer provider", by=by,
          at=at, amount=yuan(amount_fen), sms=True)  # fmt: skip
    return row


@transaction.atomic
def release(row: Compensation, *, by: Actor = SYSTEM, at: datetime) -> Compensation:
    """The time to object is over: the customer may take the money. Refuses: NotAllowed, Moved."""
    allow(row, "release")
    move(row, CompensationState.PAYABLE, by=by, at=at, due_at=None)
    _tell(row, "payable", gettext_noop("补偿 ¥%(amount)s 可以领取了"), to="customer", by=by, at=at, sms=True,
          amount=yuan(row.amount_fen))  # fmt: skip
    return row


def claim(row: Compensation, *, code: str, by: Actor, at: datetime) -> Payout:
    """The customer, known to WeChat by `code`, takes the money: one transfer, offered for their confirmation.

    Refuses: OnlyPayee, NotAllowed, Moved, LoginStale, ChannelDown. The channel is not spoken with under a lock.
    """
    if by.person_id != row.payee_id:
        raise refusals.OnlyPayee
    if row.state == CompensationState.PAYABLE:
        try:
            openid = wechatpay().openid(code)
        except ChannelSilent as silent:
            raise refusals.ChannelDown from silent
        except ChannelError as refused:
            raise refusals.LoginStale from refused
        payout = _open(row, openid, by=by, at=at)
    else:
        found = queries.open_payout(row)
        if found is None:
            raise refusals.LoginStale
        payout = found
    return send_payout(payout.pk, at=at)


@transaction.atomic
def _open(row: Compensation, openid: str, *, by: Actor, at: datetime) -> Payout:
    move(row, CompensationState.PAYING, by=by, at=at)
    payout = Payout(
        number=number("T", at).replace("-", ""), compensation=row, amount_fen=row.amount_fen, openid=openid,
        due_at=at + ASK_AGAIN[0], created_at=at,
    )  # fmt: skip
    begin(payout, by=by, at=at)
    record("payments.claim_compensation", by=by, at=at, subject="compensation", subject_id=row.pk)
    return payout


def send_payout(payout_id: UUID, *, at: datetime) -> Payout:
    """Send a transfer to the channel, or ask what became of it; safe to repeat, since the number stays the same."""
    row: Payout = Payout.objects.get(pk=payout_id)
    if row.state not in OPEN_PAYOUTS:
        return row
    try:
        if row.state == PayoutState.REQUESTED:
            told = wechatpay().transfer(
                out_bill_no=row.number, openid=row.openid, amount_fen=row.amount_fen, remark=REMARK
            )
        else:
            told = wechatpay().query_transfer(row.number)
    except ChannelSilent as silent:
        return _again(row, str(silent), at=at)
    except ChannelError as refused:
        if row.state == PayoutState.WAITING or refused.status >= 500 or refused.code in TRY_AGAIN:
            return _again(row, str(refused), at=at)
        _fail(row, str(refused), at=at)
        row.refresh_from_db()
        return row
    hear_payout(told, at=at)
    row.refresh_from_db()
    return _again(row, "", at=at) if row.state in OPEN_PAYOUTS else row


TRY_AGAIN = ("NOT_ENOUGH", "FREQUENCY_LIMITED", "SYSTEM_ERROR")


@transaction.atomic
def hear_payout(told: TransferTold, *, by: Actor = SYSTEM, at: datetime) -> Outcome:
    """Take the channel's word on a transfer, from an answer or a notice, once.

    Returns ACCEPTED, REPEATED, IGNORED, UNKNOWN (no such transfer here) or MISMATCH (listed, nothing booked).
    """
    row = Payout.objects.select_for_update().filter(number=told.out_bill_no).first()
    if row is None:
        return Outcome.UNKNOWN
    if told.amount_fen not in (None, row.amount_fen) or (told.openid and told.openid != row.openid):
        note_difference(
            DifferenceKind.MISMATCH, f"{row.number}:{told.transfer_bill_no}"[:64], at=at,
            ours_fen=row.amount_fen, theirs_fen=told.amount_fen, detail="transfer",
        )  # fmt: skip
        return Outcome.MISMATCH
    if row.state not in OPEN_PAYOUTS:
        return Outcome.REPEATED
    if told.state == "SUCCESS":
        move(row, PayoutState.SUCCEEDED, by=by, at=at, channel_id=told.transfer_bill_no, due_at=None)
        _paid(Compensation.objects.select_for_update().get(pk=row.compensation_id), by=by, at=at)
    elif told.waits:
        if row.state == PayoutState.WAITING:
            return Outcome.IGNORED
        move(row, PayoutState.WAITING, by=by, at=at, channel_id=told.transfer_bill_no, package=told.package)
    else:
        _fail(row, f"{told.state} {told.reason}", by=by, at=at)
    return Outcome.ACCEPTED


@transaction.atomic
def end(row: Compensation, *, note: str, by: Actor, at: datetime) -> Compensation:
    """The operator paid the customer another way, with the voucher in words.

    Refuses: OnlyOperator, WordsNeeded, NotAllowed (also while a transfer is under way: it may yet arrive), Moved.
    """
    if not by.holds("payments.reconcile"):
        raise refusals.OnlyOperator
    if not note.strip():
        raise refusals.WordsNeeded("note")
    allow(row, "end")
    _paid(row, why=note.strip(), by=by, at=at)
    return row


def _paid(row: Compensation, *, why: str = "", by: Actor, at: datetime) -> None:
    move(row, CompensationState.PAID, by=by, at=at, why=why, paid_at=at)
    books.post_payout(row, by=by, at=at)
    record("payments.pay_compensation", by=by, at=at, subject="compensation", subject_id=row.pk,
           detail={"amount_fen": row.amount_fen})  # fmt: skip
    _tell(row, "paid", gettext_noop("已支付补偿 ¥%(amount)s"), to="customer provider", by=by, at=at,
          amount=yuan(row.amount_fen))  # fmt: skip


@transaction.atomic
def _fail(row: Payout, problem: str, *, by: Actor = SYSTEM, at: datetime) -> None:
    """Nothing has moved: the customer may take it again, by another transfer."""
    move(row, PayoutState.FAILED, by=by, at=at, why=problem, problem=problem[:200], due_at=None)
    owed = Compensation.objects.select_for_update().get(pk=row.compensation_id)
    move(owed, CompensationState.PAYABLE, by=by, at=at, why=problem)
    _tell(owed, "returned", gettext_noop("补偿没有领取成功，请重新领取"), to="customer", by=by, at=at)


@transaction.atomic
def _again(row: Payout, problem: str, *, at: datetime) -> Payout:
    wait = ASK_AGAIN[min(row.tries, len(ASK_AGAIN) - 1)]
    # The channel's own word may have come while it was asked: what has ended is not asked about again.
    Payout.objects.filter(pk=row.pk, state__in=[str(s) for s in OPEN_PAYOUTS]).update(
        due_at=at + wait, tries=row.tries + 1, problem=problem[:200]
    )
    row.refresh_from_db()
    return row


def tick(*, at: datetime) -> None:
    """Release what nobody objected to in time, and ask about the transfers whose fate is not known."""
    for row in queries.due_compensations(at):
        defer("payments.release_compensation", lock=f"compensation:{row.pk}", compensation_id=str(row.pk))
    for payout in queries.due_payouts(at):
        postpone(payout, at=at)
        defer("payments.send_payout", lock=f"payout:{payout.pk}", payout_id=str(payout.pk))


def _tell(
    row: Compensation, kind: str, text: str, *, to: str, by: Actor, at: datetime, side: str = "platform",
    sms: bool = False, **params: Any,
) -> None:  # fmt: skip
    orders.add_note(
        order_id=row.order_id, kind=f"compensation_{kind}", text=text, to=to, by=by, at=at, side=side, sms=sms,
        **params,
    )  # fmt: skip
