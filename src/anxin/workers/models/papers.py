"""What a worker can do and which papers they hold: conclusions and dates, never values."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from anxin.kit.models import Base
from anxin.workers.models.worker import Worker
from anxin.workers.values import Conclusion, CredentialFacts, CredentialKind, HealthTier


class Skill(models.Model):
    """A worker does this catalogue item, at a national level (5 entry … 1 highest) or 0: no level certified."""

    id = models.BigAutoField(primary_key=True)
    worker = models.ForeignKey(Worker, on_delete=models.CASCADE, related_name="skills", db_index=False)
    item_code = models.CharField(max_length=16)
    level = models.SmallIntegerField(default=0)

    objects: ClassVar[models.Manager[Skill]] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["worker", "item_code"], name="workers_skill_once"),
            models.CheckConstraint(condition=Q(level__range=(0, 5)), name="workers_skill_level"),
        ]
        indexes = [models.Index(fields=["item_code", "worker"], name="workers_skill_item")]


class Credential(Base):
    """One paper. `valid_to` is inclusive (24:00 of that day, Asia/Shanghai). Withdrawn papers count for nothing."""

    RETENTION = "worker"

    worker = models.ForeignKey(Worker, on_delete=models.CASCADE, related_name="credentials", db_index=False)
    kind = models.CharField(max_length=20)
    title = models.CharField(max_length=120)
    number = models.CharField(max_length=64, blank=True)
    issuer = models.CharField(max_length=120)
    valid_from = models.DateField()
    valid_to = models.DateField()
    health_tier = models.SmallIntegerField(null=True)
    occupation_class = models.SmallIntegerField(null=True)
    level = models.SmallIntegerField(default=0)
    conclusion = models.CharField(max_length=8)
    file = models.ForeignKey("files.StoredFile", null=True, on_delete=models.SET_NULL, related_name="+")
    verified_at = models.DateTimeField(null=True)
    verified_by = models.UUIDField(null=True)
    # For which organisation: who checked a paper is told with the place they checked it for.
    verified_for = models.UUIDField(null=True)
    verified_how = models.CharField(max_length=120, blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_why = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    created_by = models.UUIDField(null=True)

    objects: ClassVar[models.Manager[Credential]] = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[str(k) for k in CredentialKind]), name="workers_credential_kind"
            ),
            models.CheckConstraint(
                condition=Q(conclusion__in=[str(c) for c in Conclusion]),
                name="workers_credential_conclusion",
            ),
            models.CheckConstraint(condition=Q(level__range=(0, 5)), name="workers_credential_level"),
            models.CheckConstraint(
                condition=Q(valid_from__lte=F("valid_to")), name="workers_credential_dates"
            ),
            models.CheckConstraint(
                condition=(
                    Q(kind="health_check", health_tier__range=(1, 4), health_tier__isnull=False)
                    | (~Q(kind="health_check") & Q(health_tier__isnull=True))
                ),
                name="workers_credential_tier",
            ),
            models.CheckConstraint(
                condition=(
                    Q(kind="insurance", occupation_class__range=(1, 4), occupation_class__isnull=False)
                    | (~Q(kind="insurance") & Q(occupation_class__isnull=True))
                ),
                name="workers_credential_class",
            ),
        ]
        indexes = [
            # With all that a colour is decided from, so that judging a worker reads one page of it and no paper.
            models.Index(
                fields=["worker", "kind", "valid_to"],
                include=["valid_from", "conclusion", "verified_at", "withdrawn_at"],
                name="workers_credential_judged",
            ),
            models.Index(fields=["kind", "valid_to"], name="workers_credential_expiry"),
            models.Index(
                fields=["created_at"],
                name="workers_credential_unseen",
                condition=Q(verified_at__isnull=True, withdrawn_at__isnull=True),
            ),
        ]

    @property
    def facts(self) -> CredentialFacts:
        return CredentialFacts(
            kind=CredentialKind(self.kind),
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            conclusion=Conclusion(self.conclusion),
            verified=self.verified_at is not None,
            title=self.title,
            issuer=self.issuer,
            health_tier=HealthTier(self.health_tier) if self.health_tier else None,
            occupation_class=self.occupation_class,
            level=self.level,
        )
