"""Safety codes, their numbers, and every scan of one."""

from __future__ import annotations

import secrets
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from anxin.kit.actor import Actor
from anxin.kit.fields import EncryptedField, EncryptedJSONField
from anxin.kit.models import Base, HistoryRow, Stateful, Visible, state_check
from anxin.safetycode.states import CODE
from anxin.safetycode.values import Colour, ScanResult
from anxin.workers.public import Worker

HANDLE_BYTES = 9


def new_handle() -> bytes:
    """What a token names the code by: random, and new with every issue."""
    return secrets.token_bytes(HANDLE_BYTES)


def new_secret() -> str:
    """What a code's tokens are signed with: new with every issue, so that old ones die."""
    return secrets.token_hex(32)


class SafetyCodeMoved(HistoryRow):
    row = models.ForeignKey(
        "safetycode.SafetyCode", on_delete=models.CASCADE, related_name="history", db_index=False
    )
    # What the code's colour of that time was decided from, beside the state; empty = as the code has it now.
    valid_to = models.DateField(null=True)
    issuer_id = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["row", "id"], name="safetycode_code_history")]


class SafetyCodeQuerySet(Visible):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever may see the worker: themself, their agency, the association, the operator."""
        return self.filter(worker__in=Worker.objects.visible_to(actor))


class SafetyCode(Stateful):
    """A worker's code. The number is theirs for life; handle and secret change with every issue."""

    MACHINE = CODE
    HISTORY = SafetyCodeMoved
    KEPT = ("valid_to", "issuer_id")
    RETENTION = "worker"

    worker = models.OneToOneField("workers.Worker", on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=20, unique=True)
    issuer = models.ForeignKey("accounts.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()
    valid_to = models.DateField()
    last_verified_at = models.DateTimeField()
    handle = models.BinaryField(max_length=HANDLE_BYTES, default=new_handle, unique=True)
    secret = EncryptedField()
    # The place in the status lists: list (slot >> 20) and bit; drawn by lot, so that it tells nothing. Empty until
    # the next night in codes that an older version of ours issued.
    slot = models.IntegerField(null=True)

    objects = SafetyCodeQuerySet.as_manager()

    class Meta:
        constraints = [
            state_check(CODE, "safetycode_code_state"),
            models.UniqueConstraint(fields=["slot"], name="safetycode_code_slot"),
        ]
        indexes = [models.Index(fields=["state", "valid_to"], name="safetycode_code_expiry")]


class Series(models.Model):
    """The last number given out in a city and year."""

    city_code = models.CharField(max_length=4)
    year = models.SmallIntegerField()
    last = models.IntegerField(default=0)

    objects: ClassVar[models.Manager[Series]] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city_code", "year"], name="safetycode_series_once"),
            models.CheckConstraint(condition=Q(last__range=(0, 999_999)), name="safetycode_series_last"),
        ]


class ScanQuerySet(Visible):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever may see the code, and the one who scanned."""
        seen = Q(code__worker__in=Worker.objects.visible_to(actor))
        return self.filter(seen | Q(by_person=actor.person_id) if actor.person_id else seen)


class Scan(Base):
    """One look at a code: colour, reasons and rule set as they were at that moment. The place is sealed."""

    RETENTION = "scan"

    code = models.ForeignKey(SafetyCode, on_delete=models.PROTECT, related_name="scans", db_index=False)
    at = models.DateTimeField()
    by_person = models.UUIDField(null=True)
    visit_ref = models.UUIDField(null=True)
    place = EncryptedJSONField(null=True)
    printed = models.BooleanField(default=False)
    colour = models.CharField(max_length=8)
    rule_set = models.CharField(max_length=16)
    rule_version = models.CharField(max_length=16, default="1", db_default="1")
    reasons = models.JSONField(default=list)
    result = models.CharField(max_length=8)

    objects = ScanQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(colour__in=[str(c) for c in Colour]), name="safetycode_scan_colour"
            ),
            models.CheckConstraint(
                condition=Q(result__in=[str(r) for r in ScanResult]), name="safetycode_scan_result"
            ),
        ]
        indexes = [
            models.Index(fields=["code", "-at"], name="safetycode_scan_code"),
            models.Index(
                fields=["visit_ref"], name="safetycode_scan_visit", condition=Q(visit_ref__isnull=False)
            ),
            models.Index(fields=["by_person", "-at"], name="safetycode_scan_person"),
        ]


class Tally(models.Model):
    """Looks from one address (keyed hash) within one minute: what the rate limit counts, forgeries included."""

    address_hash = models.BinaryField(max_length=32)
    minute = models.DateTimeField()
    count = models.IntegerField(default=0)

    objects: ClassVar[models.Manager[Tally]] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["address_hash", "minute"], name="safetycode_tally_once")
        ]
        indexes = [models.Index(fields=["minute"], name="safetycode_tally_minute")]
