"""Requests for invoices, what was issued, and each agency's tax treatment."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext

from anxin.kit.actor import Actor
from anxin.kit.fields import EncryptedField, EncryptedJSONField
from anxin.kit.models import Base, HistoryRow, Stateful, Visible, state_check
from anxin.payments.models.bills import Bill
from anxin.payments.states import INVOICE, LIVE_INVOICES, REVERSIBLE, WAITING_INVOICES, InvoiceState
from anxin.payments.values import INVOICE_LABELS, PAPER_LABELS, PaperKind, TitleKind


class RequestQuerySet(Visible):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever sees the bill; the agency's staff only if they issue invoices."""
        found = self.filter(bill__in=Bill.objects.visible_to(actor))
        if actor.organisation_id and not actor.is_system and not actor.holds("payments.invoice"):
            found = found.filter(bill__payer=actor.person_id)
        return found


class InvoiceHistory(HistoryRow):
    row = models.ForeignKey("payments.InvoiceRequest", on_delete=models.PROTECT, related_name="history")


class InvoiceRequest(Stateful):
    """A customer wants an invoice for a paid bill (B-7.8.3). due_at: the agency's time limit."""

    MACHINE = INVOICE
    HISTORY = InvoiceHistory
    RETENTION = "finance"

    number = models.CharField(max_length=20, unique=True)
    bill = models.ForeignKey(Bill, on_delete=models.PROTECT, related_name="invoice_requests")
    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    title_kind = models.CharField(max_length=8)
    title = EncryptedField()
    tax_number = models.CharField(max_length=20, blank=True)
    details = EncryptedJSONField(null=True)
    amount_fen = models.BigIntegerField()
    note = models.CharField(max_length=200, blank=True)
    asked_by = models.UUIDField()
    due_at = models.DateTimeField()
    warned_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()

    objects = RequestQuerySet.as_manager()

    class Meta:
        constraints = [
            state_check(INVOICE, "payments_invoice_state"),
            models.CheckConstraint(
                condition=Q(title_kind="person", tax_number="") | Q(title_kind="company") & ~Q(tax_number=""),
                name="payments_invoice_title",
            ),
            models.CheckConstraint(
                condition=Q(title_kind__in=[str(k) for k in TitleKind]), name="payments_invoice_title_kind"
            ),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="payments_invoice_amount"),
            models.UniqueConstraint(
                fields=["bill"],
                condition=Q(state__in=[str(s) for s in LIVE_INVOICES]),
                name="payments_invoice_one_live",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "state", "due_at"], name="payments_invoice_desk"),
            models.Index(
                fields=["due_at"],
                condition=Q(state__in=["submitted", "failed"], warned_at=None),
                name="payments_invoice_overdue",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def words(self) -> str:
        """The state as people read it."""
        return gettext(INVOICE_LABELS[InvoiceState(self.state)])

    @property
    def waits(self) -> bool:
        """Whether the agency has yet to issue it, so that its deadline counts."""
        return self.state in WAITING_INVOICES

    @property
    def too_much_fen(self) -> int:
        """By how much what was issued exceeds what was kept of the bill since; 0 while it agrees."""
        if self.state not in REVERSIBLE:
            return 0
        return max(0, self.amount_fen - (self.bill.total_fen - self.bill.refunded_fen))

    @property
    def issuable(self) -> bool:
        """Whether the agency may have it issued now."""
        return self.can("issue")


class PaperQuerySet(Visible):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(request__in=InvoiceRequest.objects.visible_to(actor))


class Invoice(Base):
    """What was issued: a blue or red e-invoice with its 20-digit number, or a receipt that says it is none.

    content: the whole document as issued (standards §8.4), encrypted because it names people.
    """

    RETENTION = "finance"

    request = models.ForeignKey(InvoiceRequest, on_delete=models.PROTECT, related_name="papers")
    kind = models.CharField(max_length=8)
    number = models.CharField(max_length=24, unique=True)
    issued_at = models.DateTimeField()
    net_fen = models.BigIntegerField()
    tax_fen = models.BigIntegerField()
    gross_fen = models.BigIntegerField()
    tax_bp = models.IntegerField()
    content = EncryptedJSONField(null=True)
    reverses = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="reversed_by")
    red_confirmation = models.CharField(max_length=32, blank=True)
    simulated = models.BooleanField()
    file = models.ForeignKey("files.StoredFile", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    objects = PaperQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[str(k) for k in PaperKind]), name="payments_paper_kind"
            ),
            models.CheckConstraint(
                condition=Q(gross_fen=F("net_fen") + F("tax_fen")), name="payments_paper_sum"
            ),
            models.CheckConstraint(
                condition=Q(kind="red", reverses__isnull=False) | ~Q(kind="red") & Q(reverses=None),
                name="payments_paper_red",
            ),
        ]

    @property
    def words(self) -> str:
        """What it is, as people read it."""
        return gettext(PAPER_LABELS[PaperKind(self.kind)])


class TaxSetting(Base):
    """How an agency's service is taxed from `valid_from` on: a rate in basis points, or exempt. Appended only."""

    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    item_code = models.CharField(max_length=8, blank=True)
    tax_bp = models.IntegerField()
    exempt_reason = models.CharField(max_length=200, blank=True)
    valid_from = models.DateTimeField()
    set_by = models.UUIDField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(tax_bp__in=[0, 100, 300, 600]), name="payments_tax_rate"),
            models.CheckConstraint(
                condition=~Q(tax_bp=0) | ~Q(exempt_reason=""), name="payments_tax_exempt_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "item_code", "-valid_from"], name="payments_tax_from")
        ]
