"""What the channel told us, and how its daily books compare with ours."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext

from anxin.kit.actor import Actor
from anxin.kit.models import Base, Visible
from anxin.payments.values import DIFFERENCE_LABELS, DifferenceKind, Outcome


class OperatorOnly(Visible):
    def visible_to(self, actor: Actor) -> Self:
        """The channel's books are the operator's."""
        return self if actor.is_system or actor.holds("payments.reconcile") else self.none()


class CallbackLog(models.Model):
    """Callbacks counted: one row per notice, or per sender and day for those that prove nothing."""

    id = models.BigAutoField(primary_key=True)
    day = models.DateField()
    outcome = models.CharField(max_length=12)
    key = models.CharField(max_length=64)
    count = models.IntegerField(default=1)
    event = models.CharField(max_length=32, blank=True)
    reference = models.CharField(max_length=64, blank=True)
    problem = models.CharField(max_length=200, blank=True)
    address = models.CharField(max_length=45, blank=True)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    objects = OperatorOnly.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "outcome", "key"], name="payments_callback_once"),
            models.CheckConstraint(
                condition=Q(outcome__in=[str(o) for o in Outcome]), name="payments_callback_outcome"
            ),
        ]


class Reconciliation(Base):
    """One day of the channel's books held against ours. Totals in fen, as the channel tells them."""

    RETENTION = "finance"

    channel = models.CharField(max_length=16, default="wechatpay")
    day = models.DateField()
    trades = models.IntegerField()
    refunds = models.IntegerField()
    paid_fen = models.BigIntegerField()
    refunded_fen = models.BigIntegerField()
    fee_fen = models.BigIntegerField()
    differences = models.IntegerField()
    run_at = models.DateTimeField()

    objects = OperatorOnly.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "day"], name="payments_reconciled_once")]


class ReconciliationDifference(Base):
    """Something that the channel's books and ours do not agree on; open until somebody says how it was settled."""

    RETENTION = "finance"

    day = models.DateField()
    kind = models.CharField(max_length=16)
    reference = models.CharField(max_length=64)
    ours_fen = models.BigIntegerField(null=True)
    theirs_fen = models.BigIntegerField(null=True)
    detail = models.CharField(max_length=300, blank=True)
    found_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.UUIDField(null=True)
    resolution = models.CharField(max_length=300, blank=True)

    objects = OperatorOnly.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "kind", "reference"], name="payments_difference_once"),
            models.CheckConstraint(
                condition=Q(kind__in=[str(k) for k in DifferenceKind]), name="payments_difference_kind"
            ),
            models.CheckConstraint(
                condition=Q(resolved_at=None) | ~Q(resolution=""), name="payments_difference_resolution"
            ),
        ]
        indexes = [
            models.Index(fields=["-found_at"], condition=Q(resolved_at=None), name="payments_difference_open")
        ]

    @property
    def words(self) -> str:
        """The kind as people read it."""
        return gettext(DIFFERENCE_LABELS[DifferenceKind(self.kind)])
