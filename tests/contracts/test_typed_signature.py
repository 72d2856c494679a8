"""Who cannot draw signs all the same: the name typed, confirmed by the same code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client

from anxin.accounts import public as accounts
from anxin.accounts.values import Purpose
from anxin.contracts import queries
from anxin.contracts.actions import refusals
from anxin.contracts.engine.verify import verify
from anxin.contracts.models import Signature
from anxin.contracts.states import ContractState
from anxin.contracts.values import EvidenceKind
from anxin.kit.ink import NotTheName, write
from tests.cast import NOON
from tests.contracts.conftest import Deal, last_code

At = Callable[..., Client]


@pytest.fixture(autouse=True)
def at_noon() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.mark.requirement("B-7.3.2", "A-6.5.1")
def test_a_typed_name_and_the_code_sign_as_a_drawing_does(deal: Deal) -> None:
    deal.sign(drawn="", written=" 陈 静 ")
    row = Signature.objects.get()
    assert row.read_picture().startswith(b"\x89PNG")
    assert [
        link.detail["way"]
        for link in queries.evidence_of(deal.contract).links
        if link.kind == EvidenceKind.SIGNED
    ] == ["written"]
    deal.seal()
    paper, root = queries.document_of(deal.contract), queries.root_certificate()
    assert deal.contract.state == ContractState.SIGNED
    assert paper is not None
    assert root is not None
    assert verify(paper.read(), root=root, at=NOON).sound


def test_another_name_or_none_signs_nothing_and_leaves_the_code_good(deal: Deal) -> None:
    code = deal.code()
    for written in ("陈京", "", "  "):
        with pytest.raises(refusals.NameDiffers):
            deal.sign(drawn="", written=written, code=code)
    assert deal.contract.state == ContractState.READY
    assert deal.sign(drawn="", written="陈静", code=code).state == ContractState.CUSTOMER_SIGNED


@pytest.mark.parametrize("typed", ["艾力·买买提", "艾力•买买提", "艾力买买提", "艾力 买买提"])
def test_the_dot_within_a_name_may_be_any_or_none(typed: str) -> None:
    assert write(typed, "艾力·买买提").startswith(b"\x89PNG")
    with pytest.raises(NotTheName):
        write("艾力", "艾力·买买提")


def test_who_took_their_handwriting_back_still_signs_by_typing(deal: Deal) -> None:
    accounts.give_consent(purpose=Purpose.HANDWRITING, version=2, by=deal.customer, at=NOON)
    accounts.withdraw_consent(purpose=Purpose.HANDWRITING, by=deal.customer, at=NOON)
    assert deal.sign(drawn="", written="陈静").state == ContractState.CUSTOMER_SIGNED


@pytest.mark.requirement("B-7.3.2", "A-6.5.1")
def test_the_page_signs_without_script_and_keeps_what_was_typed_when_the_code_is_sent(
    deal: Deal, client_of: At
) -> None:
    customer, where = client_of(deal.stage.customer), f"/contracts/{deal.contract.number}"
    form = {"seen": deal.seen, "drawn": "", "consent": "on", "idempotency_key": "the-key-of-the-form"}
    nothing = customer.post(f"{where}/signature/", form | {"code": "", "idempotency_key": "an-earlier-key"})
    assert nothing.status_code == 422
    assert "请手写签名，或者输入您的姓名。" in nothing.content.decode()
    sent = customer.post(f"{where}/code/", form | {"written": "陈静"})
    page = sent.content.decode()
    assert sent.status_code == 200
    assert 'value="陈静"' in page
    assert 'name="consent"' in page
    assert "checked" in page.split('name="consent"')[1].split(">")[0]
    # The form's key is still its own: the sending of the code has not used it up.
    done = customer.post(f"{where}/signature/", form | {"written": "陈静", "code": last_code()})
    assert done.status_code == 303
    assert deal.contract.state == ContractState.CUSTOMER_SIGNED
    assert "输入姓名签名" in customer.get(f"{where}/evidence/").content.decode()
