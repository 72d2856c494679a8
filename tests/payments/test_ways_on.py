"""Old links and second tabs: whoever comes too early or too late is led to the bill's next step, not turned away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from anxin.kit.jobs import drain
from anxin.payments import actions
from anxin.payments.models import Bill, Payment
from anxin.payments.public import Cashier
from anxin.payments.values import Adjustment
from tests.cast import NOON, Member

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def customer(client_of: Callable[..., Client], chen_jing: Member) -> Client:
    return client_of(chen_jing)


def _url(name: str, *args: Any) -> str:
    return reverse(f"payments:{name}", args=args)


@pytest.mark.requirement("B-7.8.1")
@pytest.mark.parametrize("name", ["payment", "result"])
def test_before_acceptance_the_cashier_leads_to_the_bill_with_words(
    bill: Bill, customer: Client, name: str
) -> None:
    answer = customer.get(_url(name, bill.number), follow=True)
    assert answer.redirect_chain == [(_url("bill", bill.number), 303)]
    assert "请先核对账单" in answer.content.decode()
    assert customer.post(_url("start", bill.number), {"way": "h5"})["Location"] == _url("bill", bill.number)
    assert not Payment.objects.exists()


def test_while_the_agency_looks_into_a_question_the_cashier_leads_to_the_bill(
    bill: Bill, customer: Client, chen_jing: Member
) -> None:
    actions.question_bill(bill, text="为什么？", by=chen_jing.actor, at=NOON)
    answer = customer.get(_url("payment", bill.number), follow=True)
    assert "现在不用付款" in answer.content.decode()
    assert customer.post(_url("acceptance", bill.number))["Location"] == _url("bill", bill.number)
    assert Bill.objects.get().state == "questioned"


def test_a_bill_found_right_in_two_tabs_leads_on_from_both(accepted: Bill, customer: Client) -> None:
    assert customer.post(_url("acceptance", accepted.number))["Location"] == _url("payment", accepted.number)


def test_a_bill_that_was_corrected_meanwhile_leads_to_the_newer_one(
    bill: Bill, customer: Client, jia_finance: Member
) -> None:
    change = [Adjustment("减免", -500)]
    newer = actions.adjust_bill(bill, adjustments=change, reason="迟到", by=jia_finance.actor, at=NOON)
    for answer in (
        customer.post(_url("acceptance", bill.number)),
        customer.get(_url("payment", bill.number)),
        customer.get(_url("result", bill.number)),
    ):
        assert (answer.status_code, answer["Location"]) == (303, _url("bill", newer.number))
    newer.refresh_from_db()
    assert newer.state == "drawn", "the newer version was not read yet"


def test_the_agency_finds_the_bill_and_not_the_customers_cashier(
    accepted: Bill, client_of: Callable[..., Client], jia_finance: Member
) -> None:
    desk = client_of(jia_finance)
    for name in ("payment", "result"):
        assert desk.get(_url(name, accepted.number))["Location"] == _url("bill", accepted.number)


@pytest.mark.requirement("B-7.8.2")
def test_paying_again_in_a_second_tab_leads_to_the_result(
    accepted: Bill, customer: Client, cashier: Cashier
) -> None:
    customer.post(_url("start", accepted.number), {"way": "h5"})
    cashier.pay(Payment.objects.get().url, "pay")
    assert customer.post(_url("start", accepted.number), {"way": "native"})["Location"] == _url(
        "result", accepted.number
    )
    assert Payment.objects.count() == 1


@pytest.mark.requirement("B-7.8.2")
def test_the_page_after_paying_never_says_both_that_money_came_and_that_it_did_not(
    accepted: Bill, customer: Client, cashier: Cashier
) -> None:
    customer.post(_url("start", accepted.number), {"way": "h5"})
    page = customer.get(_url("result", accepted.number)).content.decode()
    assert "还没有收到付款" in page
    part = _url("payment_status", accepted.number) + "?after=1"
    assert f'data-live-refresh="{part}"' in page
    assert page.index("我已付款，查一下") < page.index("去微信支付"), "who has paid is not asked to pay first"
    assert "还没有收到付款" in customer.get(part).content.decode()
    cashier.pay(Payment.objects.get().url, "pay")
    told = customer.get(part).content.decode()
    assert "付款成功" in told
    assert "还没有收到付款" not in told


@pytest.mark.requirement("B-7.8.2")
def test_what_is_past_its_time_is_not_offered_and_can_still_be_asked_about(
    accepted: Bill, customer: Client, cashier: Cashier
) -> None:
    customer.post(_url("start", accepted.number), {"way": "h5"})
    Payment.objects.update(expires_at=NOON + timedelta(seconds=30))
    page = customer.get(_url("payment", accepted.number)).content.decode()
    assert "去微信支付" not in page
    assert "在这台手机上用微信支付" in page
    assert "我已付款，查一下" in page
    customer.post(_url("start", accepted.number), {"way": "h5"})
    drain(NOON)
    assert sorted(Payment.objects.values_list("state", flat=True)) == ["closed", "pending"]


def test_a_deposit_paid_does_not_ask_for_a_review(
    make_order: Any, customer: Client, chen_jing: Member
) -> None:
    bill = actions.draw_bill(order_id=make_order().pk, at=NOON)
    actions.accept_bill(bill, by=chen_jing.actor, at=NOON)
    Bill.objects.filter(pk=bill.pk).update(kind="cancellation", state="paid")
    page = customer.get(_url("result", bill.number)).content.decode()
    assert "回到订单" in page
    assert "评价这次服务" not in page
