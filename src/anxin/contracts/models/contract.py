"""A contract, the documents it went through, who signed them, and the evidence of it all."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext

from anxin.contracts.engine.chain import Link
from anxin.contracts.models.keys import Seal
from anxin.contracts.models.text import Template
from anxin.contracts.states import CONTRACT, ContractState
from anxin.contracts.values import CONTRACT_LABELS, WAITS_FOR_WORKER, EvidenceKind, Kind, Party
from anxin.kit.actor import Actor
from anxin.kit.crypto import seal, unseal
from anxin.kit.fields import EncryptedJSONField, SealedField
from anxin.kit.models import Base, HistoryRow, Stateful, Visible, state_check

TYPESET, CUSTOMER_SIGNED, WORKER_SIGNED, SEALED = "typeset", "customer_signed", "worker_signed", "sealed"
STAGES = (TYPESET, CUSTOMER_SIGNED, WORKER_SIGNED, SEALED)


class ContractQuerySet(Visible):
    def visible_to(self, actor: Actor) -> Self:
        """The customer, the staff of the agency who may read its orders, and the worker who is a party. Nobody else."""
        if actor.is_system:
            return self
        if actor.organisation_id:
            mine = self.filter(organisation=actor.organisation_id)
            return mine if actor.holds("orders.read") or actor.holds("contracts.seal") else self.none()
        if actor.person_id is None:
            return self.none()
        as_party = Q(tripartite=True, assignment__worker__person=actor.person_id)
        return self.filter(Q(person=actor.person_id) | as_party)


class ContractMoved(HistoryRow):
    row = models.ForeignKey("contracts.Contract", on_delete=models.PROTECT, related_name="history")


class Contract(Stateful):
    """A contract of an order, or an addendum to one (`parent`).

    facts: {"values": {marker: text}, "prices": [[…]], "estimate": [[…]]}, frozen from the order and completed
    at confirmation. `document` is the latest rendering; `revision` counts them.
    """

    MACHINE = CONTRACT
    HISTORY = ContractMoved
    RETENTION = "contract"

    number = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=12)
    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="+", db_index=False)
    assignment = models.ForeignKey("orders.Assignment", null=True, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    # The worker is a party of their own (an agency that only brokers) and signs too.
    tripartite = models.BooleanField(default=False, db_default=False)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="addenda")
    template = models.ForeignKey(Template, on_delete=models.PROTECT, related_name="+")
    facts = EncryptedJSONField()
    revision = models.IntegerField(default=0)
    document = models.ForeignKey("contracts.Document", null=True, on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    objects = ContractQuerySet.as_manager()

    class Meta:
        constraints = [
            state_check(CONTRACT, "contracts_contract_state"),
            models.CheckConstraint(
                condition=Q(kind=Kind.CONTRACT, parent__isnull=True)
                | Q(kind=Kind.ADDENDUM, parent__isnull=False),
                name="contracts_contract_kind",
            ),
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(kind=Kind.CONTRACT) & ~Q(state="void"),
                name="contracts_contract_one",
            ),
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(
                    kind=Kind.ADDENDUM, state__in=["drafting", "ready", "customer_signed", "worker_signed"]
                ),
                name="contracts_addendum_one_open",
            ),
        ]
        indexes = [
            models.Index(fields=["order", "-created_at"], name="contracts_contract_order"),
            models.Index(fields=["organisation", "state", "-state_at"], name="contracts_contract_desk"),
            models.Index(fields=["person", "-created_at"], name="contracts_contract_person"),
        ]

    @property
    def values(self) -> dict[str, str]:
        found: dict[str, str] = self.facts.get("values", {})
        return found

    @property
    def is_addendum(self) -> bool:
        return self.kind == Kind.ADDENDUM

    @property
    def words(self) -> str:
        """The state in the reader's language."""
        if self.waits_for_worker:
            return gettext(WAITS_FOR_WORKER)
        return gettext(CONTRACT_LABELS[ContractState(self.state)])

    @property
    def waits_for_worker(self) -> bool:
        """With three parties: the customer has signed, the worker has not."""
        return self.tripartite and self.state == ContractState.CUSTOMER_SIGNED

    @property
    def waits_for_seal(self) -> bool:
        """All who sign by hand have signed."""
        last = ContractState.WORKER_SIGNED if self.tripartite else ContractState.CUSTOMER_SIGNED
        return self.state == last

    def __str__(self) -> str:
        return self.number


