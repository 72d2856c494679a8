"""Reads of payments, refunds, and of what the channel told."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db.models import F, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from anxin.kit.actor import Actor
from anxin.payments.models import Bill, CallbackLog, Payment, Reconciliation, ReconciliationDifference, Refund
from anxin.payments.states import OPEN_PAYMENTS, RESERVING, PaymentState, RefundState
from anxin.payments.values import RefundCause


def payment_by_number(number: str) -> Payment | None:
    """By the channel's out_trade_no."""
    return Payment.objects.filter(number=number).first()


def payment_by_id(payment_id: UUID) -> Payment:
    """For jobs."""
    return Payment.objects.get(pk=payment_id)


def refund_by_number(number: str) -> Refund | None:
    """By the channel's out_refund_no."""
    return Refund.objects.filter(number=number).first()


def open_payment(bill: Bill, way: str) -> Payment | None:
    """The try to pay that still waits for the payer, so that a second tap does not start a second one."""
    return bill.payments.filter(way=way, state__in=[str(s) for s in OPEN_PAYMENTS]).first()


def latest_payment(bill: Bill) -> Payment | None:
    """The newest try."""
    return bill.payments.order_by("-created_at").first()


def due_payments(at: datetime, *, limit: int = 200) -> list[Payment]:
    """Payments about which the channel must be asked now."""
    return list(Payment.objects.filter(due_at__lte=at).order_by("due_at")[:limit])


def due_refunds(at: datetime, *, limit: int = 200) -> list[Refund]:
    """Refunds to be sent again, or about which the channel must be asked now."""
    return list(Refund.objects.filter(due_at__lte=at).order_by("due_at")[:limit])


def refundable(payment: Payment, cause: RefundCause) -> int:
    """What may still be refunded of a payment, in fen: of its surplus, or of what counted for the bill."""
    whole = payment.surplus_fen if cause == RefundCause.SURPLUS else payment.allocated_fen
    taken = payment.refunds.filter(state__in=[str(s) for s in RESERVING])
    surplus = str(RefundCause.SURPLUS)
    taken = taken.filter(cause=surplus) if cause == RefundCause.SURPLUS else taken.exclude(cause=surplus)
    return int(whole - (taken.aggregate(total=Sum("amount_fen"))["total"] or 0))


def surplus_payments(actor: Actor) -> QuerySet[Payment]:
    """Money that came in, belongs to no bill (paid twice, or after the bill was gone) and has not gone back, newest
    first. Two queries."""
    gone = Refund.objects.filter(
        payment=OuterRef("pk"), cause=str(RefundCause.SURPLUS), state=str(RefundState.SUCCEEDED)
    )
    gone_fen = gone.order_by().values("payment").annotate(total=Sum("amount_fen")).values("total")
    found: QuerySet[Payment] = (
        Payment.objects.visible_to(actor)
        .filter(state=str(PaymentState.SUCCEEDED), allocated_fen__lt=F("paid_fen"))
        .alias(gone_fen=Coalesce(Subquery(gone_fen), 0))
        .filter(allocated_fen__lt=F("paid_fen") - F("gone_fen"))
        .select_related("bill", "bill__order")
        .prefetch_related("refunds")
        .order_by("-channel_at")
    )
    return found


def stuck_refunds(actor: Actor) -> QuerySet[Refund]:
    """Refunds that could not reach the payer and wait for a person, oldest first. One query."""
    return (
        Refund.objects.visible_to(actor)
        .filter(state=str(RefundState.ABNORMAL))
        .select_related("bill", "payment")
        .order_by("state_at", "id")
    )


def money_in(actor: Actor) -> QuerySet[Payment]:
    """The payments that reached the actor's agency, newest first, with the refunds that arrived. Two queries."""
    return (
        Payment.objects.filter(bill__organisation=actor.organisation_id)
        .visible_to(actor)
        .filter(state=str(PaymentState.SUCCEEDED))
        .select_related("bill", "bill__order")
        .prefetch_related(Prefetch("refunds", Refund.objects.filter(state=str(RefundState.SUCCEEDED))))
        .order_by("-channel_at")
    )


def money_matching(payments: QuerySet[Payment], text: str) -> QuerySet[Payment]:
    """Those whose own number, or their bill's or order's, begins with `text`."""
    if not text:
        return payments
    start = text.upper()
    return payments.filter(
        Q(number__startswith=start)
        | Q(bill__number__startswith=start)
        | Q(bill__order__number__startswith=start)
    )


def differences(actor: Actor, *, open_only: bool = True) -> QuerySet[ReconciliationDifference]:
    """What the channel's books and ours do not agree on, newest first."""
    found = ReconciliationDifference.objects.visible_to(actor)
    return (found.filter(resolved_at=None) if open_only else found).order_by("-found_at", "reference")


def reconciliations(actor: Actor) -> QuerySet[Reconciliation]:
    """The days that were held against the channel's books, newest first."""
    return Reconciliation.objects.visible_to(actor).order_by("-day")


def callback_counts(actor: Actor, day: date) -> dict[str, int]:
    """How many callbacks of each outcome came on a day."""
    rows = CallbackLog.objects.visible_to(actor).filter(day=day).values_list("outcome")
    return dict(rows.annotate(total=Sum("count")))
