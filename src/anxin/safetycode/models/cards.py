"""Home-visit cards: every piece that was made, the batches they are printed in, and the issuer's blank cards."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from anxin.kit.actor import Actor
from anxin.kit.models import Base, Visible
from anxin.safetycode.models.codes import SafetyCode
from anxin.safetycode.values import CardForm, CardReason, StockReason
from anxin.workers.public import Worker


class BatchQuerySet(Visible):
    def visible_to(self, actor: Actor) -> Self:
        """The issuer's own staff, and whoever oversees all."""
        if actor.holds("workers.oversee"):
            return self.all()
        if actor.holds("safetycode.issue") and actor.organisation_id:
            return self.filter(issuer=actor.organisation_id)
        return self.none()


class CardBatch(Base):
    """Cards printed together, as one PDF that is made part by part. The file is deleted after some weeks."""

    RETENTION = "business"

    issuer = models.ForeignKey(
        "accounts.Organisation", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    total = models.IntegerField()
    form = models.CharField(max_length=8, default=str(CardForm.SHEET), db_default=str(CardForm.SHEET))
    at = models.DateTimeField()
    by_person = models.UUIDField(null=True)
    # A few thousand rows at most: whoever deletes a file looks through them.
    file = models.ForeignKey(
        "files.StoredFile", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    done_at = models.DateTimeField(null=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(total__gt=0), name="safetycode_batch_total")]
        indexes = [models.Index(fields=["issuer", "-at"], name="safetycode_batch_issuer")]


class CardPart(models.Model):
    """Some hundred cards of a batch, set by one job. It has a file until all parts are bound into the batch's."""

    RETENTION = "business"

    batch = models.ForeignKey(CardBatch, on_delete=models.CASCADE, related_name="parts", db_index=False)
    number = models.SmallIntegerField()
    count = models.IntegerField()
    file = models.ForeignKey("files.StoredFile", null=True, on_delete=models.SET_NULL, related_name="+")
    done_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[CardPart]] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="safetycode_part_once")]


class CardQuerySet(Visible):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever may see the worker."""
        return self.filter(code__worker__in=Worker.objects.visible_to(actor))


class Card(Base):
    """One home-visit card (居家上门服务证). Made in the act that issues the code, and again for each reprint; printed
    once. `part` is empty for a card that was printed alone."""

    RETENTION = "worker"

    code = models.ForeignKey(SafetyCode, on_delete=models.PROTECT, related_name="+", db_index=False)
    reason = models.CharField(max_length=8)
    at = models.DateTimeField()
    by_person = models.UUIDField(null=True)
    part = models.ForeignKey(CardPart, null=True, on_delete=models.SET_NULL, related_name="cards")
    printed_at = models.DateTimeField(null=True)

    objects = CardQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reason__in=[str(r) for r in CardReason]), name="safetycode_card_reason"
            ),
            models.UniqueConstraint(
                fields=["code"], condition=Q(printed_at=None), name="safetycode_card_waiting"
            ),
        ]
        indexes = [models.Index(fields=["code", "-at"], name="safetycode_card_code")]


class StockQuerySet(Visible):
    def visible_to(self, actor: Actor) -> Self:
        if actor.holds("workers.oversee"):
            return self.all()
        return self.filter(issuer=actor.organisation_id) if actor.organisation_id else self.none()


class CardStock(Base):
    """Blank cards that came in or went out at an issuer; what lies there is the sum. Appended, never changed."""

    RETENTION = "business"

    issuer = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    reason = models.CharField(max_length=8)
    change = models.IntegerField()
    note = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    by_person = models.UUIDField(null=True)

    objects = StockQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reason__in=[str(r) for r in StockReason]), name="safetycode_stock_reason"
            ),
            models.CheckConstraint(condition=~Q(change=0), name="safetycode_stock_change"),
        ]
        indexes = [models.Index(fields=["issuer", "at"], name="safetycode_stock_issuer")]
