"""Looks of readers nobody knows, and whom a worker lets see more."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from anxin.kit.models import Base
from anxin.safetycode.models.codes import SafetyCode
from anxin.safetycode.values import Colour


class LookCount(models.Model):
    """How often a code was asked for by programs within an hour, and what it showed: no trace of who asked."""

    code = models.ForeignKey(SafetyCode, on_delete=models.CASCADE, related_name="+", db_index=False)
    hour = models.DateTimeField()
    colour = models.CharField(max_length=8)
    printed = models.BooleanField()
    count = models.IntegerField()

    objects: ClassVar[models.Manager[LookCount]] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code", "hour", "colour", "printed"], name="safetycode_lookcount_once"
            ),
            models.CheckConstraint(
                condition=Q(colour__in=[str(c) for c in Colour]), name="safetycode_lookcount_colour"
            ),
        ]


class Ask(Base):
    """Somebody at a code asks its worker to be shown the whole card: answered within minutes, looked at once.

    Of who asks only the hash of a key that their browser holds; `number` stands on both screens.
    """

    RETENTION = "code"

    code = models.ForeignKey(SafetyCode, on_delete=models.CASCADE, related_name="+", db_index=False)
    number = models.SmallIntegerField()
    key_hash = models.BinaryField(max_length=32, unique=True)
    at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    granted = models.BooleanField(null=True)
    opened_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[Ask]] = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(number__range=(10, 99)), name="safetycode_ask_number"),
            # Two who ask at once must be told apart by their numbers.
            models.UniqueConstraint(
                fields=["code", "number"], condition=Q(answered_at=None), name="safetycode_ask_waiting"
            ),
            models.CheckConstraint(
                condition=Q(opened_at=None) | Q(granted=True), name="safetycode_ask_opened"
            ),
        ]
        indexes = [models.Index(fields=["expires_at"], name="safetycode_ask_expiry")]
