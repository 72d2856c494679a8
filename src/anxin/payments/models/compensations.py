"""What an agency owes a customer by the published rule, and how the money reaches them."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext

from anxin.kit.actor import Actor
from anxin.kit.fields import EncryptedField
from anxin.kit.models import HistoryRow, Stateful, Visible, state_check
from anxin.payments.states import COMPENSATION, OPEN_PAYOUTS, PAYOUT, CompensationState, PayoutState
from anxin.payments.values import COMPENSATION_LABELS


class CompensationQuerySet(Visible):
    def visible_to(self, actor: Actor) -> Self:
        """The customer who is to have it, the agency's staff who keep bills, and the operator's finance."""
        if actor.is_system or actor.holds("payments.reconcile"):
            return self
        if actor.person_id is None:
            return self.none()
        mine = Q(payee=actor.person_id)
        if actor.organisation_id and actor.holds("payments.bill"):
            mine |= Q(organisation=actor.organisation_id)
        return self.filter(mine)


class CompensationHistory(HistoryRow):
    row = models.ForeignKey("payments.Compensation", on_delete=models.PROTECT, related_name="history")


class Compensation(Stateful):
    """One order that an agency called off, or failed: what it owes for that, in fen.

    rule_fen: what the published table gave; amount_fen: what holds after a decision on an objection. base_fen: the
    agreed price the share was taken of. due_at: until when either side may object.
    """

    MACHINE = COMPENSATION
    HISTORY = CompensationHistory
    RETENTION = "finance"

    number = models.CharField(max_length=20, unique=True)
    city_code = models.CharField(max_length=4)
    order = models.OneToOneField("orders.Order", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    payee = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    base_fen = models.BigIntegerField()
    rule_fen = models.BigIntegerField()
    amount_fen = models.BigIntegerField()
    ground = models.CharField(max_length=200)
    objection = models.CharField(max_length=500, blank=True)
    objected_by = models.UUIDField(null=True)
    objected_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=500, blank=True)
    answered_by = models.UUIDField(null=True)
    answered_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    objects = CompensationQuerySet.as_manager()

    class Meta:
        constraints = [
            state_check(COMPENSATION, "payments_compensation_state"),
            models.CheckConstraint(
                condition=Q(rule_fen__gt=0, amount_fen__gte=0), name="payments_compensation_amount"
            ),
        ]
        indexes = [
            models.Index(fields=["payee", "-created_at"], name="payments_compensation_payee"),
            models.Index(fields=["organisation", "-created_at"], name="payments_compensation_desk"),
            models.Index(
                fields=["due_at"],
                condition=Q(state=str(CompensationState.OWED)),
                name="payments_compensation_due",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def words(self) -> str:
        """The state as people read it."""
        return gettext(COMPENSATION_LABELS[CompensationState(self.state)])

    @property
    def share_bp(self) -> int:
        """The rule's share of the agreed price, in basis points."""
        return round(self.rule_fen * 10_000 / self.base_fen) if self.base_fen else 0


class PayoutHistory(HistoryRow):
    row = models.ForeignKey("payments.Payout", on_delete=models.PROTECT, related_name="history")


class PayoutQuerySet(Visible):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever sees the compensation."""
        return self.filter(compensation__in=Compensation.objects.visible_to(actor))


class Payout(Stateful):
    """One try to pay a compensation into the customer's WeChat. `number` is the channel's out_bill_no.

    package: what their WeChat needs to show the transfer for confirmation. due_at: when our job asks next.
    """

    MACHINE = PAYOUT
    HISTORY = PayoutHistory
    RETENTION = "finance"

    number = models.CharField(max_length=32, unique=True)
    compensation = models.ForeignKey(Compensation, on_delete=models.PROTECT, related_name="payouts")
    amount_fen = models.BigIntegerField()
    openid = EncryptedField()
    package = models.CharField(max_length=1000, blank=True)
    channel_id = models.CharField(max_length=64, blank=True)
    due_at = models.DateTimeField(null=True)
    tries = models.SmallIntegerField(default=0)
    problem = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()

    objects = PayoutQuerySet.as_manager()

    class Meta:
        constraints = [
            state_check(PAYOUT, "payments_payout_state"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="payments_payout_amount"),
            # Of two taps at once one makes the transfer: money goes out once.
            models.UniqueConstraint(
                fields=["compensation"],
                condition=Q(state__in=[*map(str, OPEN_PAYOUTS), str(PayoutState.SUCCEEDED)]),
                name="payments_payout_one_live",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="payments_payout_due"),
        ]

    def __str__(self) -> str:
        return self.number
