"""A visit of an order, and who is assigned to it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext

from anxin.kit.actor import Actor
from anxin.kit.models import HistoryRow, Stateful, Visible, state_check
from anxin.orders.models.order import Order
from anxin.orders.states import ASSIGNMENT, LIVE_ASSIGNMENTS, VISIT, AssignmentState, ChangeState
from anxin.orders.values import ASSIGNMENT_LABELS

if TYPE_CHECKING:
    from anxin.orders.models.help import Change


class VisitQuerySet(Visible):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever sees the order sees its visits."""
        return self.filter(order__in=Order.objects.visible_to(actor))


class VisitHistory(HistoryRow):
    row = models.ForeignKey("orders.Visit", on_delete=models.PROTECT, related_name="history")


class Visit(Stateful):
    """One coming to the door. Planned times are the agreement, the others what happened (UTC)."""

    MACHINE = VISIT
    HISTORY = VisitHistory

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="visits", db_index=False)
    sequence = models.SmallIntegerField(default=1)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    contacted_at = models.DateTimeField(null=True)
    contact_how = models.CharField(max_length=16, blank=True)
    contact_note = models.CharField(max_length=200, blank=True)
    departed_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)
    arrived_lat = models.FloatField(null=True)
    arrived_lng = models.FloatField(null=True)
    entered_at = models.DateTimeField(null=True)
    entry_scan = models.UUIDField(null=True)
    entry_how = models.CharField(max_length=16, blank=True)
    # "known" once the place was checked, "unknown" where the phone told none.
    entry_place = models.CharField(max_length=8, blank=True, db_default="")
    done_at = models.DateTimeField(null=True)
    done_note = models.CharField(max_length=500, blank=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_how = models.CharField(max_length=16, blank=True)
    due_at = models.DateTimeField(null=True)

    objects = VisitQuerySet.as_manager()

    class Meta:
        constraints = [
            state_check(VISIT, "orders_visit_state"),
            models.UniqueConstraint(fields=["order", "sequence"], name="orders_visit_sequence"),
            models.CheckConstraint(condition=Q(ends_at__gt=models.F("starts_at")), name="orders_visit_span"),
        ]
        indexes = [
            models.Index(fields=["state", "starts_at"], name="orders_visit_running"),
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="orders_visit_due"),
        ]


class AssignmentHistory(HistoryRow):
    row = models.ForeignKey("orders.Assignment", on_delete=models.PROTECT, related_name="history")


class AssignmentQuerySet(Visible):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(order__in=Order.objects.visible_to(actor))

    def live(self) -> Self:
        return self.filter(state__in=[str(s) for s in LIVE_ASSIGNMENTS])


class Assignment(Stateful):
    """A worker for a place (slot) in a visit. score: matching's explanation at the moment of proposal.

    change: the other time that is asked for together with this worker; the customer answers both with one word.
    """

    MACHINE = ASSIGNMENT
    HISTORY = AssignmentHistory

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="assignments")
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="assignments")
    worker = models.ForeignKey("workers.Worker", on_delete=models.PROTECT, related_name="+", db_index=False)
    slot = models.SmallIntegerField(default=1)
    round = models.SmallIntegerField(default=1)
    score = models.JSONField(default=dict)
    reason = models.CharField(max_length=300, blank=True)
    replaces = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    change = models.ForeignKey(
        "orders.Change", null=True, on_delete=models.PROTECT, related_name="assignments", db_index=False
    )
    due_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    objects = AssignmentQuerySet.as_manager()

    @property
    def asked(self) -> Change | None:
        """The other time that this worker would come at, while it is open."""
        return self.change if self.change is not None and self.change.state == ChangeState.ASKED else None

    @property
    def starts_at(self) -> datetime:
        """When this worker would come."""
        starts_at: datetime = (self.asked or self.visit).starts_at
        return starts_at

    @property
    def ends_at(self) -> datetime:
        ends_at: datetime = (self.asked or self.visit).ends_at
        return ends_at

    @property
    def state_label(self) -> str:
        """The state in words, in the reader's language."""
        return gettext(ASSIGNMENT_LABELS[AssignmentState(self.state)])

    class Meta:
        constraints = [
            state_check(ASSIGNMENT, "orders_assignment_state"),
            # A replacement is proposed while the one it replaces still stands, hence the condition on `replaces`.
            models.UniqueConstraint(
                fields=["visit", "slot"],
                condition=Q(state__in=[str(s) for s in LIVE_ASSIGNMENTS], replaces__isnull=True),
                name="orders_assignment_one",
            ),
            models.UniqueConstraint(
                fields=["replaces"],
                condition=Q(state__in=[str(s) for s in LIVE_ASSIGNMENTS]),
                name="orders_assignment_one_replacement",
            ),
        ]
        indexes = [
            models.Index(fields=["worker", "state"], name="orders_assignment_worker"),
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="orders_assignment_due"),
        ]