class OfContract(Visible):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever sees the contract."""
        seen = Contract.objects.visible_to(actor).filter(pk=OuterRef("contract"))
        return self.filter(Exists(seen))


class Document(Base):
    """One PDF: as typeset, as the customer signed it, as the agency sealed it. Append-only; the body is sealed."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="documents", db_index=False)
    revision = models.IntegerField()
    stage = models.CharField(max_length=16)
    sha256 = models.CharField(max_length=64)
    size = models.IntegerField()
    body = SealedField()
    created_at = models.DateTimeField()

    objects = OfContract.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contract", "revision", "stage"], name="contracts_document_once"),
            models.CheckConstraint(condition=Q(stage__in=STAGES), name="contracts_document_stage"),
        ]
        indexes = [models.Index(fields=["sha256"], name="contracts_document_sha256")]

    def write(self, pdf: bytes) -> None:
        self.body = seal(pdf, f"contracts_document.body:{self.pk}")

    def read(self) -> bytes:
        """The PDF. Raises crypto.Tampered."""
        return unseal(bytes(self.body), f"contracts_document.body:{self.pk}")


class Evidence(models.Model):
    """One link of a contract's chain. Append-only; `detail` holds no personal data in the clear."""

    id = models.BigAutoField(primary_key=True)
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="evidence", db_index=False)
    position = models.IntegerField()
    kind = models.CharField(max_length=20)
    at = models.DateTimeField()
    by_person = models.UUIDField(null=True)
    by_organisation = models.UUIDField(null=True)
    detail = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects = OfContract.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contract", "position"], name="contracts_evidence_position"),
            models.CheckConstraint(
                condition=Q(kind__in=[str(k) for k in EvidenceKind]), name="contracts_evidence_kind"
            ),
        ]

    @property
    def link(self) -> Link:
        by = f"{self.by_person or ''}/{self.by_organisation or ''}"
        return Link(
            str(self.contract_id),
            self.position,
            self.kind,
            self.at,
            by,
            self.detail,
            self.previous,
            self.hash,
        )


class Signature(Base):
    """One party's signature: who, by which certificate, upon which document, from where, agreeing to what."""

    contract = models.ForeignKey(
        Contract, on_delete=models.PROTECT, related_name="signatures", db_index=False
    )
    party = models.CharField(max_length=12)
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        "accounts.Organisation", null=True, on_delete=models.PROTECT, related_name="+"
    )
    seal = models.ForeignKey(Seal, null=True, on_delete=models.PROTECT, related_name="uses")
    picture = SealedField(null=True)
    certificate = models.BinaryField()
    serial = models.CharField(max_length=48)
    authority = models.CharField(max_length=64)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="+")
    consent = models.TextField()
    signed_at = models.DateTimeField()
    address = models.CharField(max_length=45, blank=True)
    user_agent = models.CharField(max_length=300, blank=True)

    objects = OfContract.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contract", "party"], name="contracts_signature_once"),
            models.CheckConstraint(
                condition=Q(party__in=[str(p) for p in Party]), name="contracts_signature_party"
            ),
        ]

    RETENTION: ClassVar[str] = "contract"

    def write_picture(self, png: bytes) -> None:
        self.picture = seal(png, f"contracts_signature.picture:{self.pk}")

    def read_picture(self) -> bytes:
        """The drawn signature. Raises crypto.Tampered."""
        sealed: Any = self.picture
        return unseal(bytes(sealed), f"contracts_signature.picture:{self.pk}")
