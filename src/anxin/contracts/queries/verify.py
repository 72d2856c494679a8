"""Public verification: what is said of a contract, and of a file that somebody has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.core.cache import cache

from anxin.contracts.engine import certificates
from anxin.contracts.engine.certificates import Use
from anxin.contracts.models import Authority, Contract, Document, Signature
from anxin.contracts.models.contract import SEALED
from anxin.contracts.queries.contracts import is_number
from anxin.contracts.queries.seals import revoked_seals
from anxin.contracts.states import ContractState
from anxin.contracts.values import Party
from anxin.kit.crypto import Tampered, sha256
from anxin.kit.masks import mask_name
from anxin.kit.text import gettext_noop

if TYPE_CHECKING:
    from anxin.contracts.engine import verify as checker

DAY_SECONDS = 86_400
MOST_BYTES = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class SignerRecord:
    """Who signed, masked for persons."""

    party: Party
    name: str
    signed_at: datetime
    serial: str
    authority: str


@dataclass(frozen=True, slots=True)
class PublicRecord:
    """What anybody who knows the number may know: no name in full, no place, no price."""

    number: str
    kind: str
    title: str
    text_name: str
    official: bool
    state: ContractState
    state_at: datetime
    agency: str
    signers: tuple[SignerRecord, ...]
    sha256: str
    intact: bool | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said of an uploaded file. genuine: it is, byte for byte, a document of this platform.

    `stage` is the stage of that document; `findings` what its signatures say; `record` the contract it belongs to.
    """

    sha256: str
    genuine: bool
    stage: str
    findings: checker.Findings
    record: PublicRecord | None

    @property
    def sound(self) -> bool:
        """The file is the contract as both sides signed it."""
        return self.genuine and self.stage == SEALED and self.findings.sound

    @property
    def problem(self) -> str:
        return self.findings.problem

    @property
    def signatures(self) -> tuple[checker.SignatureFinding, ...]:
        return self.findings.signatures


def root_certificate() -> bytes | None:
    """The root of the platform's own authority (DER), for readers who want to check for themselves."""
    row = Authority.objects.filter(use=Use.ROOT).first()
    return bytes(row.certificate) if row else None


def revocation_list(at: datetime) -> bytes | None:
    """The certificates of seals that were revoked, signed by the root; None before there is a root."""
    row = Authority.objects.filter(use=Use.ROOT).first()
    if row is None:
        return None
    return certificates.revocation_list(row.identity(bytes(row.certificate)), revoked_seals().items(), at)


def public_record(number: str, *, at: datetime, check: bool = True) -> PublicRecord | None:
    """The public record of a signed contract. With `check` the stored file is verified again, signature by signature.

    Contracts that nobody has signed are not shown: they are drafts and no business of strangers.
    """
    if not is_number(number):
        return None
    contract = (
        Contract.objects.filter(number=number, document__isnull=False)
        .select_related("organisation", "template", "document")
        .first()
    )
    if contract is None:
        return None
    signed = _signers(contract)
    if not signed:
        return None
    document = contract.document
    assert document is not None
    return PublicRecord(
        number=contract.number,
        kind=contract.kind,
        title=contract.template.text.title,
        text_name=contract.template.name,
        official=contract.template.official,
        state=ContractState(contract.state),
        state_at=contract.state_at,
        agency=contract.organisation.name,
        signers=signed,
        sha256=document.sha256,
        intact=_intact(document, len(signed), at) if check else None,
    )


def _signers(contract: Contract) -> tuple[SignerRecord, ...]:
    found = Signature.objects.filter(contract=contract).select_related("person", "organisation")
    return tuple(
        SignerRecord(
            party=Party(row.party),
            name=row.organisation.name if row.organisation else mask_name(row.person.name),
            signed_at=row.signed_at,
            serial=row.serial,
            authority=row.authority,
        )
        for row in found.defer("picture", "certificate").order_by("signed_at", "id")
    )


def _intact(document: Document, signatures: int, at: datetime) -> bool:
    """Whether the stored file is still what was signed: its digest, and every signature in it."""
    root = root_certificate()
    try:
        pdf = document.read()
    except Tampered:
        return False
    if root is None or sha256(pdf) != document.sha256:
        return False
    findings = _findings(pdf, root, at)
    return findings.sound and len(findings.signatures) == signatures


def _findings(pdf: bytes, root: bytes, at: datetime) -> checker.Findings:
    """What the signatures of these very bytes say today; asked again, the same bytes need no second look."""
    revoked = revoked_seals()
    key = f"contracts:findings:{sha256(pdf)}:{sha256(root)}:{sha256(repr(revoked).encode())}:{at:%Y%m%d}"
    known: checker.Findings | None = cache.get(key)
    if known is None:
        from anxin.contracts.engine import verify as checker  # costs half a second of every start

        known = checker.verify(pdf, root=root, at=at, revoked=revoked)
        cache.set(key, known, DAY_SECONDS)
    return known


def check_file(pdf: bytes, *, at: datetime) -> Verdict:
    """What is said of a file from anybody."""
    digest = sha256(pdf)
    found = Document.objects.filter(sha256=digest).select_related("contract").defer("body").first()
    root = root_certificate()
    if root is None:
        from anxin.contracts.engine import verify as checker

        findings = checker.Findings(digest, problem=gettext_noop("平台还没有签署过任何合同。"))
    else:
        findings = _findings(pdf, root, at)
    record = public_record(found.contract.number, at=at, check=False) if found else None
    return Verdict(digest, found is not None, found.stage if found else "", findings, record)
