"""Offers, steps, extras, warnings, requests for change, and notes for the timeline."""

from __future__ import annotations

from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import Q, Value
from django.utils.translation import gettext

from anxin.kit.actor import Actor
from anxin.kit.models import Base, HistoryRow, Stateful, Visible, state_check
from anxin.orders.models.order import Order
from anxin.orders.models.visit import Visit
from anxin.orders.states import OFFER, ChangeState, ExtraState
from anxin.orders.values import WARNING_LABELS, WarningKind


class OfOrder(Visible):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever sees the order sees what hangs on it."""
        return self.filter(order__in=Order.objects.visible_to(actor))


class OfferHistory(HistoryRow):
    row = models.ForeignKey("orders.Offer", on_delete=models.PROTECT, related_name="history")


class OfferQuerySet(Visible):
    def visible_to(self, actor: Actor) -> Self:
        """An agency sees what was offered to it; open offers are shown by queries.hall alone."""
        if actor.is_system:
            return self
        return self.filter(organisation=actor.organisation_id) if actor.organisation_id else self.none()


class Offer(Stateful):
    """A demand laid before one agency, or (organisation null) before all that cover it."""

    MACHINE = OFFER
    HISTORY = OfferHistory

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="offers")
    organisation = models.ForeignKey(
        "accounts.Organisation", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # From when whoever is first may take it. opens_by_credit: pairs (least credit score, minutes after that), as the
    # published rule was when it was opened; none = all at the same time (E-8).
    opens_at = models.DateTimeField()
    opens_by_credit = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    expires_at = models.DateTimeField()
    reason = models.CharField(max_length=300, blank=True)

    objects = OfferQuerySet.as_manager()

    class Meta:
        constraints = [
            state_check(OFFER, "orders_offer_state"),
            models.UniqueConstraint(
                fields=["order"], condition=Q(state="open"), name="orders_offer_one_open"
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "state", "expires_at"], name="orders_offer_desk"),
            models.Index(fields=["expires_at"], condition=Q(state="open"), name="orders_offer_due"),
        ]


class Step(Base):
    """One line of the visit's checklist, from the specification of the item version."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="steps", db_index=False)
    position = models.SmallIntegerField()
    text = models.CharField(max_length=200)
    needs_photo = models.BooleanField(default=False)
    done_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["visit", "position"], name="orders_step_position")]


class StepPhoto(Base):
    """A photo of a step; the bytes are in files."""

    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="photos")
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Extra(Base):
    """Extra work: proposed by the worker on the spot, binding only when the customer agrees (price in fen)."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="extras")
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="extras")
    code = models.CharField(max_length=32, blank=True)
    label = models.CharField(max_length=80)
    quantity = models.DecimalField(max_digits=8, decimal_places=2)
    unit = models.CharField(max_length=16)
    price_fen = models.BigIntegerField()
    state = models.CharField(max_length=12, default=str(ExtraState.PROPOSED))
    proposed_by = models.UUIDField()
    proposed_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    objects = OfOrder.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(price_fen__gte=0, quantity__gt=0), name="orders_extra_amount"),
            models.CheckConstraint(
                condition=Q(state__in=[str(s) for s in ExtraState]), name="orders_extra_state"
            ),
        ]


class Warning(Base):
    """A work-order early warning (工单预警, C-5.4.6)."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="warnings", db_index=False)
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="warnings")
    kind = models.CharField(max_length=20)
    raised_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True)
    cleared_how = models.CharField(max_length=200, blank=True)

    objects = OfOrder.as_manager()

    @property
    def label(self) -> str:
        """The warning in words, in the reader's language."""
        return gettext(WARNING_LABELS[WarningKind(self.kind)])

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["visit", "kind"], condition=Q(cleared_at__isnull=True), name="orders_warning_open"
            )
        ]
        indexes = [models.Index(fields=["order", "cleared_at"], name="orders_warning_order")]


class Change(Base):
    """One side asks the other to move a visit.

    before_fen, after_fen: the price as it stands and for the new day; terms: the usage and quote (before
    acceptance the estimate) that hold once it is agreed.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="changes")
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="changes")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    asked_side = models.CharField(max_length=12)
    asked_by = models.UUIDField()
    asked_at = models.DateTimeField()
    reason = models.CharField(max_length=300)
    before_fen = models.BigIntegerField(null=True)
    after_fen = models.BigIntegerField(null=True)
    terms = models.JSONField(default=dict)
    state = models.CharField(max_length=12, default=str(ChangeState.ASKED))
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=300, blank=True)

    objects = OfOrder.as_manager()

    @property
    def difference_fen(self) -> int:
        """How much more (or, below zero, less) the new day costs."""
        return (self.after_fen or 0) - (self.before_fen or 0)

    @property
    def worker_id(self) -> UUID | None:
        """The worker who is asked for together with the new time. One query."""
        found: UUID | None = self.assignments.values_list("worker_id", flat=True).first()
        return found

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["visit"], condition=Q(state="asked"), name="orders_change_one_open"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[str(s) for s in ChangeState]), name="orders_change_state"
            ),
        ]


class Note(models.Model):
    """A line for the timeline, written by orders or by an area above (contract signed, bill paid, …).

    text is a source string for translation, params its values: ids and plain values, masked where personal.
    """

    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="notes", db_index=False)
    at = models.DateTimeField()
    kind = models.CharField(max_length=32)
    text = models.CharField(max_length=200)
    params = models.JSONField(default=dict)
    side = models.CharField(max_length=12)
    audience = models.CharField(max_length=40, blank=True)
    by_person = models.UUIDField(null=True)
    # When those named were told, so that nobody is told twice by a job that runs twice.
    told_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["order", "at"], name="orders_note_order")]
