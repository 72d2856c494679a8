"""The API: the same line as the pages, for programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client

from anxin.audit.models import Answer
from anxin.kit.jobs import drain
from anxin.payments.models import Bill, Payment
from anxin.payments.public import Cashier
from tests.cast import NOON, Member, token_of

pytestmark = pytest.mark.django_db
Call = Callable[..., Any]


@pytest.fixture(autouse=True)
def _at_noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def call(client: Client) -> Call:
    """call(member, "POST", "/bills/…", json) → (status, body)."""
    headers: dict[Any, dict[str, str]] = {}

    def make(who: Member, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        if who.id not in headers:
            headers[who.id] = token_of(who.person, who.appointment)
        answer = client.generic(
            method, f"/api/v1{path}", json.dumps(body or {}),
            content_type="application/json", headers=headers[who.id],
        )  # fmt: skip
        return answer.status_code, answer.json()

    return make


@pytest.mark.requirement("B-7.8.1", "B-7.8.2", "B-7.8.3")
def test_the_whole_line_from_bill_to_invoice(
    bill: Bill, call: Call, chen_jing: Member, jia_finance: Member, cashier: Cashier
) -> None:
    base = f"/bills/{bill.number}"
    status, told = call(chen_jing, "GET", base)
    assert (status, told["due_fen"], [line["amount_fen"] for line in told["lines"]]) == (
        200,
        14500,
        [13500, 1000],
    )
    assert call(chen_jing, "POST", f"{base}/questions", {"text": "？"})[1]["state"] == "questioned"
    adjusted = {"adjustments": [{"label": "减免", "amount_fen": -500}], "reason": "迟到"}
    status, told = call(jia_finance, "POST", f"{base}/adjustments", adjusted)
    assert (status, told["version"], told["due_fen"], told["supersedes"]) == (200, 2, 14000, bill.number)
    base = f"/bills/{told['number']}"
    assert call(chen_jing, "POST", f"{base}/acceptance")[1]["state"] == "accepted"
    status, payment = call(chen_jing, "POST", f"{base}/payments", {"way": "native"})
    assert (status, payment["amount_fen"], payment["state"]) == (200, 14000, "pending")
    cashier.pay(payment["url"], "silent")
    assert call(chen_jing, "POST", f"{base}/payments/check")[1][0]["state"] == "succeeded"
    status, told = call(jia_finance, "POST", f"{base}/refunds", {"amount_fen": 4000, "reason": "x"})
    assert (status, told["refunds"][0]["state"]) == (200, "requested")
    drain(NOON)
    cashier.channel.step()
    assert call(chen_jing, "GET", base)[1]["refunded_fen"] == 4000
    wish = {"title_kind": "person", "title": "陈静"}
    number = call(chen_jing, "POST", f"{base}/invoice-requests", wish)[1]["number"]
    assert call(jia_finance, "POST", f"/invoice-requests/{number}/issue")[1]["state"] == "issuing"
    drain(NOON)
    told = call(chen_jing, "GET", f"/invoice-requests/{number}")[1]
    assert (told["state"], told["papers"][0]["gross_fen"]) == ("delivered", 10000)
    assert [row["number"] for row in call(chen_jing, "GET", "/bills")[1]] == [told["bill"]]
    assert [row["number"] for row in call(jia_finance, "GET", "/bills")[1]] == [told["bill"]]


def test_refusals_have_their_status_and_code(
    bill: Bill, call: Call, chen_jing: Member, stranger: Member, jia_finance: Member, yi_finance: Member
) -> None:
    base = f"/bills/{bill.number}"
    for who, method, path, body, status, code in (
        (stranger, "GET", base, None, 404, "bill_unknown"),
        (yi_finance, "GET", base, None, 404, "bill_unknown"),
        (stranger, "POST", f"{base}/refunds", {"amount_fen": 1, "reason": "x"}, 403, "forbidden"),
        (yi_finance, "POST", f"{base}/adjustments", {"adjustments": [], "reason": "x"}, 404, "bill_unknown"),
        (chen_jing, "POST", f"{base}/payments", {"way": "native"}, 409, "not_accepted"),
        (chen_jing, "POST", f"{base}/payments", {"way": "cash"}, 422, "malformed"),
        (jia_finance, "POST", f"{base}/acceptance", None, 403, "only_payer"),
        (jia_finance, "POST", f"{base}/refunds", {"amount_fen": 1, "reason": "x"}, 409, "nothing_paid"),
        (jia_finance, "POST", f"{base}/refunds", {"amount_fen": -1, "reason": "x"}, 422, "malformed"),
        (jia_finance, "POST", "/reconciliations/2026-03-18", None, 403, "forbidden"),
    ):
        answer = call(who, method, path, body)
        assert (answer[0], answer[1]["code"]) == (status, code), path
    assert Bill.objects.get().state == "drawn"
    assert not Payment.objects.exists()


def test_the_operator_reconciles(paid: Payment, call: Call, operations: Member) -> None:
    status, told = call(operations, "POST", "/reconciliations/2026-03-18")
    assert (status, told["trades"], told["paid_fen"], told["differences"]) == (200, 1, 14500, 0)
    Payment.objects.update(paid_fen=1, allocated_fen=1)
    call(operations, "POST", "/reconciliations/2026-03-18")
    [row] = call(operations, "GET", "/reconciliation-differences")[1]
    assert row["kind"] == "amount"
    path = f"/reconciliation-differences/{row['id']}/resolution"
    assert call(operations, "POST", path, {"text": "已更正"})[1]["resolution"] == "已更正"
    assert call(operations, "GET", "/reconciliation-differences")[1] == []


def test_the_operator_ends_an_abnormal_refund(
    paid: Payment, call: Call, operations: Member, jia_finance: Member, cashier: Cashier
) -> None:
    cashier.channel.set_refund_way(paid.number, "abnormal")
    call(jia_finance, "POST", f"/bills/{paid.bill.number}/refunds", {"amount_fen": 100, "reason": "x"})
    drain(NOON)
    cashier.channel.step()
    number = paid.refunds.get().number
    path, end = f"/refunds/{number}/resolution", {"paid_out": True, "note": "已转账"}
    assert call(jia_finance, "POST", path, end)[0] == 403
    assert call(operations, "POST", path, end)[1]["state"] == "succeeded"
    assert call(operations, "POST", path, end)[0] == 409


@pytest.mark.requirement("B-7.8.3")
def test_a_request_for_an_invoice_is_taken_back(
    paid: Payment, call: Call, chen_jing: Member, jia_finance: Member
) -> None:
    wish = {"title_kind": "person", "title": "陈静"}
    number = call(chen_jing, "POST", f"/bills/{paid.bill.number}/invoice-requests", wish)[1]["number"]
    address = f"/invoice-requests/{number}/withdrawal"

    assert call(jia_finance, "POST", address)[0] == 403
    assert call(chen_jing, "POST", address)[1]["state"] == "withdrawn"
    assert call(jia_finance, "POST", f"/invoice-requests/{number}/issue")[0] == 409
    again = call(chen_jing, "POST", f"/bills/{paid.bill.number}/invoice-requests", wish)
    assert again[0] == 200


def test_a_key_brings_no_transaction_around_what_is_said_to_the_channel(
    accepted: Bill, cashier: Cashier, client: Client, chen_jing: Member
) -> None:
    headers = {**token_of(chen_jing.person), "Idempotency-Key": "key-for-a-payment"}
    answers = [
        client.post(
            f"/api/v1/bills/{accepted.number}/payments", {"way": "native"}, content_type="application/json",
            headers=headers,
        )
        for _ in range(2)
    ]  # fmt: skip
    assert [one.status_code for one in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert not Answer.objects.exists()
