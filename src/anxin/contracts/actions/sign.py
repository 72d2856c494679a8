"""Signing: the customer, and the worker where they are a party, by their name in writing and a one-time code; the
agency by its seal."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _text

from anxin.accounts import public as accounts
from anxin.accounts.public import Person
from anxin.accounts.values import CodeProof, CodePurpose
from anxin.audit.public import record
from anxin.contracts import queries
from anxin.contracts.actions import evidence, refusals
from anxin.contracts.actions.keys import identities, make_seal, may_seal
from anxin.contracts.actions.typeset import keep
from anxin.contracts.adapters.authority import authority
from anxin.contracts.engine.certificates import Subject
from anxin.contracts.events import ContractCustomerSigned, ContractSigned
from anxin.contracts.models import Contract, Document, Signature
from anxin.contracts.models.contract import CUSTOMER_SIGNED, SEALED, WORKER_SIGNED
from anxin.contracts.states import ContractState
from anxin.contracts.values import EvidenceKind, Party
from anxin.kit.actor import Actor
from anxin.kit.crypto import sha256
from anxin.kit.events import announce
from anxin.kit.ink import NotInk, NotTheName, signature
from anxin.kit.jobs import defer
from anxin.kit.live import touch
from anxin.kit.models import move
from anxin.kit.text import gettext_noop
from anxin.orders import public as orders
from anxin.orders.values import Side

CONSENT = (
    "我已阅读并同意本合同全部内容，特别是以醒目方式标出的限制责任条款；"
    "我同意采用电子形式订立本合同，以签名（手写或输入姓名）、实名信息和短信验证码确认本人签署。"
)
AS = {Party.CUSTOMER: "甲方", Party.WORKER: "丙方"}
DRAWN, WRITTEN = "drawn", "written"
SEAL_CONSENT = "本机构确认本合同全部内容，同意加盖电子印章。"


def send_code(contract: Contract, *, by: Actor, at: datetime) -> str:
    """Send whoever signs (customer or worker) the one-time code for this contract; returns the masked phone.

    Refuses what sign refuses before the code, and accounts' limits on sending.
    """
    signable(contract, by)
    with transaction.atomic():
        phone = signer(contract, by)[1].phone
        sent = accounts.send_code(phone=phone, purpose=CodePurpose.CONTRACT, by=by, at=at)
        evidence.add(
            contract, EvidenceKind.CODE_SENT, by=by, at=at, code=str(sent.pk), phone=sent.phone_masked
        )
    return str(sent.phone_masked)


def signable(contract: Contract, by: Actor) -> Document:
    """The document that this person may sign now: the customer's, or, once they have signed, the worker's who is a
    party. Refuses: OnlyCustomer, ContractVoid, AlreadySigned, CustomerBefore, NotReady, ItemsMissing (naming each)."""
    party, _person = signer(contract, by)
    if contract.state == ContractState.VOID:
        raise refusals.ContractVoid
    if party is Party.WORKER:
        if contract.state in (ContractState.WORKER_SIGNED, ContractState.SIGNED):
            raise refusals.AlreadySigned
        if not contract.waits_for_worker or contract.document is None:
            raise refusals.CustomerBefore
        return contract.document
    if contract.state in (ContractState.CUSTOMER_SIGNED, ContractState.WORKER_SIGNED, ContractState.SIGNED):
        raise refusals.AlreadySigned
    if contract.assignment_id is None or contract.document is None:
        raise refusals.NotReady
    lacking = queries.missing_items(contract)
    if lacking:
        raise refusals.ItemsMissing(items="、".join(item.label for item in lacking))
    if contract.state != ContractState.READY:
        raise refusals.NotReady
    return contract.document


def signer(contract: Contract, by: Actor) -> tuple[Party, Person]:
    """As which party this person signs by hand. Refuses: OnlyCustomer."""
    if by.person_id is not None and not by.organisation_id:
        if by.person_id == contract.person_id:
            return Party.CUSTOMER, contract.person
        worker = contract.assignment.worker.person if contract.tripartite and contract.assignment else None
        if worker is not None and by.person_id == worker.pk:
            return Party.WORKER, worker
    raise refusals.OnlyCustomer


def sign(
    contract: Contract,
    *,
    code: str,
    consent: bool,
    seen: str,
    drawn: str = "",
    written: str = "",
    user_agent: str = "",
    by: Actor,
    at: datetime,
) -> Contract:
    """The customer (then the worker, if a party) signs: drawn by hand or their name typed, confirmed by the code sent.

    drawn: PNG as a data URL; written: their own name, counts where nothing is drawn. seen: SHA-256 of the document
    that was read. Refuses: what `signable` refuses, ConsentNeeded, TextChanged, NotADrawing, NameDiffers, accounts'
    CodeWrong, CodeOfAnother. Source: 电子签名法 art. 13.
    """
    document = signable(contract, by)
    if not consent:
        raise refusals.ConsentNeeded("consent")
    if seen != document.sha256:
        raise refusals.TextChanged("seen")
    try:
        picture = signature(drawn=drawn, written=written, name=signer(contract, by)[1].name)
    except NotTheName as error:
        raise refusals.NameDiffers("written", why=_text(str(error))) from error
    except NotInk as error:
        raise refusals.NotADrawing("drawn", why=_text(str(error))) from error
    proof = _confirm(contract, code, by=by, at=at)
    return _sign(contract.pk, picture, bool(drawn), proof, seen, user_agent, by=by, at=at)


def _confirm(contract: Contract, code: str, *, by: Actor, at: datetime) -> CodeProof:
    # Outside the signing transaction: a wrong code costs an attempt and stays on record, though nothing is signed.
    try:
        proof = accounts.check_code(
            phone=signer(contract, by)[1].phone, purpose=CodePurpose.CONTRACT, code=code, at=at
        )
    except accounts.CodeWrong:
        with transaction.atomic():
            # Pressed twice: the code was right, and is used up because the same hand has just signed with it.
            signable(Contract.objects.select_for_update(of=("self",)).get(pk=contract.pk), by)
            evidence.add(contract, EvidenceKind.CODE_REFUSED, by=by, at=at)
        raise
    sent = contract.evidence.filter(kind=EvidenceKind.CODE_SENT, detail__code=str(proof.code_id))
    if not sent.exists():
        raise refusals.CodeOfAnother("code")
    return proof


@transaction.atomic
def _sign(
    contract_id: UUID,
    picture: bytes,
    drawn: bool,
    proof: CodeProof,
    seen: str,
    user_agent: str,
    *,
    by: Actor,
    at: datetime,
) -> Contract:
    links = evidence.Chain(contract_id)
    contract = queries.by_id(contract_id)
    if signable(contract, by).sha256 != seen:
        raise refusals.TextChanged("seen")
    basis = links.add(EvidenceKind.CODE_CONFIRMED, by=by, at=at, code=str(proof.code_id),
                      phone=proof.phone_masked, sent_at=proof.sent_at.isoformat())  # fmt: skip
    ca, (root, stamps) = authority(), identities(at=at)
    party, person = signer(contract, by)
    # The key lives for this one act: it is made here and forgotten when this function returns.
    identity = ca.for_act(Subject(person.name, str(person.pk)), root=root, at=at)
    from anxin.contracts.engine import pades  # costs half a second of every start

    signed = pades.sign(
        _paper(contract), pades.Field(str(party)), identity=identity, stamps=stamps, picture=picture,
        stamp=pades.Stamp(f"{AS[party]}同意并签署；存证 {basis.hash}"), at=at,
        fields=pades.THREE if contract.tripartite else pades.TWO,
    )  # fmt: skip
    document = keep(contract, WORKER_SIGNED if party is Party.WORKER else CUSTOMER_SIGNED, signed, at=at)
    row = Signature(
        contract=contract, party=str(party), person=person, certificate=identity.certificate,
        serial=identity.serial, authority=ca.label, document=document, evidence=basis, consent=CONSENT, signed_at=at,
        address=by.address, user_agent=user_agent[:300],
    )  # fmt: skip
    row.write_picture(picture)
    row.save(force_insert=True)
    links.add(
        EvidenceKind.SIGNED, by=by, at=at, document=seen, sha256=document.sha256, serial=identity.serial,
        authority=ca.label, picture=sha256(picture), consent=sha256(CONSENT.encode()),
        user_agent=sha256(user_agent.encode()), party=str(party), way=DRAWN if drawn else WRITTEN,
    )  # fmt: skip
    to = ContractState.WORKER_SIGNED if party is Party.WORKER else ContractState.CUSTOMER_SIGNED
    move(contract, to, by=by, at=at, document=document)
    record("contracts.sign", by=by, at=at, subject="contract", subject_id=contract.pk,
           detail={"number": contract.number, "sha256": document.sha256, "serial": identity.serial})  # fmt: skip
    _pass_on(contract, by=by, at=at)
    if contract.waits_for_seal:
        drawn_by_them = _customers_way(contract) == DRAWN
        announce(
            ContractCustomerSigned(contract.pk, contract.order_id, contract.organisation_id, drawn_by_them)
        )
    touch(f"contract:{contract.pk}")
    return contract


def _customers_way(contract: Contract) -> str:
    theirs = contract.evidence.filter(kind=EvidenceKind.SIGNED, detail__party=str(Party.CUSTOMER))
    return str(theirs.latest("position").detail.get("way", DRAWN))


def _pass_on(contract: Contract, *, by: Actor, at: datetime) -> None:
    """Tell whose turn it is now."""
    if contract.waits_for_worker:
        orders.mark_waiting(order_id=contract.order_id, side=Side.WORKER)
        orders.add_note(order_id=contract.order_id, kind="contract_customer_signed", by=by, at=at, to="worker",
                        text=gettext_noop("客户已签名，请您阅读并签名"), sms=True)  # fmt: skip
        return
    orders.mark_waiting(order_id=contract.order_id, side=Side.AGENCY)
    text = gettext_noop("客户已签名，等待机构盖章")
    if contract.tripartite:
        text = gettext_noop("客户和服务员都已签名，等待机构盖章")
    orders.add_note(order_id=contract.order_id, kind="contract_customer_signed", by=by, at=at, to="provider",
                    text=text)  # fmt: skip


def _paper(contract: Contract) -> bytes:
    document = queries.document_of(contract)
    assert document is not None
    return document.read()


@transaction.atomic
def apply_seal(contract: Contract, *, seen: str, user_agent: str = "", by: Actor, at: datetime) -> Contract:
    """The agency seals what all others signed; with that the contract stands and the order is marked signed.

    seen: SHA-256 of the document as signed. An organisation without a seal gets its first one made here.
    Refuses: OnlyAgency, CustomerFirst, WorkerFirst, AlreadySealed, ContractVoid, TextChanged, SealNotActive.
    """
    may_seal(contract.organisation_id, by)
    if by.person_id is None:
        raise refusals.OnlyAgency
    links = evidence.Chain(contract.pk)
    contract = queries.by_id(contract.pk)
    document = _sealable(contract, seen)
    if queries.seal_of(contract.organisation_id) is None and not queries.ever_had_seal(
        contract.organisation_id
    ):
        make_seal(organisation_id=contract.organisation_id, by=by, at=at)
    seal = queries.active_seal(contract.organisation_id, at)
    if seal is None:
        raise refusals.SealNotActive
    root, stamps = identities(at=at)
    basis = queries.evidence_of(contract).links[-1]
    from anxin.contracts.engine import pades  # costs half a second of every start

    sealed = pades.sign(
        _paper(contract), pades.Field.AGENCY, identity=seal.identity(root.certificate), stamps=stamps,
        picture=bytes(seal.vector), stamp=pades.Stamp(f"乙方盖章；存证 {basis.hash}"), at=at,
    )  # fmt: skip
    paper = keep(contract, SEALED, sealed, at=at)
    Signature.objects.create(
        contract=contract, party=str(Party.AGENCY), person_id=by.person_id, organisation_id=contract.organisation_id,
        seal=seal, certificate=seal.certificate, serial=seal.serial, authority=authority().label, document=paper,
        evidence=basis, consent=SEAL_CONSENT, signed_at=at, address=by.address, user_agent=user_agent[:300],
    )  # fmt: skip
    links.add(EvidenceKind.SEALED, by=by, at=at, document=document.sha256, sha256=paper.sha256,
              seal=seal.number, serial=seal.serial, post=by.post)  # fmt: skip
    move(contract, ContractState.SIGNED, by=by, at=at, document=paper, signed_at=at)
    record("contracts.seal", by=by, at=at, subject="contract", subject_id=contract.pk,
           detail={"number": contract.number, "seal": seal.number, "sha256": paper.sha256})  # fmt: skip
    order = orders.mark_signed(order_id=contract.order_id, by=by, at=at)
    if not queries.says_what_is_agreed(contract, order):
        # Another worker, time or price was agreed on; the job that draws the paper up anew has not run yet.
        raise refusals.TextChanged("seen")
    announce(ContractSigned(contract.pk, contract.order_id, contract.is_addendum))
    defer("contracts.check", contract_id=str(contract.pk))
    touch(f"contract:{contract.pk}")
    return contract


def _sealable(contract: Contract, seen: str) -> Document:
    if contract.state == ContractState.VOID:
        raise refusals.ContractVoid
    if contract.state == ContractState.SIGNED:
        raise refusals.AlreadySealed
    if contract.waits_for_worker:
        raise refusals.WorkerFirst
    if not contract.waits_for_seal or contract.document is None:
        raise refusals.CustomerFirst
    if contract.document.sha256 != seen:
        raise refusals.TextChanged("seen")
    return contract.document
