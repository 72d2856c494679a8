"""Money on its way in, and on its way back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext

from anxin.kit.actor import Actor
from anxin.kit.models import HistoryRow, Stateful, Visible, state_check
from anxin.payments.models.bills import Bill
from anxin.payments.states import OPEN_PAYMENTS, PAYMENT, REFUND, PaymentState, RefundState
from anxin.payments.values import PAYMENT_LABELS, REFUND_LABELS, PayWay, RefundCause


class OfBill(Visible):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever sees the bill sees its money."""
        return self.filter(bill__in=Bill.objects.visible_to(actor))


class PaymentHistory(HistoryRow):
    row = models.ForeignKey("payments.Payment", on_delete=models.PROTECT, related_name="history")


class Payment(Stateful):
    """One try to pay a bill through the channel. `number` is the channel's out_trade_no.

    paid = what came in; allocated = what of it counts for the bill. The rest is surplus: refunded, or listed.
    due_at: when our job asks the channel next, because a notice may never come.
    """

    MACHINE = PAYMENT
    HISTORY = PaymentHistory
    RETENTION = "finance"

    number = models.CharField(max_length=32, unique=True)
    city_code = models.CharField(max_length=4)
    bill = models.ForeignKey(Bill, on_delete=models.PROTECT, related_name="payments")
    channel = models.CharField(max_length=16, default="wechatpay")
    way = models.CharField(max_length=8)
    amount_fen = models.BigIntegerField()
    paid_fen = models.BigIntegerField(default=0)
    allocated_fen = models.BigIntegerField(default=0)
    url = models.CharField(max_length=512, blank=True)
    transaction_id = models.CharField(max_length=32, unique=True, null=True)
    expires_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    tries = models.SmallIntegerField(default=0)
    channel_at = models.DateTimeField(null=True)
    late = models.BooleanField(default=False)
    started_by = models.UUIDField(null=True)
    problem = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()

    objects = OfBill.as_manager()

    class Meta:
        constraints = [
            state_check(PAYMENT, "payments_payment_state"),
            models.CheckConstraint(
                condition=Q(way__in=[str(w) for w in PayWay]), name="payments_payment_way"
            ),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="payments_payment_amount"),
            models.CheckConstraint(
                condition=Q(allocated_fen__gte=0, allocated_fen__lte=F("paid_fen")),
                name="payments_payment_allocated",
            ),
            models.CheckConstraint(
                condition=Q(state="succeeded", paid_fen__gt=0, transaction_id__isnull=False)
                | ~Q(state="succeeded") & Q(paid_fen=0, transaction_id=None),
                name="payments_payment_money",
            ),
            models.UniqueConstraint(
                fields=["bill", "way"],
                condition=Q(state__in=[str(s) for s in OPEN_PAYMENTS]),
                name="payments_payment_one_open",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="payments_payment_due"),
            models.Index(fields=["channel_at"], condition=Q(state="succeeded"), name="payments_payment_day"),
            models.Index(
                fields=["bill"],
                condition=Q(state="succeeded") & Q(allocated_fen__lt=F("paid_fen")),
                name="payments_payment_surplus",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def words(self) -> str:
        """The state as people read it."""
        return gettext(PAYMENT_LABELS[PaymentState(self.state)])

    def stands(self, at: datetime) -> bool:
        """Whether there is time left to pay by it: a minute at least, or the payer would only just miss it."""
        return self.expires_at > at + timedelta(minutes=1)

    @property
    def surplus_fen(self) -> int:
        """What came in and belongs to no bill."""
        return self.paid_fen - self.allocated_fen


class RefundHistory(HistoryRow):
    row = models.ForeignKey("payments.Refund", on_delete=models.PROTECT, related_name="history")


class Refund(Stateful):
    """Money going back the way it came. `number` is the channel's out_refund_no, the same in every retry."""

    MACHINE = REFUND
    HISTORY = RefundHistory
    RETENTION = "finance"

    number = models.CharField(max_length=32, unique=True)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    bill = models.ForeignKey(Bill, on_delete=models.PROTECT, related_name="refunds")
    cause = models.CharField(max_length=16)
    reason = models.CharField(max_length=200)
    amount_fen = models.BigIntegerField()
    channel_id = models.CharField(max_length=32, blank=True)
    channel_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    tries = models.SmallIntegerField(default=0)
    problem = models.CharField(max_length=200, blank=True)
    asked_by = models.UUIDField(null=True)
    created_at = models.DateTimeField()

    objects = OfBill.as_manager()

    class Meta:
        constraints = [
            state_check(REFUND, "payments_refund_state"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="payments_refund_amount"),
            models.CheckConstraint(
                condition=Q(cause__in=[str(c) for c in RefundCause]), name="payments_refund_cause"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="payments_refund_reason"),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="payments_refund_due"),
            models.Index(
                fields=["channel_at"],
                condition=Q(state=str(RefundState.SUCCEEDED)),
                name="payments_refund_day",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def words(self) -> str:
        """The state as people read it."""
        return gettext(REFUND_LABELS[RefundState(self.state)])
