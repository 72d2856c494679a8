"""What colours are judged by, how they were judged last, and whose are to be judged anew."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from anxin.kit.models import Base
from anxin.safetycode.values import RULE_SET, Colour


class RuleChoice(Base):
    """From a day on an issuer's codes are judged by this rule set. Appended, never changed."""

    issuer = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    rule_set = models.CharField(max_length=16, default=RULE_SET)
    credit = models.BooleanField(default=False)
    valid_from = models.DateField()
    reason = models.CharField(max_length=300)
    by_person = models.UUIDField(null=True)
    created_at = models.DateTimeField()

    objects: ClassVar[models.Manager[RuleChoice]] = models.Manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="safetycode_choice_reason")]
        indexes = [models.Index(fields=["issuer", "valid_from"], name="safetycode_choice_issuer")]


class CreditOverlay(Base):
    """What the credit area says of a worker, from `created_at` until `ended_at`: what the overlay CREDIT reads."""

    RETENTION = "worker"

    worker = models.ForeignKey("workers.Worker", on_delete=models.PROTECT, related_name="+")
    score = models.SmallIntegerField(null=True)
    breach_on = models.DateField(null=True)
    barred = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[CreditOverlay]] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["worker"], condition=Q(ended_at__isnull=True), name="safetycode_credit_current"
            ),
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__range=(0, 100)), name="safetycode_credit_score"
            ),
        ]


class Judged(models.Model):
    """The last judgement of a worker's code. A function of the facts and the day, so it can be made again and compared.

    reasons: each as "code" or "code@day". turns_on: the next day on which it has to be made anew.
    """

    RETENTION = "worker"

    worker = models.OneToOneField(
        "workers.Worker", on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    colour = models.CharField(max_length=8)
    reasons = ArrayField(models.CharField(max_length=48))
    rule_set = models.CharField(max_length=32)
    rule_version = models.CharField(max_length=16)
    turns_on = models.DateField(null=True)

    objects: ClassVar[models.Manager[Judged]] = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(colour__in=[str(c) for c in Colour]), name="safetycode_judged_colour"
            )
        ]
        indexes = [models.Index(fields=["turns_on"], name="safetycode_judged_turns")]


class Due(models.Model):
    """A worker whose colour is to be judged anew. Triggers write it, so no change of a fact is missed; a worker may
    be listed several times, so that nobody waits for a row of somebody else."""

    id = models.BigAutoField(primary_key=True)
    worker_id = models.UUIDField()

    objects: ClassVar[models.Manager[Due]] = models.Manager()

    class Meta:
        indexes = [models.Index(fields=["worker_id"], name="safetycode_due_worker")]
