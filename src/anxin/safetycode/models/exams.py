"""Health checks: sessions that institutions offer, and who has a place in one."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q

from anxin.kit.actor import Actor
from anxin.kit.models import Base, HistoryRow, Stateful, Visible, state_check
from anxin.safetycode.states import EXAM
from anxin.safetycode.values.exams import REPORT_NO, ExamConclusion
from anxin.workers.public import Worker

# The constraint whose breach means: no place is left. A trigger counts `taken` by the appointments themselves.
ROOM = "safetycode_slot_room"
ONE_AT_A_TIME = "safetycode_exam_one_at_a_time"


class ExamSlotQuerySet(Visible):
    def visible_to(self, actor: Actor) -> Self:
        """An institution's staff see its own, everybody else what is offered: a session names nobody."""
        if actor.holds("safetycode.examine") and not actor.is_system:
            return self.filter(organisation=actor.organisation_id)
        return self if actor.is_system or actor.person_id else self.none()


class ExamSlot(Base):
    """A session of health checks: so many places from `opens_at` on, for checks up to the strictest `tier`."""

    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    place = models.CharField(max_length=120)
    town_code = models.CharField(max_length=9)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    tier = models.SmallIntegerField()
    capacity = models.SmallIntegerField()
    taken = models.SmallIntegerField(default=0)
    opens_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    objects = ExamSlotQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(taken__gte=0, taken__lte=F("capacity")), name=ROOM),
            models.CheckConstraint(condition=Q(capacity__range=(1, 500)), name="safetycode_slot_capacity"),
            models.CheckConstraint(condition=Q(tier__range=(1, 4)), name="safetycode_slot_tier"),
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="safetycode_slot_times"),
            models.UniqueConstraint(
                fields=["organisation", "starts_at", "tier"],
                condition=Q(closed_at=None),
                name="safetycode_slot_once",
            ),
        ]
        indexes = [
            models.Index(fields=["starts_at"], name="safetycode_slot_starts"),
            models.Index(fields=["organisation", "starts_at"], name="safetycode_slot_institution"),
        ]


class ExamMoved(HistoryRow):
    row = models.ForeignKey(
        "safetycode.ExamAppointment", on_delete=models.CASCADE, related_name="history", db_index=False
    )

    class Meta:
        indexes = [models.Index(fields=["row", "id"], name="safetycode_exam_history")]


class ExamAppointmentQuerySet(Visible):
    def visible_to(self, actor: Actor) -> Self:
        """The institution's staff see who comes to them; else whoever may see the worker."""
        if actor.holds("safetycode.examine") and not actor.is_system:
            return self.filter(organisation=actor.organisation_id)
        return self.filter(worker__in=Worker.objects.visible_to(actor))


class ExamAppointment(Stateful):
    """A worker's place in a session, and what came of it: conclusion and dates. There is no column for a value."""

    MACHINE = EXAM
    HISTORY = ExamMoved
    RETENTION = "worker"

    number = models.CharField(max_length=24, unique=True)
    worker = models.ForeignKey("workers.Worker", on_delete=models.PROTECT, related_name="+", db_index=False)
    slot = models.ForeignKey(ExamSlot, on_delete=models.PROTECT, related_name="appointments")
    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    tier = models.SmallIntegerField()
    booked_by = models.UUIDField(null=True)
    conclusion = models.CharField(max_length=8, blank=True)
    exam_date = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    report_no = models.CharField(max_length=24, blank=True)
    credential_id = models.UUIDField(null=True)
    created_at = models.DateTimeField()

    objects = ExamAppointmentQuerySet.as_manager()

    class Meta:
        constraints = [
            state_check(EXAM, "safetycode_exam_state"),
            models.UniqueConstraint(
                fields=["worker"], condition=Q(state__in=["booked", "arrived"]), name=ONE_AT_A_TIME
            ),
            models.UniqueConstraint(
                fields=["organisation", "report_no"],
                condition=~Q(report_no=""),
                name="safetycode_exam_report_once",
            ),
            models.CheckConstraint(condition=Q(tier__range=(1, 4)), name="safetycode_exam_tier"),
            models.CheckConstraint(
                condition=Q(
                    state="done", conclusion__in=[str(c) for c in ExamConclusion], exam_date__isnull=False,
                    report_no__regex=REPORT_NO,
                )
                | (~Q(state="done") & Q(conclusion="", exam_date=None, valid_until=None, report_no="")),
                name="safetycode_exam_conclusion",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["worker", "-created_at"], name="safetycode_exam_worker"),
            models.Index(fields=["organisation", "state", "slot"], name="safetycode_exam_institution"),
        ]
