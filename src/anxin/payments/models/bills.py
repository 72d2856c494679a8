"""A bill, its lines, and what the customer asked about it."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext

from anxin.agencies.values import plain
from anxin.kit.actor import Actor
from anxin.kit.models import Base, HistoryRow, Stateful, Visible, state_check
from anxin.kit.money import yuan
from anxin.payments.states import BILL, LIVE_BILLS, BillState
from anxin.payments.values import BILL_KIND_LABELS, BILL_LABELS, BillFacts, BillKind


class BillQuerySet(Visible):
    def visible_to(self, actor: Actor) -> Self:
        """The payer, the agency's staff who keep bills, and the operator's reconciliation."""
        if actor.is_system or actor.holds("payments.reconcile"):
            return self
        if actor.person_id is None:
            return self.none()
        mine = Q(payer=actor.person_id)
        if actor.organisation_id and (actor.holds("payments.bill") or actor.holds("payments.invoice")):
            mine |= Q(organisation=actor.organisation_id)
        return self.filter(mine)

    def overseen_by(self, actor: Actor) -> Self:
        """Those of orders in the region the actor answers for, for lists of masked rows; see orders."""
        if not actor.region or not actor.holds("payments.oversee"):
            return self.none()
        return self.filter(order__town_code__startswith=actor.region)

    def live(self) -> Self:
        """Neither replaced by a newer version nor withdrawn."""
        return self.filter(state__in=[str(s) for s in LIVE_BILLS])


class BillHistory(HistoryRow):
    row = models.ForeignKey("payments.Bill", on_delete=models.PROTECT, related_name="history")


class Bill(Stateful):
    """What a customer owes for one order, line by line (B-7.8.1). Amounts in fen.

    total = sum of lines; deposit = what of an earlier deposit is used up; due = total − deposit.
    usage: what was priced, as agencies.values writes it. A corrected bill is a new row that `supersedes` the old.
    """

    MACHINE = BILL
    HISTORY = BillHistory
    RETENTION = "finance"

    number = models.CharField(max_length=20, unique=True)
    city_code = models.CharField(max_length=4)
    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="+", db_index=False)
    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    payer = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=16)
    version = models.SmallIntegerField(default=1)
    supersedes = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="superseded_by"
    )
    title = models.CharField(max_length=120)
    total_fen = models.BigIntegerField()
    deposit_fen = models.BigIntegerField(default=0)
    due_fen = models.BigIntegerField()
    paid_fen = models.BigIntegerField(default=0)
    refunded_fen = models.BigIntegerField(default=0)
    fee_fen = models.BigIntegerField(default=0)
    usage = models.JSONField(default=dict)
    adjust_reason = models.CharField(max_length=300, blank=True)
    pay_by = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    objects = BillQuerySet.as_manager()

    class Meta:
        constraints = [
            state_check(BILL, "payments_bill_state"),
            models.CheckConstraint(
                condition=Q(kind__in=[str(k) for k in BillKind]), name="payments_bill_kind"
            ),
            models.UniqueConstraint(fields=["order", "kind", "version"], name="payments_bill_version"),
            models.UniqueConstraint(
                fields=["order", "kind"],
                condition=Q(state__in=[str(s) for s in LIVE_BILLS]),
                name="payments_bill_one_live",
            ),
            models.CheckConstraint(
                condition=Q(due_fen=F("total_fen") - F("deposit_fen"))
                & Q(total_fen__gte=0, deposit_fen__gte=0, due_fen__gte=0),
                name="payments_bill_due",
            ),
            models.CheckConstraint(
                condition=Q(paid_fen__gte=0, paid_fen__lte=F("due_fen")), name="payments_bill_paid"
            ),
            models.CheckConstraint(
                condition=Q(refunded_fen__gte=0, refunded_fen__lte=F("paid_fen") + F("deposit_fen")),
                name="payments_bill_refunded",
            ),
        ]
        indexes = [
            models.Index(fields=["payer", "-created_at"], name="payments_bill_payer"),
            models.Index(fields=["organisation", "state", "-created_at"], name="payments_bill_desk"),
            models.Index(fields=["-created_at"], name="payments_bill_newest"),
            models.Index(fields=["pay_by"], condition=Q(state="accepted"), name="payments_bill_pay_by"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def words(self) -> str:
        """The state as people read it."""
        return gettext(BILL_LABELS[BillState(self.state)])

    @property
    def kind_words(self) -> str:
        """The kind as people read it."""
        return gettext(BILL_KIND_LABELS[BillKind(self.kind)])

    @property
    def open_fen(self) -> int:
        """What is still to be paid."""
        return self.due_fen - self.paid_fen

    @property
    def covered_fen(self) -> int:
        """What has come in for it: paid, and the deposit that it used up."""
        return self.paid_fen + (self.deposit_fen if self.state == BillState.PAID else 0)

    @property
    def kept_fen(self) -> int:
        """What the customer has paid for good: come in, less refunds."""
        return self.covered_fen - self.refunded_fen

    def facts(self) -> BillFacts:
        """The bill as other areas are given it."""
        return BillFacts(
            id=self.pk, number=self.number, order_id=self.order_id, kind=BillKind(self.kind),
            version=self.version, state=BillState(self.state), total_fen=self.total_fen,
            deposit_fen=self.deposit_fen, due_fen=self.due_fen, paid_fen=self.paid_fen,
            refunded_fen=self.refunded_fen, pay_by=self.pay_by,
        )  # fmt: skip


class BillLine(models.Model):
    """One line: quantity × unit price = amount (fen, rounded half up), in words that explain it."""

    id = models.BigAutoField(primary_key=True)
    bill = models.ForeignKey(Bill, on_delete=models.PROTECT, related_name="lines", db_index=False)
    position = models.SmallIntegerField()
    code = models.CharField(max_length=48)
    label = models.CharField(max_length=120)
    quantity = models.DecimalField(max_digits=12, decimal_places=4)
    unit = models.CharField(max_length=16, blank=True)
    unit_price_fen = models.BigIntegerField()
    amount_fen = models.BigIntegerField()
    explanation = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["bill", "position"], name="payments_line_position")]

    @property
    def note(self) -> str:
        """How the amount comes about: 3 小时 × ¥45.00，and why."""
        parts = [self.explanation] if self.explanation else []
        if self.unit or self.quantity != 1:
            parts.insert(0, f"{plain(self.quantity)} {self.unit} × ¥{yuan(self.unit_price_fen)}")
        return "；".join(parts)


class BillQuestion(Base):
    """The customer does not understand or agree; the agency answers or corrects, always in words."""

    bill = models.ForeignKey(Bill, on_delete=models.PROTECT, related_name="questions")
    text = models.CharField(max_length=500)
    asked_by = models.UUIDField(null=True)
    asked_at = models.DateTimeField()
    answer = models.CharField(max_length=500, blank=True)
    adjusted = models.BooleanField(default=False)
    answered_by = models.UUIDField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["bill"], condition=Q(answered_at__isnull=True), name="payments_question_one_open"
            )
        ]
