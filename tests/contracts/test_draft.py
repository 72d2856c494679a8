"""A contract is generated at acceptance and completed when worker and customer have agreed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from django.db import DatabaseError, transaction
from PIL import Image

from anxin.contracts import public as contracts
from anxin.contracts import queries
from anxin.contracts.actions import draft
from anxin.contracts.models import Contract, Document, Evidence
from anxin.contracts.states import CONTRACT, ContractState
from anxin.contracts.values import EvidenceKind
from anxin.customers import public as customers
from anxin.kit import jobs
from anxin.kit.actor import SYSTEM
from anxin.orders.actions import change, offer
from anxin.orders.states import OrderState
from anxin.places import public as places
from tests.cast import NOON
from tests.contracts.conftest import Deal
from tests.stage import Stage


@pytest.mark.requirement("B-7.3.2")
def test_acceptance_generates_the_contract_with_the_frozen_terms(accepted: Deal) -> None:
    contract = accepted.contract
    assert contract.state == ContractState.DRAFTING
    assert contract.values["agency.name"] == "临安甲家政服务有限公司"
    assert contract.values["fee.amount"] == "150.00"
    assert contract.values["fee.capital"] == "壹佰伍拾元整"
    assert ["服务单价", "50.00 元/小时"] in contract.facts["prices"]
    assert [item.key for item in queries.missing_items(contract)] == [
        "worker.name", "worker.id_number", "worker.health", "worker.training", "worker.phone",
    ]  # fmt: skip
    assert contract.document is None


def test_the_place_names_the_village(stage: Stage) -> None:
    village = places.villages(stage.address.town_code)[0]
    address = customers.add_address(
        contact_name="陈静", contact_phone="13900000001", town_code=stage.address.town_code, village_code=village.code,
        detail="8 号", label="老家", by=stage.customer.actor, at=NOON,
    )  # fmt: skip
    order = stage.ask(address_id=address.pk)
    offer.accept(order, organisation_id=stage.head.organisation.pk, by=stage.head.actor, at=NOON)
    jobs.drain(NOON)
    values = Deal(stage, order).contract.values
    assert values["service.place"].endswith(f"锦城街道{village.short_name}8 号")
    assert values["customer.residence"] == values["service.place"]


def test_drafting_twice_is_one_contract(accepted: Deal) -> None:
    again = draft.draft(order_id=accepted.order.pk, by=SYSTEM, at=NOON)
    assert again.pk == accepted.contract.pk
    assert Contract.objects.count() == 1


@pytest.mark.requirement("B-7.3.2")
def test_the_agreed_worker_completes_it_and_the_customer_is_told(deal: Deal) -> None:
    contract = deal.contract
    assert contract.state == ContractState.READY
    assert contract.values["worker.name"] == "王芳"
    assert contract.values["worker.health"].startswith("健康体检合格")
    assert queries.missing_items(contract) == []
    assert contract.document is not None
    facts = contracts.contract_of(deal.order.pk)
    assert facts is not None
    assert facts.waits_for_customer
    assert deal.order.notes.filter(kind="contract_ready").exists()


@pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="poppler-utils is not installed (pdftoppm)")
def test_the_code_on_the_paper_leads_to_the_verification_page(
    deal: Deal, tmp_path: Path, settings: Any
) -> None:
    paper = queries.document_of(deal.contract)
    assert paper is not None
    (tmp_path / "c.pdf").write_bytes(paper.read())
    subprocess.run(["pdftoppm", "-r", "150", "-l", "1", "-png", "c.pdf", "c"], cwd=tmp_path, check=True)
    found = zxingcpp.read_barcodes(Image.open(next(tmp_path.glob("*.png"))))
    assert [code.text for code in found] == [f"{settings.ANXIN_ORIGIN}/verify/{deal.contract.number}/"]


def test_completing_twice_changes_nothing(deal: Deal) -> None:
    before = deal.contract
    assignment = before.assignment_id
    draft.complete(order_id=deal.order.pk, assignment_id=assignment, by=SYSTEM, at=NOON)
    assert deal.contract.document_id == before.document_id
    assert deal.contract.revision == before.revision == 1


def test_a_worker_without_a_valid_health_check_leaves_the_contract_drafting(accepted: Deal) -> None:
    accepted.stage.workers[0].credentials.filter(kind="training").update(verified_at=None)
    accepted.agree()
    assert accepted.contract.state == ContractState.DRAFTING
    facts = contracts.contract_of(accepted.order.pk)
    assert facts is not None
    assert facts.missing == ("家政服务员技能培训情况",)


@pytest.mark.requirement("B-7.3.2")
def test_another_worker_before_signing_is_written_into_the_same_contract(deal: Deal) -> None:
    first = deal.contract
    deal.agree(1, replaces=deal.contract.assignment)
    assert deal.contract.pk == first.pk
    assert deal.contract.values["worker.name"] == "李梅"
    assert deal.contract.revision == 2
    assert deal.contract.state == ContractState.READY


def test_another_worker_after_the_customer_signed_voids_and_draws_up_anew(deal: Deal) -> None:
    first = deal.sign()
    deal.agree(1, replaces=deal.contract.assignment)
    first.refresh_from_db()
    assert first.state == ContractState.VOID
    assert deal.contract.pk != first.pk
    assert deal.contract.state == ContractState.READY
    assert deal.contract.values["worker.name"] == "李梅"


@pytest.mark.requirement("B-7.3.2")
def test_another_worker_after_signing_is_an_addendum_that_both_sign_again(signed: Deal) -> None:
    parent = signed.contract
    signed.later(hours=1).agree(1, replaces=parent.assignment)
    addendum = signed.contract
    assert addendum.is_addendum
    assert addendum.parent_id == parent.pk
    assert addendum.values["addendum.parent"] == parent.number
    signed.order.refresh_from_db()
    assert signed.order.state == OrderState.CONTRACTING
    signed.sign()
    signed.seal()
    signed.order.refresh_from_db()
    assert signed.order.state == OrderState.SIGNED
    assert [c.state for c in contracts.contracts_of(signed.order.pk)] == ["signed", "signed"]
    parent.refresh_from_db()
    assert parent.state == ContractState.SIGNED


def test_a_cancelled_order_voids_its_contract_and_keeps_the_evidence(deal: Deal) -> None:
    contract = deal.contract
    change.cancel(deal.order, reason="不需要了", by=deal.customer, at=NOON)
    jobs.drain(NOON)
    contract.refresh_from_db()
    assert contract.state == ContractState.VOID
    assert queries.evidence_of(contract).links[-1].kind == EvidenceKind.VOIDED
    assert contracts.contract_of(deal.order.pk) is None


def test_the_state_table_leads_from_drafting_to_void_and_nowhere_after() -> None:
    assert CONTRACT.initial is ContractState.DRAFTING
    assert CONTRACT.final == (ContractState.VOID,)
    assert CONTRACT.verbs(ContractState.READY) == {"reopen", "sign", "void"}
    assert CONTRACT.verbs(ContractState.CUSTOMER_SIGNED) == {"countersign", "seal", "void"}


def test_the_database_refuses_to_change_what_was_signed(signed: Deal) -> None:
    contract = signed.contract
    changes = [
        lambda: Evidence.objects.filter(contract=contract).update(kind="read"),
        lambda: Evidence.objects.filter(contract=contract).delete(),
        lambda: Document.objects.filter(contract=contract).update(sha256="0" * 64),
        lambda: contract.signatures.update(serial="0"),
        lambda: type(contract.template).objects.update(source="x"),
        lambda: Contract.objects.filter(pk=contract.pk).update(revision=9),
        lambda: Contract.objects.filter(pk=contract.pk).update(document=None),
    ]
    for change_it in changes:
        with pytest.raises(DatabaseError), transaction.atomic():
            change_it()
    assert queries.evidence_of(signed.contract).fault is None


@pytest.mark.requirement("B-7.3.2")
def test_a_heart_in_the_wishes_does_not_hold_the_contract_up(stage: Stage) -> None:
    """The job that sets it would have failed for ever, and both sides waited for a contract “in a moment”."""
    order = stage.ask(wishes="家里有猫🐱，谢谢阿姨❤️")
    offer.accept(order, organisation_id=stage.head.organisation.pk, by=stage.head.actor, at=NOON)
    jobs.drain(NOON)
    deal = Deal(stage, order)
    deal.agree()
    assert deal.contract.state == ContractState.READY
    assert deal.contract.values["service.remarks"] == "家里有猫，谢谢阿姨"
    order.refresh_from_db()
    assert order.wishes == "家里有猫🐱，谢谢阿姨❤️", "who comes reads it as it was written"
