"""Checking what was signed, and keeping what was found."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from anxin.audit.public import record
from anxin.contracts import queries
from anxin.contracts.actions import evidence
from anxin.contracts.actions.refusals import ContractUnknown
from anxin.contracts.models import Contract
from anxin.contracts.values import SEAL_WARNING_DAYS, EvidenceKind
from anxin.kit import clock
from anxin.kit.actor import SYSTEM, Actor
from anxin.kit.text import gettext_noop
from anxin.notices import public as notices
from anxin.policies import public as policies


class NotSound(Exception):
    """A document that we made does not verify: a fault of ours that must not go unnoticed."""


@transaction.atomic
def check_signed(*, contract_id: UUID, at: datetime) -> bool:
    """Verify the sealed document with the independent validator and keep the result as evidence.

    Runs once after sealing. Raises NotSound, so that the job is seen to fail.
    """
    contract = Contract.objects.only("number").get(pk=contract_id)
    if contract.evidence.filter(kind=EvidenceKind.VERIFIED, detail__who="platform").exists():
        return True
    found = queries.public_record(contract.number, at=at)
    if found is None or not found.intact:
        raise NotSound(contract.number)
    evidence.add(
        contract, EvidenceKind.VERIFIED, by=SYSTEM, at=at, sha256=found.sha256, who="platform", sound=True
    )
    return True


@transaction.atomic
def note_download(contract: Contract, *, by: Actor, at: datetime) -> None:
    """Keep that a party took the document (it holds identity numbers)."""
    digest = contract.document.sha256 if contract.document else ""
    evidence.add(contract, EvidenceKind.DOWNLOADED, by=by, at=at, sha256=digest)
    record(
        "contracts.download",
        by=by,
        at=at,
        subject="contract",
        subject_id=contract.pk,
        detail={"sha256": digest},
    )


@transaction.atomic
def warn_of_expiry(*, at: datetime) -> int:
    """Tell whoever may apply a seal that its certificate runs out, once a day until they act; returns how many."""
    days = int(policies.read(SEAL_WARNING_DAYS, at=at))
    told = 0
    for seal in queries.expiring_seals(at, days):
        left = max(0, (seal.expires_at - at) // timedelta(days=1))
        for holder in queries.holders(seal.organisation_id, at):
            notices.tell(
                holder.person_id, kind="contracts.seal_expiring",
                title=gettext_noop("电子印章证书还有 %(days)s 天到期"),
                body=gettext_noop("“%(name)s”的电子印章将于 %(day)s 到期，到期后不能再盖章。请注销后重新制作。"),
                params={"days": left, "name": seal.name, "day": f"{clock.local(seal.expires_at):%Y-%m-%d}"},
                url="/contracts/seal/", at=at,
            )  # fmt: skip
            told += 1
    return told


def known(contract: Contract | None) -> Contract:
    """The contract, or the refusal that tells a stranger nothing."""
    if contract is None:
        raise ContractUnknown
    return contract
