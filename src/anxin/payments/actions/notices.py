"""Callbacks of the channel: verified, counted, and booked once (B-7.8.2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from anxin.kit.actor import SYSTEM
from anxin.kit.clock import local_date
from anxin.payments import queries
from anxin.payments.actions.compensations import hear_payout
from anxin.payments.actions.pay import receive
from anxin.payments.actions.refunds import hear_refund
from anxin.payments.adapters.channel import wechatpay
from anxin.payments.adapters.wechatpay import Forged, Notice
from anxin.payments.models import CallbackLog
from anxin.payments.values import Outcome


def take_notice(*, headers: Mapping[str, str], body: bytes, address: str, at: datetime) -> Outcome:
    """Take one callback: believe it only by signature, age and seal, then do what it says, once.

    FORGED, UNKNOWN and MISMATCH change no money; every callback is counted.
    """
    try:
        notice = wechatpay().read_notice(headers, body, at=at)
    except Forged as forged:
        # Counted per sender and day: whoever floods us fills no table.
        _count(Outcome.FORGED, address or "unknown", at=at, problem=str(forged), address=address)
        return Outcome.FORGED
    with transaction.atomic():
        outcome, reference = _act(notice, at)
        _count(outcome, notice.id, at=at, event=notice.event, reference=reference, address=address)
    return outcome


def _act(notice: Notice, at: datetime) -> tuple[Outcome, str]:
    if notice.trade is not None:
        payment = queries.payment_by_number(notice.trade.out_trade_no)
        if payment is None:
            return Outcome.UNKNOWN, notice.trade.out_trade_no
        if not notice.trade.paid:
            return Outcome.IGNORED, payment.number
        return receive(payment.pk, notice.trade, by=SYSTEM, at=at), payment.number
    if notice.refund is not None:
        return hear_refund(notice.refund, by=SYSTEM, at=at), notice.refund.out_refund_no
    if notice.transfer is not None:
        return hear_payout(notice.transfer, by=SYSTEM, at=at), notice.transfer.out_bill_no
    return Outcome.IGNORED, ""


def _count(
    outcome: Outcome,
    key: str,
    *,
    at: datetime,
    event: str = "",
    reference: str = "",
    problem: str = "",
    address: str = "",
) -> None:
    day = local_date(at)
    same = CallbackLog.objects.filter(day=day, outcome=str(outcome), key=key[:64])
    if same.update(count=F("count") + 1, last_at=at):
        return
    try:
        with transaction.atomic():
            CallbackLog.objects.create(
                day=day, outcome=str(outcome), key=key[:64], event=event[:32], reference=reference[:64],
                problem=problem[:200], address=address[:45], first_at=at, last_at=at,
            )  # fmt: skip
    except IntegrityError:
        same.update(count=F("count") + 1, last_at=at)
