"""Who is not brought together again with whom, at whose wish."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from anxin.kit.actor import Actor
from anxin.kit.fields import EncryptedField
from anxin.kit.models import Base, Visible
from anxin.workers.models.worker import Worker
from anxin.workers.values import BlockSide


class BlockQuerySet(Visible):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever set it, and the worker at whose wish their agency did; never the other side."""
        if actor.is_system:
            return self
        if actor.organisation_id:
            return (
                self.filter(organisation=actor.organisation_id)
                if actor.holds("orders.dispatch")
                else self.none()
            )
        own = Q(by_person=actor.person_id, organisation=None)
        wished = Q(worker__person=actor.person_id, side=str(BlockSide.AGENCY))
        return self.filter(own | wished) if actor.person_id else self.none()

    def standing(self) -> Self:
        return self.filter(lifted_at=None)


class Block(Base):
    """A worker and a household that are not brought together again, at the wish of one `side` (§6.3).

    household: the customer; about: the order on which it was said. Both are known to higher areas alone.
    """

    RETENTION = "customer"

    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="blocks")
    household = models.UUIDField()
    side = models.CharField(max_length=12)
    about = models.UUIDField()
    by_person = models.UUIDField(null=True)
    # The agency that set it for the worker.
    organisation = models.ForeignKey(
        "accounts.Organisation", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # For whoever set it alone.
    reason = EncryptedField()
    created_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)

    objects = BlockQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(side__in=[str(side) for side in BlockSide]), name="workers_block_side"
            ),
            models.UniqueConstraint(
                fields=["worker", "household", "side"], condition=Q(lifted_at=None), name="workers_block_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["household", "worker"], condition=Q(lifted_at=None), name="workers_block_gate"
            ),
            models.Index(fields=["by_person"], name="workers_block_person"),
            models.Index(fields=["organisation"], name="workers_block_agency"),
        ]
