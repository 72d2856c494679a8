"""Insurance policies as they were filed, and whom they insure."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from anxin.kit.actor import Actor
from anxin.kit.models import Base, HistoryRow, Stateful, Visible, state_check
from anxin.safetycode.states import FILING
from anxin.safetycode.values.filings import Limit, Product
from anxin.workers.public import Worker

ONCE = "safetycode_policy_once"
INSURED_ONCE = "safetycode_insured_once"


class PolicyMoved(HistoryRow):
    row = models.ForeignKey(
        "safetycode.InsurancePolicy", on_delete=models.CASCADE, related_name="history", db_index=False
    )

    class Meta:
        indexes = [models.Index(fields=["row", "id"], name="safetycode_policy_history")]


class InsurancePolicyQuerySet(Visible):
    def visible_to(self, actor: Actor) -> Self:
        """The holder's and the insurer's staff; association and regulator in their region; whom it insures."""
        if actor.is_system or actor.holds("workers.oversee"):
            return self
        if any(actor.holds(one) for one in ("safetycode.manage", "governance.supervise")):
            return self.filter(
                Q(holder__town_code__startswith=actor.region)
                | Q(holder__town_code="", holder__city_code=actor.region)
            )
        if actor.organisation_id and actor.holds("safetycode.insure"):
            return self.filter(insurer=actor.organisation_id)
        if actor.organisation_id and actor.holds("workers.read"):
            return self.filter(holder=actor.organisation_id)
        if not actor.person_id:
            return self.none()
        mine = InsuredWorker.objects.filter(policy=OuterRef("pk"), worker__person=actor.person_id)
        return self.filter(Exists(mine))


class InsurancePolicy(Stateful):
    """A liability policy: class, limits (fen), inclusive dates. `insurer` is empty where it has no desk here."""

    MACHINE = FILING
    HISTORY = PolicyMoved

    number = models.CharField(max_length=64)
    insurer = models.ForeignKey(
        "accounts.Organisation", null=True, on_delete=models.PROTECT, related_name="+"
    )
    insurer_name = models.CharField(max_length=120)
    holder = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    product = models.CharField(max_length=12)
    occupation_class = models.SmallIntegerField()
    valid_from = models.DateField()
    valid_to = models.DateField()
    death_fen = models.BigIntegerField(null=True)
    medical_fen = models.BigIntegerField(null=True)
    third_party_fen = models.BigIntegerField(null=True)
    property_fen = models.BigIntegerField(null=True)
    file = models.ForeignKey("files.StoredFile", null=True, on_delete=models.SET_NULL, related_name="+")
    ended_on = models.DateField(null=True)
    created_at = models.DateTimeField()
    created_by = models.UUIDField(null=True)

    objects = InsurancePolicyQuerySet.as_manager()

    class Meta:
        constraints = [
            state_check(FILING, "safetycode_policy_state"),
            models.UniqueConstraint(
                fields=["insurer_name", "number"], condition=~Q(state="dropped"), name=ONCE
            ),
            models.CheckConstraint(
                condition=Q(product__in=[str(p) for p in Product]), name="safetycode_policy_product"
            ),
            models.CheckConstraint(
                condition=Q(occupation_class__range=(1, 4)), name="safetycode_policy_class"
            ),
            models.CheckConstraint(
                condition=Q(valid_from__lte=F("valid_to")), name="safetycode_policy_dates"
            ),
            models.CheckConstraint(
                condition=Q(state="ended", ended_on__isnull=False) | (~Q(state="ended") & Q(ended_on=None)),
                name="safetycode_policy_ended",
            ),
        ]
        indexes = [models.Index(fields=["state", "valid_to"], name="safetycode_policy_due")]

    @property
    def limits(self) -> dict[Limit, int]:
        """The limits it names, in fen."""
        found = {limit: getattr(self, f"{limit}_fen") for limit in Limit}
        return {limit: fen for limit, fen in found.items() if fen is not None}


class InsuredWorkerQuerySet(Visible):
    def visible_to(self, actor: Actor) -> Self:
        """With the policy for who may see that, but one's own row alone for who is insured."""
        rows = self.filter(policy__in=InsurancePolicy.objects.visible_to(actor))
        staff = ("workers.read", "workers.oversee", "safetycode.insure", "safetycode.manage",
                 "governance.supervise")  # fmt: skip
        if any(actor.holds(one) for one in staff):
            return rows
        return rows.filter(worker__in=Worker.objects.visible_to(actor))


class InsuredWorker(Base):
    """A worker on a policy's roster. From its confirmation until it is struck or ends there is a credential of it."""

    RETENTION = "worker"

    policy = models.ForeignKey(InsurancePolicy, on_delete=models.PROTECT, related_name="roster")
    worker = models.ForeignKey("workers.Worker", on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    credential_id = models.UUIDField(null=True)
    struck_at = models.DateTimeField(null=True)
    struck_by = models.UUIDField(null=True)
    struck_why = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    created_by = models.UUIDField(null=True)

    objects = InsuredWorkerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "worker"], condition=Q(struck_at=None), name=INSURED_ONCE
            )
        ]
