"""What was done (append-only, the database refuses changes), its seals, and answers kept for replays."""

from __future__ import annotations

from datetime import UTC
from typing import Any, Self

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models.expressions import RawSQL

from anxin.kit.actor import Actor
from anxin.kit.fields import SealedField
from anxin.kit.models import Visible


class EntryQuerySet(Visible):
    def visible_to(self, actor: Actor) -> Self:
        """The auditor sees all; staff see what was done for their organisation; a person what they did."""
        seen = seen_by(actor)
        return self.none() if seen is None else self.filter(**seen)


def seen_by(actor: Actor) -> dict[str, Any] | None:
    """What `visible_to` asks of an entry, for those that lie in files as well; None: the actor sees none."""
    if actor.holds("audit.read"):
        return {}
    if actor.organisation_id:
        return {"by_organisation": actor.organisation_id}
    return {"by_person": actor.person_id} if actor.person_id else None


class Entry(models.Model):
    """One act. Written unhashed in the action's transaction; a sealer chains entries in batches."""

    id = models.BigAutoField(primary_key=True)
    action = models.CharField(max_length=64)
    at = models.DateTimeField()
    by_person = models.UUIDField(null=True)
    by_organisation = models.UUIDField(null=True)
    by_post = models.CharField(max_length=64, blank=True)
    channel = models.CharField(max_length=16, blank=True)
    address = models.CharField(max_length=45, blank=True)
    request_id = models.CharField(max_length=32, blank=True)
    subject = models.CharField(max_length=64)
    subject_id = models.CharField(max_length=64)
    detail = models.JSONField(default=dict)
    # The writing transaction: the sealer takes only what no transaction still open could add to.
    xact = models.BigIntegerField(db_default=RawSQL("pg_current_xact_id()::text::bigint", []))

    # Made with a key of the ring: what is changed or slipped in before the next seal is found by it.
    mark = models.CharField(max_length=32, blank=True, default="", db_default="")

    objects = EntryQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["subject", "subject_id", "id"], name="audit_entry_subject"),
            models.Index(fields=["xact", "id"], name="audit_entry_xact"),
            models.Index(fields=["by_person", "-id"], name="audit_entry_person"),
            models.Index(fields=["by_organisation", "-id"], name="audit_entry_organisation"),
            models.Index(fields=["action", "-id"], name="audit_entry_action"),
            # Entries come in the order of time, so a small index of ranges finds a day among millions.
            BrinIndex(fields=["at"], name="audit_entry_at", pages_per_range=32),
        ]


class Seal(models.Model):
    """A sealed batch: the digest over the entries of transactions from..below and over the seal before, signed."""

    id = models.BigAutoField(primary_key=True)
    from_xact = models.BigIntegerField(unique=True)
    below_xact = models.BigIntegerField(unique=True)
    count = models.IntegerField()
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, unique=True)
    signature = models.BinaryField()
    at = models.DateTimeField()


class Archive(models.Model):
    """Sealed entries that left the table for a file; the row, signed, is what lets the database part with them."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=80, unique=True)
    from_xact = models.BigIntegerField(unique=True)
    below_xact = models.BigIntegerField(unique=True)
    seals = models.IntegerField()
    entries = models.IntegerField()
    sha256 = models.CharField(max_length=64)
    signature = models.BinaryField()
    at = models.DateTimeField()
    # Of the acts in it: a search opens only the files of the days it asks for. Files of before these columns have none.
    first_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)

    @property
    def words(self) -> bytes:
        """What is signed."""
        parts = (self.name, self.from_xact, self.below_xact, self.seals, self.entries, self.sha256)
        span = [one.astimezone(UTC).isoformat() for one in (self.first_at, self.last_at) if one]
        return ":".join(["archive", *map(str, parts), *span]).encode()


class Tally(models.Model):
    """How much somebody has asked of late: the moment (seconds since the epoch) at which the allowance is whole again.

    The key is a keyed hash of who and what. The table is unlogged: a crash forgives everybody, and no backup has it.
    """

    key = models.BinaryField(primary_key=True, max_length=16)
    whole_at = models.FloatField()
    # Seconds in which an allowance that is used up becomes whole.
    room = models.FloatField()


class Answer(models.Model):
    """The answer given to a write, kept a day so that the same write sent again gets the same answer."""

    key = models.CharField(max_length=100)
    who = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)
    status = models.SmallIntegerField(null=True)
    location = models.CharField(max_length=500, blank=True)
    content_type = models.CharField(max_length=100, blank=True)
    body = SealedField(default=b"", bound_to=("who", "key"))
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["who", "key"], name="audit_answer_key")]
        indexes = [models.Index(fields=["at"], name="audit_answer_at")]
