"""Signing: the customer by hand and one-time code, the agency by its seal."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from django.db import connection

from anxin.accounts.public import CodeWrong
from anxin.contracts import public as contracts
from anxin.contracts import queries
from anxin.contracts.actions import keys, refusals, sign
from anxin.contracts.engine.verify import verify
from anxin.contracts.models import Contract, Seal, Signature
from anxin.contracts.states import ContractState, SealState
from anxin.contracts.values import EvidenceKind
from anxin.kit.errors import Refusal
from anxin.kit.models import Moved
from anxin.orders.states import OrderState
from tests.cast import NOON, Member
from tests.contracts.conftest import Deal, last_code
from tests.contracts.material import drawn


@pytest.mark.requirement("B-7.3.2", "A-6.3.2e")
def test_both_sign_and_the_order_is_signed(deal: Deal) -> None:
    assert deal.sign().state == ContractState.CUSTOMER_SIGNED
    deal.seal()
    contract = deal.contract
    assert contract.state == ContractState.SIGNED
    deal.order.refresh_from_db()
    assert deal.order.state == OrderState.SIGNED
    paper = queries.document_of(contract)
    root = queries.root_certificate()
    assert paper is not None
    assert root is not None
    found = verify(paper.read(), root=root, at=NOON + timedelta(days=400))
    assert found.sound
    assert [s.signer for s in found.signatures] == ["陈静", "临安甲家政服务有限公司"]
    terms = contracts.signed_terms(deal.order.pk)
    assert terms is not None
    assert (terms.quote.total_fen, terms.sha256) == (15000, paper.sha256)


@pytest.mark.requirement("B-7.3.2")
def test_the_evidence_tells_the_whole_story_and_holds(deal: Deal) -> None:
    deal.sign()
    deal.seal()
    chain = queries.evidence_of(deal.contract)
    assert chain.fault is None
    assert [EvidenceKind(link.kind) for link in chain.links] == [
        EvidenceKind.GENERATED, EvidenceKind.COMPLETED, EvidenceKind.CODE_SENT, EvidenceKind.CODE_CONFIRMED,
        EvidenceKind.SIGNED, EvidenceKind.SEALED, EvidenceKind.VERIFIED,
    ]  # fmt: skip
    said = str([link.detail for link in chain.links])
    assert "陈静" not in said
    assert "19900000001" not in said
    assert "330199" not in said


def test_the_customers_key_serves_one_act_and_is_kept_nowhere(deal: Deal) -> None:
    deal.sign()
    row = Signature.objects.get()
    certificate = x509.load_der_x509_certificate(bytes(row.certificate))
    assert "陈静" in certificate.subject.rfc4514_string()
    assert f"{certificate.serial_number:x}" == row.serial
    assert not [f.name for f in Signature._meta.fields if "key" in f.name]
    assert row.read_picture().startswith(b"\x89PNG")
    assert row.evidence.kind == EvidenceKind.CODE_CONFIRMED


def test_a_wrong_code_signs_nothing_and_is_on_record(deal: Deal) -> None:
    right = deal.code()
    for code in ("000000" if right != "000000" else "111111", "", "abc"):
        with pytest.raises(CodeWrong):
            deal.sign(code=code)
        assert queries.evidence_of(deal.contract).links[-1].kind == EvidenceKind.CODE_REFUSED
    assert deal.contract.state == ContractState.READY
    assert not Signature.objects.exists()
    assert deal.sign(code=right).state == ContractState.CUSTOMER_SIGNED


def test_an_expired_code_signs_nothing(deal: Deal) -> None:
    code = deal.code()
    with pytest.raises(CodeWrong):
        deal.sign(code=code, at=NOON + timedelta(minutes=6))
    assert not Signature.objects.exists()


def test_a_code_is_good_for_one_signature_only(signed: Deal) -> None:
    code = last_code()
    signed.later(hours=1).agree(1, replaces=signed.contract.assignment)
    with pytest.raises(CodeWrong):
        signed.sign(code=code)
    assert signed.contract.state == ContractState.READY


def test_a_code_sent_for_something_else_does_not_sign(deal: Deal) -> None:
    from anxin.accounts import public as accounts

    accounts.send_code(phone=deal.stage.customer.person.phone, purpose="contract", by=deal.customer, at=NOON)
    with pytest.raises(refusals.CodeOfAnother):
        deal.sign(code=last_code())
    assert not Signature.objects.exists()


WRONG: list[tuple[dict[str, Any], type[Refusal]]] = [
    ({"consent": False}, refusals.ConsentNeeded),
    ({"seen": "0" * 64}, refusals.TextChanged),
    ({"drawn": drawn(strokes=0)}, refusals.NotADrawing),
    ({"drawn": "data:text/html,x"}, refusals.NotADrawing),
]


def test_what_is_wrong_is_refused_before_the_code_is_used_up(deal: Deal) -> None:
    code = deal.code()
    for changed, refusal in WRONG:
        with pytest.raises(refusal):
            deal.sign(code=code, **changed)
    assert deal.contract.state == ContractState.READY
    assert deal.sign(code=code).state == ContractState.CUSTOMER_SIGNED


@pytest.mark.requirement("B-7.3.2")
def test_an_empty_mandatory_item_refuses_the_signature_by_name_and_changes_nothing(accepted: Deal) -> None:
    accepted.stage.workers[0].credentials.filter(kind="health_check").update(verified_at=None)
    accepted.stage.workers[0].credentials.filter(kind="training").update(verified_at=None)
    accepted.order.refresh_from_db()
    from anxin.contracts.actions import draft
    from anxin.kit.actor import SYSTEM
    from anxin.orders.models import Assignment, Visit
    from anxin.orders.states import AssignmentState

    Assignment.objects.create(
        order=accepted.order, visit=Visit.objects.get(order=accepted.order), worker=accepted.stage.workers[0],
        state=AssignmentState.AGREED, state_at=NOON, created_at=NOON,
    )  # fmt: skip
    assignment = Assignment.objects.get()
    draft.complete(order_id=accepted.order.pk, assignment_id=assignment.pk, by=SYSTEM, at=NOON)
    before = len(queries.evidence_of(accepted.contract).links)
    with pytest.raises(refusals.ItemsMissing) as refused:
        sign.send_code(accepted.contract, by=accepted.customer, at=NOON)
    assert "家政服务员健康状况" in str(refused.value)
    assert "家政服务员技能培训情况" in str(refused.value)
    with pytest.raises(refusals.ItemsMissing):
        accepted.sign(code="123456")
    assert accepted.contract.state == ContractState.DRAFTING
    assert len(queries.evidence_of(accepted.contract).links) == before
    assert not Signature.objects.exists()


def test_only_the_customer_signs_and_only_the_agencys_head_seals(
    deal: Deal, zhou_min: Member, jia_dispatcher: Member
) -> None:
    for other in (zhou_min.actor, deal.head):
        with pytest.raises(refusals.OnlyCustomer):
            deal.sign(code="123456", by=other)
    with pytest.raises(refusals.CustomerFirst):
        deal.seal()
    deal.sign()
    for other in (deal.customer, deal.stage.rival.actor, jia_dispatcher.actor):
        with pytest.raises(refusals.OnlyAgency):
            deal.seal(by=other)
    with pytest.raises(refusals.AlreadySigned):
        deal.sign(code="123456")
    deal.seal()
    with pytest.raises(refusals.AlreadySealed):
        deal.seal()


def test_a_void_contract_is_not_signed(deal: Deal) -> None:
    from anxin.contracts.actions import draft

    contract = deal.contract
    draft.void(contract, reason="试", by=deal.head, at=NOON)
    with pytest.raises(refusals.ContractVoid):
        sign.sign(contract, drawn=drawn(), code="1", consent=True, seen="", by=deal.customer, at=NOON)


@pytest.mark.requirement("A-6.3.2e")
def test_the_first_sealing_makes_the_seal_and_the_log_shows_its_use(signed: Deal) -> None:
    seal = queries.seal_of(signed.stage.head.organisation.pk)
    assert seal is not None
    assert seal.name == "临安甲家政服务有限公司"
    assert [use.contract_id for use in queries.uses_of(seal)] == [signed.contract.pk]
    assert [h.person_id for h in queries.holders(seal.organisation_id, NOON)] == [signed.stage.head.id]
    with pytest.raises(refusals.SealInUse):
        keys.make_seal(organisation_id=seal.organisation_id, by=signed.head, at=NOON)


@pytest.mark.requirement("A-6.3.2e")
def test_a_suspended_seal_is_not_applied_and_a_revoked_one_never_again(deal: Deal) -> None:
    organisation = deal.stage.head.organisation.pk
    seal = keys.make_seal(organisation_id=organisation, by=deal.head, at=NOON)
    deal.sign()
    with pytest.raises(refusals.ReasonNeeded):
        keys.change_seal(seal, SealState.SUSPENDED, reason=" ", by=deal.head, at=NOON)
    with pytest.raises(refusals.OnlyAgency):
        keys.change_seal(seal, SealState.SUSPENDED, reason="换人保管", by=deal.stage.rival.actor, at=NOON)
    keys.change_seal(seal, SealState.SUSPENDED, reason="换人保管", by=deal.head, at=NOON)
    with pytest.raises(refusals.SealNotActive):
        deal.seal()
    keys.change_seal(seal, SealState.REVOKED, reason="名称变更", by=deal.head, at=NOON)
    with pytest.raises(Refusal):
        keys.change_seal(seal, SealState.ACTIVE, reason="再用", by=deal.head, at=NOON)
    with pytest.raises(refusals.SealNotActive):
        deal.seal()
    assert deal.contract.state == ContractState.CUSTOMER_SIGNED
    keys.make_seal(organisation_id=organisation, by=deal.head, at=NOON)
    assert deal.seal().state == ContractState.SIGNED
    assert Seal.objects.filter(organisation=organisation).count() == 2


def test_whoever_may_seal_is_warned_before_the_certificate_runs_out(signed: Deal) -> None:
    from anxin.contracts.actions.check import warn_of_expiry

    assert warn_of_expiry(at=NOON + timedelta(days=300)) == 0
    assert warn_of_expiry(at=NOON + timedelta(days=365 * 3 - 20)) == 1


def _together(work: list[Any]) -> list[Any]:
    """Run the calls at the same moment, each on its own connection; answers or refusals."""
    gate = threading.Barrier(len(work))
    answers: list[Any] = [None] * len(work)

    def run(i: int) -> None:
        gate.wait()
        try:
            answers[i] = work[i]()
        except Refusal as refusal:
            answers[i] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(i,)) for i in range(len(work))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.django_db(transaction=True)
def test_two_who_sign_and_two_who_seal_at_once_make_one_signature_each(deal: Deal) -> None:
    code, seen, contract = deal.code(), deal.seen, deal.contract
    given = {"drawn": drawn(), "code": code, "consent": True, "seen": seen, "by": deal.customer, "at": NOON}
    answers = _together([lambda: sign.sign(queries.by_id(contract.pk), **given)] * 3)
    assert sum(isinstance(a, Contract) for a in answers) == 1
    assert {type(a) for a in answers if not isinstance(a, Contract)} <= {
        CodeWrong,
        refusals.AlreadySigned,
        Moved,
    }
    seen = deal.seen
    answers = _together(
        [lambda: sign.apply_seal(queries.by_id(contract.pk), seen=seen, by=deal.head, at=NOON)] * 3
    )
    assert sum(isinstance(a, Contract) for a in answers) == 1
    assert {type(a) for a in answers if not isinstance(a, Contract)} <= {refusals.AlreadySealed, Moved}
    assert sorted(Signature.objects.values_list("party", flat=True)) == ["agency", "customer"]
    assert queries.evidence_of(deal.contract).fault is None


def test_who_presses_twice_is_told_that_they_have_signed_and_no_wrong_code_is_on_record(deal: Deal) -> None:
    pressed_too, seen, code = deal.contract, deal.seen, deal.code()
    deal.sign(code=code)
    with pytest.raises(refusals.AlreadySigned):
        sign.sign(pressed_too, drawn=drawn(), code=code, consent=True, seen=seen, by=deal.customer, at=NOON)
    kinds = [link.kind for link in queries.evidence_of(deal.contract).links]
    assert EvidenceKind.CODE_REFUSED not in kinds
    assert Signature.objects.count() == 1
