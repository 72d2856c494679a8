"""How people come in: one-time codes, sign-ins by browser and by program, lock-outs, checks of real names."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from anxin.accounts.models.people import Appointment, Person
from anxin.accounts.rules.sign_in import IDLE_SELF, IDLE_STAFF
from anxin.accounts.values import CodePurpose, IdentityResult
from anxin.kit.actor import Actor
from anxin.kit.models import Base, Visible


def limits(at: datetime) -> dict[str, datetime]:
    """A moment, and since when a browser must have been seen then: who acts as themself, and who acts in a post."""
    return {"at": at, "idle_self": at - IDLE_SELF, "idle_staff": at - IDLE_STAFF}


class SignInQuerySet(Visible):
    def visible_to(self, actor: Actor) -> Self:
        """Everybody sees where they themselves are signed in."""
        return self if actor.is_system else self.filter(person_id=actor.person_id)

    def alive(self, at: datetime) -> Self:
        """Living, and nothing more to show."""
        return self.living(at).filter(second_due=False)

    def living(self, at: datetime) -> Self:
        """Not ended, not run out, and (for a browser) not idle for too long."""
        return self.living_by(**limits(at))

    def living_by(self, at: datetime, idle_self: datetime, idle_staff: datetime) -> Self:
        """The same, by the `limits` of the moment."""
        idle = Q(appointment=None, seen_at__gt=idle_self) | Q(
            appointment__isnull=False, seen_at__gt=idle_staff
        )
        return self.filter(
            Q(token_hash__isnull=False) | idle, ended_at=None, expires_at__gt=at, person__is_active=True
        )


class SignIn(Base):
    """One place where a person is signed in: a browser (its cookie carries the id) or a program (bearer token).

    `appointment` is the post in which the person acts there, None = as themself.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="sign_ins", db_index=False)
    appointment = models.ForeignKey(Appointment, on_delete=models.SET_NULL, null=True, related_name="+")
    how = models.CharField(max_length=16)
    token_hash = models.CharField(max_length=64, null=True, unique=True)
    scopes = ArrayField(models.CharField(max_length=64), default=list)
    address = models.CharField(max_length=45, blank=True)
    device = models.CharField(max_length=200, blank=True)
    signed_in_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    # A second factor is still to be shown: until then nobody acts by this sign-in.
    second_due = models.BooleanField(default=False, db_default=False)
    second_how = models.CharField(max_length=16, blank=True, default="", db_default="")
    second_at = models.DateTimeField(null=True)
    # When the person last proved who they are: what is grave asks for that anew.
    proved_at = models.DateTimeField(null=True)
    # Hash of the mark that the browser keeps, to tell a device that is known.
    device_hash = models.CharField(max_length=64, blank=True, default="", db_default="")

    RETENTION = "sign_in"

    objects = SignInQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["person", "-signed_in_at"], name="accounts_sign_in_person"),
            models.Index(fields=["expires_at"], name="accounts_sign_in_expires"),
            models.Index(fields=["person", "device_hash"], name="accounts_sign_in_device"),
        ]


class Code(Base):
    """A one-time code: only its keyed hash is kept. A new one replaces what was sent before for the purpose."""

    phone_hash = models.BinaryField(max_length=32)
    phone_masked = models.CharField(max_length=16)
    purpose = models.CharField(max_length=16)
    code_hash = models.BinaryField(max_length=32)
    address = models.CharField(max_length=45, blank=True)
    attempts = models.SmallIntegerField(default=0)
    sent_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    replaced_at = models.DateTimeField(null=True)

    RETENTION = "sign_in"

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose__in=[str(p) for p in CodePurpose]), name="accounts_code_purpose"
            ),
            models.UniqueConstraint(
                fields=["phone_hash", "purpose"],
                condition=Q(used_at=None, replaced_at=None),
                name="accounts_code_one_open",
            ),
        ]
        indexes = [
            models.Index(fields=["phone_hash", "sent_at"], name="accounts_code_phone"),
            models.Index(fields=["address", "sent_at"], name="accounts_code_address"),
            models.Index(fields=["sent_at"], name="accounts_code_sent"),
        ]


class Lockout(models.Model):
    """Failed passwords of one phone number, whether anybody has it or not: both get the same answer."""

    phone_hash = models.BinaryField(primary_key=True, max_length=32)
    fails = models.SmallIntegerField(default=0)
    last_at = models.DateTimeField()
    until = models.DateTimeField(null=True)

    RETENTION = "sign_in"


class PasswordUse(Base):
    """A password a person has had (its Argon2 hash), so that the last five are not used again."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+", db_index=False)
    encoded = models.CharField(max_length=128)
    at = models.DateTimeField()

    RETENTION = "account"

    class Meta:
        indexes = [models.Index(F("person"), F("at").desc(), name="accounts_password_use_person")]


class IdentityCheck(Base):
    """One question to the identity provider and its answer; neither the number nor any picture is kept here."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+", db_index=False)
    provider = models.CharField(max_length=32)
    request_id = models.CharField(max_length=64, blank=True)
    result = models.CharField(max_length=16)
    at = models.DateTimeField()

    RETENTION = "account"

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(result__in=[str(r) for r in IdentityResult]), name="accounts_identity_result"
            )
        ]
        indexes = [models.Index(fields=["person", "at"], name="accounts_identity_person")]


class DemoLogin(models.Model):
    """A door of the demo: one click signs in as this person in this post."""

    key = models.SlugField(primary_key=True, max_length=40)
    label = models.CharField(max_length=40)
    hint = models.CharField(max_length=120, blank=True)
    position = models.SmallIntegerField(default=0)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    appointment = models.ForeignKey(Appointment, on_delete=models.CASCADE, null=True, related_name="+")

    class Meta:
        ordering = ["position", "key"]
