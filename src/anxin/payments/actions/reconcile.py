"""The channel's daily books held against ours; what we missed is fetched, what differs is listed (A-6.3.2d)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max

from anxin.audit.public import record
from anxin.kit.actor import SYSTEM, Actor
from anxin.kit.clock import at_local, local_date
from anxin.payments.actions import books
from anxin.payments.actions.differences import note_difference
from anxin.payments.actions.pay import receive
from anxin.payments.actions.refunds import hear_refund
from anxin.payments.adapters.channel import wechatpay
from anxin.payments.adapters.wechatpay import ChannelError, bill
from anxin.payments.adapters.wechatpay.bill import BillRow
from anxin.payments.models import Payment, Reconciliation, ReconciliationDifference, Refund
from anxin.payments.states import PaymentState, RefundState
from anxin.payments.values import DifferenceKind as Kind

# The channel keeps its bills for three months.
MOST_MISSED = 60


def reconcile(*, day: date, by: Actor = SYSTEM, at: datetime) -> Reconciliation:
    """Fetch the channel's bill of a day, book what we missed, list what differs; the same day again adds nothing.

    Raises ChannelSilent when the bill cannot be had or believed: the job tries again.
    """
    try:
        rows = bill.read(wechatpay().trade_bill(day.isoformat()))
    except ChannelError as refused:
        if refused.code != "NO_STATEMENT_EXIST":
            raise
        rows = []
    _fetch_missed(rows, by=by, at=at)
    return _compare(rows, day=day, by=by, at=at)


def _fetch_missed(rows: list[BillRow], *, by: Actor, at: datetime) -> None:
    """Money in the channel's books that is not yet in ours is asked for and booked, like any other."""
    numbers = [row.out_trade_no for row in rows if not row.is_refund]
    missed = Payment.objects.filter(number__in=numbers).exclude(state=str(PaymentState.SUCCEEDED))
    for payment in missed:
        trade = wechatpay().query(payment.number)
        if trade.paid:
            receive(payment.pk, trade, by=by, at=at)
    back = [row.out_refund_no for row in rows if row.is_refund]
    for refund in Refund.objects.filter(number__in=back, state=str(RefundState.PROCESSING)):
        hear_refund(wechatpay().query_refund(refund.number), by=by, at=at)


@transaction.atomic
def _compare(rows: list[BillRow], *, day: date, by: Actor, at: datetime) -> Reconciliation:
    start = at_local(day, 0)
    span = (start, start + timedelta(days=1))
    _compare_trades([row for row in rows if not row.is_refund], span, day=day, at=at)
    _compare_refunds([row for row in rows if row.is_refund], span, day=day, at=at)
    fee = sum(row.fee_fen for row in rows)
    books.post_channel_fee(day.isoformat(), fee, by=by, at=at)
    paid = [row for row in rows if not row.is_refund]
    found = ReconciliationDifference.objects.filter(day=day).exclude(kind=str(Kind.MISMATCH)).count()
    done, _new = Reconciliation.objects.update_or_create(
        channel="wechatpay", day=day,
        defaults={
            "trades": len(paid), "refunds": len(rows) - len(paid), "fee_fen": fee, "differences": found,
            "paid_fen": sum(row.total_fen for row in paid),
            "refunded_fen": sum(row.refund_fen for row in rows if row.is_refund), "run_at": at,
        },
    )  # fmt: skip
    record("payments.reconcile", by=by, at=at, subject="reconciliation", subject_id=done.pk,
           detail={"day": day.isoformat(), "differences": found})  # fmt: skip
    return done


def _compare_trades(rows: list[BillRow], span: tuple[datetime, datetime], *, day: date, at: datetime) -> None:
    ours = {p.number: p for p in Payment.objects.filter(number__in=[row.out_trade_no for row in rows])}
    for row in rows:
        payment = ours.get(row.out_trade_no)
        mine = payment.paid_fen if payment else None
        if payment is None or payment.state != PaymentState.SUCCEEDED:
            note_difference(Kind.MISSING_HERE, row.out_trade_no, day=day, at=at, ours_fen=mine,
                            theirs_fen=row.total_fen, detail=row.transaction_id)  # fmt: skip
        elif mine != row.total_fen or payment.transaction_id != row.transaction_id:
            note_difference(Kind.AMOUNT, row.out_trade_no, day=day, at=at, ours_fen=mine,
                            theirs_fen=row.total_fen, detail=row.transaction_id)  # fmt: skip
    told = {row.out_trade_no for row in rows}
    here = Payment.objects.filter(
        state=str(PaymentState.SUCCEEDED), channel_at__gte=span[0], channel_at__lt=span[1]
    )
    for payment in here.exclude(number__in=told):
        note_difference(Kind.MISSING_THERE, payment.number, day=day, at=at, ours_fen=payment.paid_fen,
                        detail=payment.transaction_id or "")  # fmt: skip


def _compare_refunds(
    rows: list[BillRow], span: tuple[datetime, datetime], *, day: date, at: datetime
) -> None:
    ours = {r.number: r for r in Refund.objects.filter(number__in=[row.out_refund_no for row in rows])}
    for row in rows:
        refund = ours.get(row.out_refund_no)
        mine = refund.amount_fen if refund else None
        if refund is None:
            note_difference(Kind.MISSING_HERE, row.out_refund_no, day=day, at=at, theirs_fen=-row.refund_fen)
        elif mine != row.refund_fen:
            note_difference(
                Kind.AMOUNT, row.out_refund_no, day=day, at=at, ours_fen=mine, theirs_fen=row.refund_fen
            )
        elif refund.state != RefundState.SUCCEEDED:
            note_difference(
                Kind.STATE, row.out_refund_no, day=day, at=at, ours_fen=mine, theirs_fen=row.refund_fen
            )
    told = {row.out_refund_no for row in rows}
    here = Refund.objects.filter(
        state=str(RefundState.SUCCEEDED), channel_at__gte=span[0], channel_at__lt=span[1]
    )
    for refund in here.exclude(number__in=told):
        note_difference(Kind.MISSING_THERE, refund.number, day=day, at=at, ours_fen=refund.amount_fen)


def reconcile_yesterday(*, at: datetime) -> Reconciliation:
    """The daily run, after ten in the morning, when the channel has closed its books; the days before yesterday on
    which it did not run come first."""
    yesterday = local_date(at) - timedelta(days=1)
    before = Reconciliation.objects.filter(channel="wechatpay", day__lt=yesterday)
    last = before.aggregate(day=Max("day"))["day"]
    missed = min((yesterday - last).days - 1, MOST_MISSED) if last else 0
    for days in range(missed, 0, -1):
        reconcile(day=yesterday - timedelta(days=days), at=at)
    return reconcile(day=yesterday, at=at)
