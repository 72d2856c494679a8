"""A letter in a name that no font has: everybody learns what to do, and the corrected name lets the contract go on."""

from __future__ import annotations

import pytest

from anxin.accounts import public as accounts
from anxin.contracts.states import ContractState
from anxin.kit import jobs
from anxin.kit.actor import SYSTEM
from anxin.orders.models import Note
from tests.cast import NOON
from tests.contracts.conftest import Deal

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("B-7.3.2")]
RARE = "王\U00031350"
NEXT = ("合同还不能签", "\U00031350")


def renamed(person_id: object, name: str) -> None:
    accounts.correct_name(person_id=person_id, name=name, by=SYSTEM, at=NOON)  # type: ignore[arg-type]
    jobs.drain(NOON)


@pytest.mark.parametrize("party", ["customer", "worker"])
def test_all_sides_are_told_and_the_corrected_name_goes_on(accepted: Deal, client_of, party: str) -> None:  # type: ignore[no-untyped-def]
    stage = accepted.stage
    whose = stage.customer if party == "customer" else stage.people[0]
    renamed(whose.person.pk, RARE)
    accepted.agree()
    contract = accepted.contract
    assert (contract.state, contract.document) == (ContractState.DRAFTING, None)
    assert Note.objects.filter(order=accepted.order, kind="contract_unprintable").count() == 1
    for who in (stage.customer, stage.people[0], stage.head):
        page = client_of(who).get(f"/orders/{accepted.order.number}/").content.decode()
        assert all(words in page for words in NEXT), who
    for who in (stage.customer, stage.head):
        page = client_of(who).get(f"/contracts/{contract.number}/")
        assert page.status_code == 200
        assert "字库里没有“\U00031350”" in page.content.decode()
    renamed(whose.person.pk, "王小明")
    assert accepted.contract.state == ContractState.READY
    assert accepted.contract.values[f"{party}.name"] == "王小明"
    accepted.sign()
    assert accepted.seal().state == ContractState.SIGNED


def test_a_paper_that_could_be_signed_is_not_while_a_name_cannot_be_printed(deal: Deal) -> None:
    renamed(deal.stage.customer.person.pk, RARE)
    assert deal.contract.state == ContractState.DRAFTING
    renamed(deal.stage.customer.person.pk, "王小明")
    assert deal.contract.state == ContractState.READY


def test_a_corrected_name_leaves_what_was_signed(deal: Deal) -> None:
    deal.sign()
    before = deal.contract
    renamed(deal.stage.customer.person.pk, "王小明")
    assert deal.contract.document_id == before.document_id
    assert deal.contract.state == ContractState.CUSTOMER_SIGNED
