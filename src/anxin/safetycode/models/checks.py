"""Background checks, the files in which they are exchanged, and matches of person and identity card."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from anxin.kit.actor import Actor
from anxin.kit.models import Base, HistoryRow, Stateful, Visible, state_check
from anxin.safetycode.states import CHECK
from anxin.safetycode.values.checks import AUTHORITIES, REFERENCE_NO, Channel, CheckResult, FaceResult
from anxin.workers.public import Worker

ONE_OPEN = "safetycode_check_one_open"


class OfWorker(Visible):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever may see the worker."""
        return self.filter(worker__in=Worker.objects.visible_to(actor))


class RequestBatchQuerySet(Visible):
    def visible_to(self, actor: Actor) -> Self:
        """The association that made it, and the operator."""
        if actor.is_system or actor.holds("workers.oversee"):
            return self
        if not actor.holds("safetycode.manage"):
            return self.none()
        return self.filter(organisation=actor.organisation_id)


class RequestBatch(Base):
    """Requests that go out in one file. The file itself names people and is made anew each time it is asked for."""

    number = models.CharField(max_length=24, unique=True)
    organisation = models.ForeignKey(
        "accounts.Organisation", null=True, on_delete=models.PROTECT, related_name="+"
    )
    count = models.IntegerField()
    made_at = models.DateTimeField()
    made_by = models.UUIDField(null=True)

    objects = RequestBatchQuerySet.as_manager()


class AnswerFile(Base):
    """An answer file that was taken in: only its digest stays, so that it is never taken in twice."""

    batch = models.ForeignKey(RequestBatch, on_delete=models.PROTECT, related_name="answers")
    digest = models.CharField(max_length=64, unique=True)
    count = models.IntegerField()
    at = models.DateTimeField()
    by_person = models.UUIDField(null=True)

    objects = models.Manager()


class CheckMoved(HistoryRow):
    row = models.ForeignKey(
        "safetycode.BackgroundCheck", on_delete=models.CASCADE, related_name="history", db_index=False
    )

    class Meta:
        indexes = [models.Index(fields=["row", "id"], name="safetycode_check_history")]


class BackgroundCheck(Stateful):
    """One question to the authority and its conclusion. What lies behind the conclusion has no place here."""

    MACHINE = CHECK
    HISTORY = CheckMoved
    RETENTION = "worker"

    number = models.CharField(max_length=24, unique=True)
    worker = models.ForeignKey("workers.Worker", on_delete=models.PROTECT, related_name="+", db_index=False)
    channel = models.CharField(max_length=8)
    batch = models.ForeignKey(RequestBatch, null=True, on_delete=models.PROTECT, related_name="checks")
    result = models.CharField(max_length=12, blank=True)
    checked_on = models.DateField(null=True)
    authority = models.CharField(max_length=12, blank=True)
    reference_no = models.CharField(max_length=28, blank=True)
    valid_until = models.DateField(null=True)
    credential_id = models.UUIDField(null=True)
    asked_by = models.UUIDField(null=True)
    created_at = models.DateTimeField()

    objects = OfWorker.as_manager()

    class Meta:
        constraints = [
            state_check(CHECK, "safetycode_check_state"),
            models.UniqueConstraint(
                fields=["worker"], condition=Q(state__in=["asked", "waiting"]), name=ONE_OPEN
            ),
            models.CheckConstraint(
                condition=Q(channel__in=[str(c) for c in Channel]), name="safetycode_check_channel"
            ),
            models.CheckConstraint(
                condition=Q(
                    state="answered", result__in=[str(r) for r in CheckResult if r is not CheckResult.PENDING],
                    authority__in=list(AUTHORITIES), reference_no__regex=REFERENCE_NO, checked_on__isnull=False,
                )
                | (~Q(state="answered") & Q(result="", authority="", reference_no="", checked_on=None,
                                            valid_until=None)),
                name="safetycode_check_answer",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["worker", "-created_at"], name="safetycode_check_worker"),
            models.Index(fields=["state", "created_at"], name="safetycode_check_open"),
        ]


class FaceMatch(Base):
    """One comparison of a live picture with the card's, made by a provider (F-3). The picture is not kept anywhere."""

    RETENTION = "worker"

    worker = models.ForeignKey("workers.Worker", on_delete=models.PROTECT, related_name="+", db_index=False)
    result = models.CharField(max_length=12)
    score = models.SmallIntegerField(null=True)
    provider = models.CharField(max_length=32)
    request_id = models.CharField(max_length=64)
    at = models.DateTimeField()

    objects = OfWorker.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(result__in=[str(r) for r in FaceResult]), name="safetycode_face_result"
            ),
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__range=(0, 100)), name="safetycode_face_score"
            ),
        ]
        indexes = [models.Index(fields=["worker", "-at"], name="safetycode_face_worker")]
