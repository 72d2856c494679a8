"""The batches that a desk asked for."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q

from anxin.kit.actor import Actor
from anxin.kit.models import Base, Visible
from anxin.matching.values import Fairness


class BatchQuerySet(Visible):
    def visible_to(self, actor: Actor) -> Self:
        """The agency's dispatchers."""
        if actor.holds("orders.dispatch") and actor.organisation_id:
            return self.filter(organisation=actor.organisation_id)
        return self.none()


class Batch(Base):
    """Demands that waited for a worker at `asked_at`, and the plan that a job made of them. Who accepts a pair proposes
    that worker for that order; what came of it stands with the order, not here."""

    RETENTION = "business"

    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    asked_at = models.DateTimeField()
    by_person = models.UUIDField(null=True)
    fairness = models.CharField(max_length=8)
    limit = models.FloatField()
    order_ids = models.JSONField()
    looked_at = models.IntegerField(default=0)
    total = models.IntegerField()
    plan = models.JSONField(null=True)
    done_at = models.DateTimeField(null=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(fairness__in=[str(f) for f in Fairness]), name="matching_batch_fairness"
            ),
            models.CheckConstraint(condition=Q(limit__range=(0, 10)), name="matching_batch_limit"),
            models.CheckConstraint(
                condition=Q(total__gt=0, looked_at__range=(0, F("total"))), name="matching_batch_counts"
            ),
        ]
        indexes = [models.Index(fields=["organisation", "-asked_at"], name="matching_batch_desk")]
