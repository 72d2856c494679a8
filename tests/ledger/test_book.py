"""The book as people and programs read it."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine

from anxin.accounts.public import Organisation
from anxin.kit.actor import SYSTEM
from anxin.ledger.public import post
from anxin.ledger.values import AccountRef, Code, credit, debit
from tests.cast import NOON, Member, token_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def posted(jia: Organisation) -> None:
    for place, amount in enumerate((10000, 2345)):
        post(
            what=f"账单 {place}", source="test", source_id=str(place), by=SYSTEM, at=NOON,
            lines=[
                debit(AccountRef(Code.PLATFORM_RECEIVABLE, organisation_id=jia.pk), amount),
                credit(AccountRef(Code.SERVICE_INCOME, organisation_id=jia.pk), amount),
                debit(AccountRef(Code.CHANNEL_CLEARING), amount),
                credit(AccountRef(Code.AGENCY_PAYABLE, about_organisation_id=jia.pk), amount),
            ],
        )  # fmt: skip


@pytest.mark.requirement("A-6.3.3b")
def test_the_agency_reads_its_balances_and_journal(posted: None, client_of: Any, jia_finance: Member) -> None:
    with time_machine.travel(NOON, tick=False):
        page = client_of(jia_finance).get("/book/").content.decode()
    for words in ("服务收入", "¥123.45", "应收平台款", "借贷相等", "账单 1"):
        assert words in page
    assert "支付渠道待清算款" not in page


def test_the_operator_reads_the_platforms_book(posted: None, client_of: Any, operations: Member) -> None:
    with time_machine.travel(NOON, tick=False):
        page = client_of(operations).get("/book/").content.decode()
    assert "支付渠道待清算款" in page
    assert "服务收入" not in page


def test_others_have_no_book(
    posted: None, client_of: Any, yi_finance: Member, jia_dispatcher: Member, stranger: Member
) -> None:
    with time_machine.travel(NOON, tick=False):
        assert "还没有账目" in client_of(yi_finance).get("/book/").content.decode()
        for who in (jia_dispatcher, stranger):
            assert client_of(who).get("/book/").status_code == 403


def test_the_api_tells_the_same(posted: None, client: Any, jia_finance: Member) -> None:
    with time_machine.travel(NOON, tick=False):
        headers = token_of(jia_finance.person, jia_finance.appointment)
        rows = client.get("/api/v1/ledger/balances", headers=headers).json()
        entries = client.get("/api/v1/ledger/entries", headers=headers).json()
    assert {row["code"]: row["amount_fen"] for row in rows} == {
        "platform_receivable": 12345,
        "service_income": 12345,
    }
    assert sum(row["raw_fen"] for row in rows) == 0
    assert all(sum(p["amount_fen"] for p in entry["postings"]) == 0 for entry in entries)
