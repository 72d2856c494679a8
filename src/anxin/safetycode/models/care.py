"""What is done about codes after their issue: measures, the half-yearly refresh, and the faults that were found."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from anxin.kit.actor import Actor
from anxin.kit.models import Base, HistoryRow, Stateful, Visible, state_check
from anxin.safetycode.models.codes import SafetyCode
from anxin.safetycode.models.issuing import OfWorker
from anxin.safetycode.states import REFRESH, RefreshState
from anxin.safetycode.values.care import Answer, Fact, Ground, MeasureKind
from anxin.workers.public import Worker


class Measure(Base):
    """One act about a code, with ground, words and evidence. `until`: the last day of a suspension (inclusive).

    `ended_at`: when it stopped to hold; of a suspension the resumption, of a recall the next issue.
    """

    RETENTION = "worker"

    code = models.ForeignKey(SafetyCode, on_delete=models.PROTECT, related_name="measures", db_index=False)
    kind = models.CharField(max_length=12)
    ground = models.CharField(max_length=16)
    why = models.CharField(max_length=300)
    until = models.DateField(null=True)
    evidence = models.CharField(max_length=300, blank=True)
    city_code = models.CharField(max_length=4)
    at = models.DateTimeField()
    by_person = models.UUIDField(null=True)
    by_organisation = models.UUIDField(null=True)
    appeal_until = models.DateField(null=True)
    appeal_ref = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = OfWorker.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[str(k) for k in MeasureKind]), name="safetycode_measure_kind"
            ),
            models.CheckConstraint(
                condition=Q(ground__in=[str(g) for g in Ground]), name="safetycode_measure_ground"
            ),
            models.CheckConstraint(condition=~Q(why=""), name="safetycode_measure_why"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(kind=MeasureKind.SUSPEND.value),
                name="safetycode_measure_until",
            ),
            # One suspension at a time: what lifts it knows which.
            models.UniqueConstraint(
                fields=["code"], condition=Q(kind=MeasureKind.SUSPEND.value, ended_at__isnull=True),
                name="safetycode_measure_suspended",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["code", "-at"], name="safetycode_measure_code"),
            models.Index(fields=["city_code", "kind", "at"], name="safetycode_measure_city"),
            models.Index(
                fields=["until"], name="safetycode_measure_until",
                condition=Q(until__isnull=False, ended_at__isnull=True),
            ),
        ]  # fmt: skip


class RefreshMoved(HistoryRow):
    row = models.ForeignKey(
        "safetycode.Refresh", on_delete=models.CASCADE, related_name="history", db_index=False
    )

    class Meta:
        indexes = [models.Index(fields=["row", "id"], name="safetycode_refresh_history")]


class Refresh(Stateful):
    """The task to confirm one code's facts. Late from the day after `due_on`; until STALE_DAYS it holds up nothing."""

    MACHINE = REFRESH
    HISTORY = RefreshMoved
    RETENTION = "worker"

    code = models.ForeignKey(SafetyCode, on_delete=models.PROTECT, related_name="refreshes", db_index=False)
    organisation = models.ForeignKey(
        "accounts.Organisation", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    city_code = models.CharField(max_length=4)
    opened_at = models.DateTimeField()
    due_on = models.DateField()
    done_at = models.DateTimeField(null=True)

    objects = OfWorker.as_manager()

    class Meta:
        constraints = [
            state_check(REFRESH, "safetycode_refresh_state"),
            models.UniqueConstraint(
                fields=["code"], condition=Q(state__in=[RefreshState.OPEN.value, RefreshState.LAPSED.value]),
                name="safetycode_refresh_once",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["code", "opened_at"], name="safetycode_refresh_code"),
            models.Index(fields=["organisation", "state", "due_on"], name="safetycode_refresh_agency"),
            models.Index(fields=["city_code", "state", "due_on"], name="safetycode_refresh_city"),
        ]


class RefreshFact(models.Model):
    """One fact of a refresh: confirmed or found changed, by whom and when."""

    RETENTION = "worker"

    refresh = models.ForeignKey(Refresh, on_delete=models.CASCADE, related_name="facts", db_index=False)
    fact = models.CharField(max_length=20)
    answer = models.CharField(max_length=8)
    note = models.CharField(max_length=200, blank=True)
    by_person = models.UUIDField(null=True)
    at = models.DateTimeField()

    objects: ClassVar[models.Manager[RefreshFact]] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["refresh", "fact"], name="safetycode_refreshfact_once"),
            models.CheckConstraint(
                condition=Q(fact__in=[str(f) for f in Fact]), name="safetycode_refreshfact_fact"
            ),
            models.CheckConstraint(
                condition=Q(answer__in=[str(a) for a in Answer]), name="safetycode_refreshfact_answer"
            ),
        ]


class FaultQuerySet(Visible):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever may see the worker."""
        return self.filter(worker__in=Worker.objects.visible_to(actor))


class Fault(Base):
    """A dead, wrong or broken code that a check found, from `found_at` until a later run found it no more."""

    RETENTION = "worker"

    check_code = models.CharField(max_length=32)
    worker = models.ForeignKey("workers.Worker", on_delete=models.CASCADE, related_name="+")
    subject = models.CharField(max_length=64)
    detail = models.CharField(max_length=120, blank=True)
    found_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True)

    objects = FaultQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["check_code", "subject"], condition=Q(cleared_at__isnull=True),
                name="safetycode_fault_once",
            )
        ]  # fmt: skip


class FaultRun(models.Model):
    """One run over all checks: how many rows each found."""

    at = models.DateTimeField()
    by_person = models.UUIDField(null=True)
    found = models.JSONField(default=dict)

    objects: ClassVar[models.Manager[FaultRun]] = models.Manager()

    class Meta:
        indexes = [models.Index(fields=["-at"], name="safetycode_faultrun_at")]
