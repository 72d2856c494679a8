"""Each time somebody in a post saw a person whole."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from anxin.governance.values.looks import LookKind, LookReason
from anxin.kit.actor import Actor
from anxin.kit.models import Base, Visible


class LookQuerySet(Visible):
    def visible_to(self, actor: Actor) -> Self:
        """Who was looked at, who looked and who leads them; auditor and security administrator see all."""
        if actor.is_system or actor.holds("audit.read") or actor.holds("accounts.organise"):
            return self
        if actor.person_id is None:
            return self.none()
        seen = Q(person_id=actor.person_id) | Q(by_person=actor.person_id)
        if actor.organisation_id and actor.holds("accounts.appoint"):
            seen |= Q(by_organisation=actor.organisation_id)
        return self.filter(seen)


class Look(Base):
    """One person, on one record, seen whole by one post from `at` until `until`, for a reason."""

    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    by_person = models.UUIDField()
    by_organisation = models.UUIDField(null=True)
    by_post = models.CharField(max_length=64, blank=True)
    kind = models.CharField(max_length=16)
    record = models.UUIDField()
    reason = models.CharField(max_length=16)
    words = models.CharField(max_length=300)
    at = models.DateTimeField()
    until = models.DateTimeField()

    RETENTION = "privacy"
    objects = LookQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[str(k) for k in LookKind]), name="governance_look_kind"
            ),
            models.CheckConstraint(
                condition=Q(reason__in=[str(r) for r in LookReason]), name="governance_look_reason"
            ),
            models.CheckConstraint(condition=~Q(words=""), name="governance_look_words"),
        ]
        indexes = [
            models.Index(fields=["person", "-at"], name="governance_look_whom"),
            models.Index(fields=["by_person", "-at"], name="governance_look_who"),
            models.Index(fields=["by_organisation", "-at"], name="governance_look_organisation"),
        ]
