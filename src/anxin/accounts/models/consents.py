"""Who agreed to which text, when, by which way; and when they took it back."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from anxin.kit.actor import Actor
from anxin.kit.models import Base, Visible


class ConsentQuerySet(Visible):
    def visible_to(self, actor: Actor) -> Self:
        """One's own; the auditor's are all."""
        if actor.is_system or actor.holds("audit.read"):
            return self
        return self.filter(person_id=actor.person_id) if actor.person_id else self.none()


class Consent(Base):
    """One consent to one version of one text. A new version or a new yes is a new row; nothing is overwritten."""

    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    purpose = models.CharField(max_length=24)
    version = models.PositiveSmallIntegerField()
    text_hash = models.CharField(max_length=64)
    given_at = models.DateTimeField()
    channel = models.CharField(max_length=16)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_channel = models.CharField(max_length=16, blank=True)

    RETENTION = "privacy"
    objects = ConsentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "purpose"],
                condition=Q(withdrawn_at=None),
                name="accounts_consent_one_in_force",
            )
        ]
        indexes = [models.Index(fields=["person", "-given_at"], name="accounts_consent_person")]
