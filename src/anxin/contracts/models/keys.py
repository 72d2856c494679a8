"""Keys that last: the built-in authority's, and the seals of organisations. Private keys are sealed columns."""

from __future__ import annotations

import base64
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from anxin.contracts.engine.certificates import Identity, Use
from anxin.contracts.states import SEAL
from anxin.kit.actor import Actor
from anxin.kit.fields import EncryptedField
from anxin.kit.models import Base, HistoryRow, Stateful, Visible, state_check


class Authority(Base):
    """A key of the platform's own authority (平台自建，非持牌CA): the root, or the time stamps under it."""

    use = models.CharField(max_length=8, unique=True)
    certificate = models.BinaryField()
    key = EncryptedField()
    created_at = models.DateTimeField()

    objects: ClassVar[models.Manager[Authority]] = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(use__in=[str(Use.ROOT), str(Use.STAMP)]), name="contracts_authority_use"
            )
        ]

    def identity(self, root: bytes) -> Identity:
        return Identity(bytes(self.certificate), base64.b64decode(self.key), root)


class SealMoved(HistoryRow):
    row = models.ForeignKey("contracts.Seal", on_delete=models.PROTECT, related_name="history")


class SealQuerySet(Visible):
    def visible_to(self, actor: Actor) -> Self:
        """The organisation's own staff, and the operator."""
        if actor.is_system or actor.holds("contracts.oversee"):
            return self
        return self.filter(organisation=actor.organisation_id) if actor.organisation_id else self.none()


class Seal(Stateful):
    """An organisation's electronic seal (after GB/T 33481): its picture, its certificate, its key.

    Who may apply it is decided by the posts of the organisation (permission contracts.seal); every use is a
    Signature row, every change of state a history row.
    """

    MACHINE = SEAL
    HISTORY = SealMoved

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=120)
    picture = models.BinaryField()
    vector = models.BinaryField()
    certificate = models.BinaryField()
    key = EncryptedField()
    serial = models.CharField(max_length=48)
    expires_at = models.DateTimeField()
    made_by = models.UUIDField(null=True)
    created_at = models.DateTimeField()

    objects = SealQuerySet.as_manager()

    class Meta:
        constraints = [
            state_check(SEAL, "contracts_seal_state"),
            models.UniqueConstraint(
                fields=["organisation"], condition=~Q(state="revoked"), name="contracts_seal_one"
            ),
        ]
        indexes = [
            models.Index(fields=["expires_at"], condition=Q(state="active"), name="contracts_seal_expiry")
        ]

    def identity(self, root: bytes) -> Identity:
        return Identity(bytes(self.certificate), base64.b64decode(self.key), root)
