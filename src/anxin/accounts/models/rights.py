"""Requests for rights: who wants which post, why, until when; or a suspended one back."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from anxin.accounts.models.people import Appointment, Organisation, Person
from anxin.accounts.states import REQUEST
from anxin.accounts.values import POSTS, Post
from anxin.kit.actor import Actor
from anxin.kit.models import HistoryRow, Stateful, Visible, state_check


class RightRequestMoved(HistoryRow):
    row = models.ForeignKey("accounts.RightRequest", on_delete=models.CASCADE, related_name="history")


class RightRequestQuerySet(Visible):
    def visible_to(self, actor: Actor) -> Self:
        """One's own; those of their organisation for who appoints there; all for who appoints everywhere."""
        if actor.is_system or actor.holds("accounts.organise"):
            return self
        mine = Q(person_id=actor.person_id)
        if actor.organisation_id and actor.holds("accounts.appoint"):
            mine |= Q(organisation_id=actor.organisation_id)
        return self.filter(mine) if actor.person_id else self.none()


class RightRequest(Stateful):
    """`appointment`: the suspended one wanted back, or, once approved, the one that was given."""

    MACHINE = REQUEST
    HISTORY = RightRequestMoved
    RETENTION = "account"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)
    post = models.CharField(max_length=32)
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, null=True, related_name="+")
    until = models.DateTimeField(null=True)
    why = models.CharField(max_length=200)
    decided_by = models.UUIDField(null=True)
    answer = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()

    objects = RightRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            state_check(REQUEST, "accounts_request_state"),
            models.UniqueConstraint(
                fields=["person", "organisation", "post"],
                condition=Q(state="open"),
                name="accounts_request_one_open",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "state", "-id"], name="accounts_request_desk")]

    @property
    def definition(self) -> Post:
        return POSTS[self.post]
