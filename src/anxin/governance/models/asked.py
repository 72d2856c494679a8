"""What people ask about their own data: a copy, a correction, an end."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from anxin.governance.states import CLOSING, COPY, CORRECTION
from anxin.kit.actor import Actor
from anxin.kit.fields import EncryptedField, SealedField
from anxin.kit.models import HistoryRow, Stateful, Visible, state_check


class OwnQuerySet(Visible):
    def visible_to(self, actor: Actor) -> Self:
        """One's own."""
        if actor.is_system:
            return self
        return self.filter(person_id=actor.person_id) if actor.person_id else self.none()


class HandledQuerySet(OwnQuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """One's own, and the security administrator, who has to answer."""
        return self if actor.holds("accounts.organise") else super().visible_to(actor)


class CopyMoved(HistoryRow):
    row = models.ForeignKey("governance.Copy", on_delete=models.CASCADE, related_name="history")


class Copy(Stateful):
    """A copy of all that is held of a person: a sealed ZIP that is there for some days."""

    MACHINE = COPY
    HISTORY = CopyMoved
    RETENTION = "export"

    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    done = models.PositiveSmallIntegerField(default=0)
    total = models.PositiveSmallIntegerField(default=0)
    size = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    body = SealedField(null=True)
    expires_at = models.DateTimeField(null=True)
    fetched_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [
            state_check(COPY, "governance_copy_state"),
            models.UniqueConstraint(
                fields=["person"], condition=Q(state="asked"), name="governance_copy_one_at_a_time"
            ),
        ]
        indexes = [models.Index(fields=["person", "-created_at"], name="governance_copy_person")]


class CorrectionMoved(HistoryRow):
    row = models.ForeignKey("governance.Correction", on_delete=models.CASCADE, related_name="history")


class Correction(Stateful):
    """A person says that something about them is wrong; `before` and `wanted` are sealed."""

    MACHINE = CORRECTION
    HISTORY = CorrectionMoved
    RETENTION = "privacy"

    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=16)
    before = EncryptedField()
    wanted = EncryptedField()
    why = models.CharField(max_length=300)
    answer = models.CharField(max_length=300, blank=True)
    due_at = models.DateTimeField()
    created_at = models.DateTimeField()

    objects = HandledQuerySet.as_manager()

    class Meta:
        constraints = [
            state_check(CORRECTION, "governance_correction_state"),
            models.UniqueConstraint(
                fields=["person", "what"], condition=Q(state="asked"), name="governance_correction_once"
            ),
        ]
        indexes = [models.Index(fields=["state", "due_at"], name="governance_correction_due")]


class ClosingMoved(HistoryRow):
    row = models.ForeignKey("governance.Closing", on_delete=models.CASCADE, related_name="history")


class Closing(Stateful):
    """A person ends their account; after some days to think, what the register says is erased."""

    MACHINE = CLOSING
    HISTORY = ClosingMoved
    RETENTION = "privacy"

    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    counts = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    objects = HandledQuerySet.as_manager()

    class Meta:
        constraints = [
            state_check(CLOSING, "governance_closing_state"),
            models.UniqueConstraint(
                fields=["person"], condition=Q(state="asked"), name="governance_closing_once"
            ),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(state="asked"), name="governance_closing_due")]
