"""By whose authority codes are issued, and every issue of one."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from anxin.kit.actor import Actor
from anxin.kit.models import Base, Visible
from anxin.safetycode.models.codes import HANDLE_BYTES, SafetyCode
from anxin.safetycode.values.care import Ending
from anxin.workers.public import Worker

# Whoever works by a delegation sees it.
ENTRUSTED = ("safetycode.vet", "safetycode.issue", "safetycode.manage")


class DelegationQuerySet(Visible):
    def visible_to(self, actor: Actor) -> Self:
        """The issuer its own, a bureau those of its region, the operator all."""
        if actor.is_system or actor.holds("workers.oversee"):
            return self
        seen = Q(pk__in=[])
        if actor.organisation_id and any(actor.holds(one) for one in ENTRUSTED):
            seen |= Q(issuer=actor.organisation_id)
        if actor.region and actor.holds("governance.supervise"):
            # A county's bureau also sees what the city above it delegated for it.
            above = [actor.region[:n] for n in range(2, len(actor.region))]
            seen |= Q(area__startswith=actor.region) | Q(area__in=above)
        return self.filter(seen)


class Delegation(Base):
    """A bureau lets an association or credit agency review applications, issue codes, or both for an area, from
    `starts_at` until `ends_at` (half-open; empty = until revoked). `bureau` is empty for what was in use before
    delegations were kept; who was entrusted before the tasks were told apart had both."""

    bureau = models.ForeignKey("accounts.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    issuer = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    area = models.CharField(max_length=6)
    city_code = models.CharField(max_length=4)
    reviews = models.BooleanField(db_default=True)
    issues = models.BooleanField(db_default=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    document = models.CharField(max_length=80)
    reason = models.CharField(max_length=300)
    created_at = models.DateTimeField()
    created_by = models.UUIDField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.UUIDField(null=True)
    revoked_why = models.CharField(max_length=300, blank=True)

    objects = DelegationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(area__startswith=F("city_code")), name="safetycode_delegation_area"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")),
                name="safetycode_delegation_span",
            ),
            models.CheckConstraint(
                condition=Q(reviews=True) | Q(issues=True), name="safetycode_delegation_task"
            ),
            # What an issue points at: its issuer and city must be those of the delegation.
            models.UniqueConstraint(fields=["id", "issuer", "city_code"], name="safetycode_delegation_whole"),
            ExclusionConstraint(
                name="safetycode_delegation_once",
                expressions=[
                    ("issuer", RangeOperators.EQUAL),
                    ("area", RangeOperators.EQUAL),
                    (
                        Func(
                            F("starts_at"), F("ends_at"), RangeBoundary(), function="TSTZRANGE",
                            output_field=DateTimeRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["city_code"], name="safetycode_delegation_city")]


class OfWorker(Visible):
    """Rows that belong to a code: whoever may see the worker sees them."""

    def visible_to(self, actor: Actor) -> Self:
        return self.filter(code__worker__in=Worker.objects.visible_to(actor))


class Issue(Base):
    """One issue of a code: by whom, by what authority, with which handle, until when and how it ended.

    The database refuses an issue without authority: the pair (issuer, city) is a foreign key into the delegations,
    and a trigger looks at the day.
    """

    RETENTION = "worker"

    code = models.ForeignKey(SafetyCode, on_delete=models.PROTECT, related_name="issues", db_index=False)
    issuer = models.ForeignKey("accounts.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    delegation = models.ForeignKey(Delegation, null=True, on_delete=models.PROTECT, related_name="+")
    city_code = models.CharField(max_length=4)
    handle = models.BinaryField(max_length=HANDLE_BYTES, unique=True)
    issued_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_how = models.CharField(max_length=12, blank=True)

    objects = OfWorker.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code"], condition=Q(ended_at__isnull=True), name="safetycode_issue_current"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_how="")
                | Q(ended_at__isnull=False, ended_how__in=[str(e) for e in Ending]),
                name="safetycode_issue_end",
            ),
        ]
        indexes = [
            models.Index(fields=["code", "issued_at"], name="safetycode_issue_code"),
            models.Index(fields=["city_code", "issued_at"], name="safetycode_issue_city"),
        ]
