"""Second factors of people: authenticator apps, passkeys, recovery codes; and one-time links."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from anxin.accounts.models.people import Appointment, Person
from anxin.kit.actor import Actor
from anxin.kit.fields import EncryptedField
from anxin.kit.models import Base, Visible


class OwnQuerySet(Visible):
    def visible_to(self, actor: Actor) -> Self:
        """Everybody sees their own."""
        return self if actor.is_system else self.filter(person_id=actor.person_id)


class Totp(Base):
    """An authenticator app. It counts once a code of it has been shown (`confirmed_at`)."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    secret = EncryptedField()
    # The step of the code used last: that code and all before it are spent.
    last_step = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    RETENTION = "account"

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(confirmed_at__isnull=False), name="accounts_totp_one"
            ),
            models.UniqueConstraint(
                fields=["person"], condition=Q(confirmed_at=None), name="accounts_totp_one_pending"
            ),
        ]


class Passkey(Base):
    """A WebAuthn credential: its public key and the count of its signatures. The private key stays on the device."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(max_length=40)
    credential_id = models.BinaryField(max_length=1023, unique=True)
    public_key = models.BinaryField(max_length=2048)
    sign_count = models.BigIntegerField(default=0)
    transports = ArrayField(models.CharField(max_length=20), default=list)
    aaguid = models.CharField(max_length=36, blank=True)
    backed_up = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    RETENTION = "account"

    objects = OwnQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["person", "created_at"], name="accounts_passkey_person")]


class RecoveryCode(Base):
    """A code that replaces a lost second factor, once. Only its keyed hash is kept."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    code_hash = models.BinaryField(max_length=32)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    RETENTION = "account"

    objects = OwnQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["person"], condition=Q(used_at=None), name="accounts_recovery_open"),
        ]


class Challenge(Base):
    """What a passkey is asked to sign. It is taken away by the first answer, right or wrong."""

    purpose = models.CharField(max_length=16)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, related_name="+")
    asked = models.BinaryField(max_length=64)
    created_at = models.DateTimeField()

    RETENTION = "sign_in"

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="accounts_challenge_created")]


class SignInLink(Base):
    """A link that signs in once: how the first administrators come in, since nothing has a built-in password."""

    token_hash = models.CharField(max_length=64, unique=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    appointment = models.ForeignKey(Appointment, on_delete=models.CASCADE, null=True, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    RETENTION = "sign_in"
