"""Several invoices issued at once: mixed outcomes, others' rows, twice the same, what it costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from anxin.payments import actions
from anxin.payments.models import Bill, InvoiceRequest
from anxin.payments.public import Cashier
from anxin.payments.values import PayWay, TitleKind
from tests.cast import NOON, Member

URL, DESK = "/invoices/issue/", "/invoices/"
Ask = Callable[..., InvoiceRequest]


@pytest.fixture(autouse=True)
def _at_noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def ask(make_order: Any, chen_jing: Member, cashier: Cashier) -> Ask:
    """A paid bill whose payer asks for an invoice."""

    def make(**order: Any) -> InvoiceRequest:
        bill = actions.draw_bill(order_id=make_order(**order).pk, at=NOON)
        actions.accept_bill(bill, by=chen_jing.actor, at=NOON)
        cashier.pay(actions.start_payment(bill, way=PayWay.NATIVE, by=chen_jing.actor, at=NOON).url, "pay")
        bill = Bill.objects.get(pk=bill.pk)
        return actions.request_invoice(
            bill, title_kind=TitleKind.PERSON, title="陈静", by=chen_jing.actor, at=NOON
        )

    return make


def _states(*rows: InvoiceRequest) -> list[str]:
    return [InvoiceRequest.objects.get(pk=row.pk).state for row in rows]


def test_each_row_is_issued_or_told_why_not(
    ask: Ask, client_of: Any, jia_finance: Member, chen_jing: Member, yi: Any
) -> None:
    first, second, back, foreign = ask(), ask(), ask(), ask(agency=yi)
    actions.withdraw_request(back, by=chen_jing.actor, at=NOON)
    rows = [first.number, second.number, back.number, foreign.number, "I0/nobody"]
    answer = client_of(jia_finance).post(URL, {"row": rows})
    assert answer.status_code == 200
    assert _states(first, second, back, foreign) == ["issuing", "issuing", "withdrawn", "submitted"]
    told = {one.number: one.refusal for one in answer.context["outcomes"]}
    assert (told[first.number], told[second.number]) == ("", "")
    assert told[back.number]
    assert "没有找到" in told[foreign.number]
    assert "没有找到" in told["I0/nobody"]
    assert "办成 2 条，未办成 3 条" in answer.content.decode()


def test_the_same_form_twice_issues_once_and_is_answered_twice(
    ask: Ask, client_of: Any, jia_finance: Member
) -> None:
    row, client = ask(), client_of(jia_finance)
    sent = {"row": [row.number], "idempotency_key": "batch-0001"}
    first, again = client.post(URL, sent), client.post(URL, sent)
    assert again.content == first.content
    assert again.headers["Idempotent-Replay"] == "true"
    other = client.post(URL, sent | {"idempotency_key": "batch-0002"})
    assert other.context["outcomes"][0].refusal
    assert row.history.filter(to_state="issuing").count() == 1


def test_who_may_not_issue_one_may_not_issue_many(
    ask: Ask, client_of: Any, jia_dispatcher: Member, chen_jing: Member
) -> None:
    row = ask()
    for who in (jia_dispatcher, chen_jing):
        assert client_of(who).post(URL, {"row": [row.number]}).status_code == 403
    assert _states(row) == ["submitted"]


def test_nothing_ticked_is_told(client_of: Any, jia_finance: Member) -> None:
    answer = client_of(jia_finance).post(URL, {})
    assert answer.status_code == 422
    assert "还没有勾选" in answer.content.decode()


def test_the_desk_has_a_box_for_what_can_be_issued(ask: Ask, client_of: Any, jia_finance: Member) -> None:
    open_one, running = ask(), ask()
    actions.issue_invoice(running, by=jia_finance.actor, at=NOON)
    page = client_of(jia_finance).get(DESK).content.decode()
    assert f'form="batch" name="row" value="{open_one.number}"' in page
    assert f'value="{running.number}"' not in page
    assert f'action="{reverse("payments:issue_chosen")}"' in page


def test_one_more_row_costs_what_one_row_costs(ask: Ask, client_of: Any, jia_finance: Member) -> None:
    client: Client = client_of(jia_finance)
    client.get(DESK)

    def cost(*rows: InvoiceRequest) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.post(URL, {"row": [row.number for row in rows]}).status_code == 200
        return len(seen)

    one, two, three = cost(ask()), cost(ask(), ask()), cost(ask(), ask(), ask())
    assert two - one == three - two


def test_chosen_bills_are_exported_and_nobody_elses(
    ask: Ask, client_of: Any, jia_finance: Member, yi: Any
) -> None:
    mine, left, foreign = ask().bill, ask().bill, ask(agency=yi).bill
    client = client_of(jia_finance)
    sent = {"format": "chosen", "row": [mine.number, foreign.number]}
    text = client.get("/bills/", sent).content.decode("utf-8-sig")
    assert mine.number in text
    assert left.number not in text
    assert foreign.number not in text
    assert client.get("/bills/", {"format": "chosen"}).status_code == 422
