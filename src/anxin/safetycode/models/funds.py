"""Public money around codes: the subsidy of health checks, the cost of cards; and the Ministry's record beside ours."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from anxin.kit.actor import Actor
from anxin.kit.models import Base, HistoryRow, Stateful, Visible, state_check
from anxin.safetycode.models.cards import Card
from anxin.safetycode.models.codes import SafetyCode
from anxin.safetycode.models.issuing import OfWorker
from anxin.safetycode.states import CLAIM
from anxin.safetycode.values.care import CARD_COST_LIMIT_FEN, Difference, LineKind, MinistryState
from anxin.workers.public import Worker


class ClaimMoved(HistoryRow):
    row = models.ForeignKey(
        "safetycode.Claim", on_delete=models.CASCADE, related_name="history", db_index=False
    )

    class Meta:
        indexes = [models.Index(fields=["row", "id"], name="safetycode_claim_history")]


class ClaimQuerySet(Visible):
    def visible_to(self, actor: Actor) -> Self:
        """The association that claims, the bureau whose region holds the city or lies in it, the operator."""
        if actor.is_system or actor.holds("workers.oversee"):
            return self
        seen = Q(pk__in=[])
        if actor.organisation_id and actor.holds("safetycode.manage"):
            seen |= Q(claimant=actor.organisation_id)
        if actor.holds("governance.supervise"):
            seen |= Q(area__startswith=actor.region)
        return self.filter(seen)


class Claim(Stateful):
    """A batch of health-check subsidies of one year, by one association. From submission on its sum and checksum stand.

    `area`: the division that the claimant answers for; `checksum`: SHA-256 of the exported rows.
    """

    MACHINE = CLAIM
    HISTORY = ClaimMoved
    RETENTION = "business"

    number = models.CharField(max_length=24, unique=True)
    claimant = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    area = models.CharField(max_length=6)
    city_code = models.CharField(max_length=4)
    year = models.SmallIntegerField()
    created_at = models.DateTimeField()
    created_by = models.UUIDField(null=True)
    lines_count = models.IntegerField(default=0)
    total_fen = models.BigIntegerField(default=0)
    checksum = models.CharField(max_length=64, blank=True)
    approved_by = models.UUIDField(null=True)
    payment_ref = models.CharField(max_length=64, blank=True)
    paid_on = models.DateField(null=True)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        constraints = [
            state_check(CLAIM, "safetycode_claim_state"),
            models.CheckConstraint(
                condition=Q(state="draft") | ~Q(checksum=""), name="safetycode_claim_checksum"
            ),
            models.CheckConstraint(
                condition=~Q(state="paid") | (~Q(payment_ref="") & Q(paid_on__isnull=False)),
                name="safetycode_claim_paid",
            ),
        ]
        indexes = [models.Index(fields=["claimant", "-created_at"], name="safetycode_claim_claimant")]


class ClaimLine(Base):
    """One person's subsidy of one year; at most one that stands (the database sees to it). A reclaim takes one back."""

    RETENTION = "business"

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="lines")
    code = models.ForeignKey(SafetyCode, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        "accounts.Organisation", null=True, on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(max_length=8, default=LineKind.CLAIM.value)
    of = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="reclaims")
    year = models.SmallIntegerField()
    checked_on = models.DateField()
    amount_fen = models.BigIntegerField()
    why = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True)
    voided_by = models.UUIDField(null=True)
    voided_why = models.CharField(max_length=200, blank=True)

    objects = OfWorker.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code", "year"],
                condition=Q(kind=LineKind.CLAIM.value, voided_at__isnull=True),
                name="safetycode_line_once",
            ),
            models.UniqueConstraint(
                fields=["of"], condition=Q(of__isnull=False, voided_at__isnull=True),
                name="safetycode_line_reclaimed",
            ),
            models.CheckConstraint(
                condition=Q(kind=LineKind.CLAIM.value, of__isnull=True, amount_fen__gt=0)
                | Q(kind=LineKind.RECLAIM.value, of__isnull=False, amount_fen__lt=0),
                name="safetycode_line_kind",
            ),
            models.CheckConstraint(
                condition=Q(voided_at__isnull=True) | ~Q(voided_why=""), name="safetycode_line_void"
            ),
        ]  # fmt: skip


class CardCostQuerySet(Visible):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever may see the worker."""
        return self.filter(card__code__worker__in=Worker.objects.visible_to(actor))


class CardCost(Base):
    """What a printed card cost the public fund; the worker pays nothing."""

    RETENTION = "business"

    card = models.OneToOneField(Card, on_delete=models.CASCADE, related_name="+")
    city_code = models.CharField(max_length=4)
    printed_at = models.DateTimeField()
    cost_fen = models.BigIntegerField()
    booked_at = models.DateTimeField()

    objects = CardCostQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(cost_fen__range=(0, CARD_COST_LIMIT_FEN)), name="safetycode_cost_limit"
            ),
        ]
        indexes = [models.Index(fields=["city_code", "printed_at"], name="safetycode_cost_city")]


class MinistryQuerySet(Visible):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever may see the worker."""
        return self.filter(worker__in=Worker.objects.visible_to(actor))


class MinistryRecord(Base):
    """What the Ministry's platform said last of a worker, and in what it differs from ours."""

    RETENTION = "worker"

    worker = models.OneToOneField("workers.Worker", on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=12)
    number = models.CharField(max_length=40, blank=True)
    valid_to = models.DateField(null=True)
    differences = ArrayField(models.CharField(max_length=12), default=list)
    asked_at = models.DateTimeField()

    objects = MinistryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[str(s) for s in MinistryState]), name="safetycode_ministry_state"
            ),
            models.CheckConstraint(
                condition=Q(differences__contained_by=[str(d) for d in Difference]),
                name="safetycode_ministry_differences",
            ),
        ]
        indexes = [
            models.Index(
                fields=["asked_at"], name="safetycode_ministry_differs", condition=~Q(differences=[])
            )
        ]
