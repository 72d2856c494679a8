"""The customer reads the contract and puts right what is theirs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from anxin.audit.public import record
from anxin.contracts import queries, rules
from anxin.contracts.actions import evidence, refusals
from anxin.contracts.actions.draft import settle, write_facts
from anxin.contracts.actions.typeset import typeset
from anxin.contracts.events import ContractCorrected
from anxin.contracts.models import Contract
from anxin.contracts.states import ContractState
from anxin.contracts.values import CORRECTABLE, FACTS, NO_REMARKS, EvidenceKind
from anxin.kit.actor import Actor
from anxin.kit.crypto import sha256
from anxin.kit.events import announce
from anxin.kit.text import gettext_noop
from anxin.kit.typesetting import without_pictures
from anxin.orders import public as orders

MOST = {"service.place_detail": 100, "service.contact": 60, "service.remarks": 300}


@transaction.atomic
def mark_read(contract: Contract, *, by: Actor, at: datetime) -> Contract:
    """Keep that the customer opened this revision; once for each revision, nothing for others."""
    if by.person_id != contract.person_id or by.organisation_id or contract.document is None:
        return contract
    digest = contract.document.sha256
    known = contract.evidence.filter(kind=EvidenceKind.READ, detail__sha256=digest)
    if contract.state != ContractState.READY or known.exists():
        return contract
    evidence.add(contract, EvidenceKind.READ, by=by, at=at, sha256=digest)
    Contract.objects.filter(pk=contract.pk).update(read_at=at)
    contract.read_at = at
    return contract


@transaction.atomic
def correct(contract: Contract, *, wishes: Mapping[str, str], by: Actor, at: datetime) -> Contract:
    """The customer corrects the place's detail, the contact, the remarks; it is set anew.

    Refuses: OnlyCustomer, AlreadySigned, ContractVoid, NotReady, PlaceNeeded, CorrectionTooLong, NothingCorrected,
    NotPrintable. Source: 电子商务法 art. 50.
    """
    only_customer(contract, by)
    evidence.hold(contract.pk)
    contract = queries.by_id(contract.pk)
    if contract.state not in (ContractState.READY, ContractState.DRAFTING):
        raise refusals.AlreadySigned if contract.state != ContractState.VOID else refusals.ContractVoid
    if contract.assignment_id is None:
        raise refusals.NotReady
    # A heart among the words keeps nobody from putting them right; a letter that no font has is refused.
    wanted = {
        key: without_pictures(" ".join(text.split())) for key, text in wishes.items() if key in CORRECTABLE
    }
    for key, text in wanted.items():
        label = FACTS.get(key, FACTS["service.place"])
        if len(text) > MOST[key]:
            raise refusals.CorrectionTooLong(key, label=label, most=MOST[key])
    if wanted.get("service.place_detail") == "":
        raise refusals.PlaceNeeded("service.place_detail")
    before = contract.values
    after = rules.corrected(before, wanted)
    changed = rules.changes(before, after)
    if not changed:
        raise refusals.NothingCorrected
    kept = {**contract.facts.get("corrections", {}), **wanted}
    write_facts(contract, {**contract.facts, "values": after, "corrections": kept})
    document = typeset(contract, by=by, at=at)
    evidence.add(contract, EvidenceKind.CORRECTED, by=by, at=at, changed=changed, sha256=document.sha256,
                 revision=contract.revision, before=_digest(before, changed),
                 after=_digest(after, changed))  # fmt: skip
    record("contracts.correct", by=by, at=at, subject="contract", subject_id=contract.pk,
           detail={"changed": changed, "revision": contract.revision})  # fmt: skip
    _carry_over(contract, {key: after[key] for key in changed if key in CORRECTABLE})
    orders.add_note(order_id=contract.order_id, kind="contract_corrected", by=by, at=at, to="provider worker",
                    text=gettext_noop("客户更正了合同中的服务地点、联系人或备注"))  # fmt: skip
    announce(ContractCorrected(contract.pk, contract.order_id, tuple(changed)))
    return settle(contract, by=by, at=at)


def _carry_over(contract: Contract, corrections: Mapping[str, str]) -> None:
    """The worker goes by the order, and so does the next contract: both say what the customer put right."""
    words = {key.removeprefix("service."): text for key, text in corrections.items()}
    orders.correct_demand(
        order_id=contract.order_id, detail=words.get("place_detail"), contact=words.get("contact"),
        wishes="" if words.get("remarks") == NO_REMARKS else words.get("remarks"),
    )  # fmt: skip


def only_customer(contract: Contract, by: Actor) -> None:
    if by.person_id != contract.person_id or by.organisation_id:
        raise refusals.OnlyCustomer


def _digest(values: Mapping[str, str], keys: list[str]) -> str:
    """What was there, provable without being readable."""
    return sha256("\n".join(f"{key}={values.get(key, '')}" for key in keys).encode())
