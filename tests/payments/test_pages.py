"""The pages: customer's bill and cashier, the callback, the agency's desk, invoices, reconciliation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from anxin.kit.jobs import drain
from anxin.payments import actions
from anxin.payments.models import Bill, CallbackLog, InvoiceRequest, Payment, Refund
from anxin.payments.public import Cashier
from anxin.payments.values import PayWay
from tests.cast import NOON, Member

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def customer(client_of: Callable[..., Client], chen_jing: Member) -> Client:
    return client_of(chen_jing)


@pytest.fixture
def finance(client_of: Callable[..., Client], jia_finance: Member) -> Client:
    return client_of(jia_finance)


def _url(name: str, *args: Any) -> str:
    return reverse(f"payments:{name}", args=args)


@pytest.mark.requirement("B-7.8.1")
def test_the_customer_checks_the_bill_accepts_and_comes_to_the_cashier(bill: Bill, customer: Client) -> None:
    page = customer.get(_url("bill", bill.number)).content.decode()
    for words in ("服务费", "3 小时 × ¥45.00", "上门费", "¥145.00", "壹佰肆拾伍元整", "我有疑问"):
        assert words in page
    answer = customer.post(_url("acceptance", bill.number))
    assert (answer.status_code, answer["Location"]) == (303, _url("payment", bill.number))
    assert "在这台手机上用微信支付" in customer.get(answer["Location"]).content.decode()


def test_the_list_shows_ones_own_bills(
    bill: Bill, customer: Client, client_of: Any, zhou_min: Member
) -> None:
    assert bill.number in customer.get(_url("mine")).content.decode()
    assert bill.number not in client_of(zhou_min).get(_url("mine")).content.decode()


def test_a_question_without_words_comes_back_with_the_form(bill: Bill, customer: Client) -> None:
    answer = customer.post(_url("question", bill.number), {"text": " "})
    assert answer.status_code == 422
    assert Bill.objects.get().state == "drawn"


def test_question_and_answer_over_the_pages(bill: Bill, customer: Client, finance: Client) -> None:
    assert customer.post(_url("question", bill.number), {"text": "为什么有上门费？"}).status_code == 303
    desk = finance.get(_url("bills") + "?state=questioned").content.decode()
    assert bill.number in desk
    assert "为什么有上门费？" in desk
    assert "为什么有上门费？" in finance.get(_url("bill", bill.number)).content.decode()
    assert finance.post(_url("answer", bill.number), {"answer": "合同写明"}).status_code == 303
    assert "合同写明" in customer.get(_url("bill", bill.number)).content.decode()


def test_a_correction_over_the_desk(bill: Bill, customer: Client, finance: Client) -> None:
    form = {"direction": "off", "label": "迟到减免", "amount": "20", "reason": "迟到"}
    assert finance.post(_url("adjustment", bill.number), form | {"amount": "abc"}).status_code == 422
    assert finance.post(_url("adjustment", bill.number), form | {"amount": "200"}).status_code == 422
    assert Bill.objects.count() == 1
    answer = finance.post(_url("adjustment", bill.number), form)
    newer = Bill.objects.get(version=2)
    assert answer["Location"] == _url("bill", newer.number)
    assert newer.due_fen == 12500
    assert "迟到减免" in customer.get(_url("bill", newer.number)).content.decode()
    assert _url("bill", newer.number) in customer.get(_url("bill", bill.number)).content.decode()


@pytest.mark.requirement("B-7.8.2")
def test_scan_pay_and_see_the_result(accepted: Bill, customer: Client, cashier: Cashier) -> None:
    server = Client()

    def deliver(headers: Any, body: bytes) -> int:
        return server.post(
            _url("callback"), body, content_type="application/json", headers=dict(headers)
        ).status_code

    cashier.deliver = deliver
    assert customer.post(_url("start", accepted.number), {"way": "native"}).status_code == 303
    page = customer.get(_url("payment", accepted.number)).content.decode()
    assert "data:image/svg+xml" in page
    assert "/wechat/scan?code=weixin" in page
    cashier.pay(Payment.objects.get().url, "twice", copies=3)
    assert cashier.answers == [204, 204, 204]
    assert customer.get(_url("payment", accepted.number))["Location"] == _url("result", accepted.number)
    assert "付款成功" in customer.get(_url("result", accepted.number)).content.decode()
    assert "付款成功" in customer.get(_url("payment_status", accepted.number)).content.decode()


def test_pay_on_the_phone_and_ask_for_what_nobody_told(
    accepted: Bill, customer: Client, cashier: Cashier
) -> None:
    customer.post(_url("start", accepted.number), {"way": "h5"})
    payment = Payment.objects.get()
    page = customer.get(_url("payment", accepted.number)).content.decode()
    assert f"{payment.url}?redirect_url=" in page
    assert "还没有收到付款" in customer.get(_url("result", accepted.number)).content.decode()
    early = customer.post(_url("check", accepted.number), follow=True)
    assert early.redirect_chain[-1][0] == _url("payment", accepted.number)
    assert "还没有收到付款" in early.content.decode(), "who asks is answered, also when there is nothing yet"
    cashier.pay(payment.url, "silent")
    assert customer.post(_url("check", accepted.number))["Location"] == _url("result", accepted.number)
    assert Bill.objects.get().state == "paid"


def test_what_starts_a_payment_goes_when_the_money_has_come(
    accepted: Bill, customer: Client, cashier: Cashier
) -> None:
    """The page follows by itself; beside “paid” it still offered to pay in the other way, which was then refused."""
    customer.post(_url("start", accepted.number), {"way": "h5"})
    assert "显示二维码" in customer.get(_url("payment_status", accepted.number)).content.decode()
    cashier.pay(Payment.objects.get().url, "silent")
    customer.post(_url("check", accepted.number))
    assert "显示二维码" not in customer.get(_url("payment_status", accepted.number)).content.decode()


def test_a_silent_channel_is_told_in_words(
    accepted: Bill, customer: Client, cashier: Cashier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cashier.channel.notices, "signed", lambda body: {})
    answer = customer.post(_url("start", accepted.number), {"way": "native"})
    assert answer.status_code == 503
    assert "没有扣款" in answer.content.decode()


@pytest.mark.requirement("B-7.8.2")
@pytest.mark.parametrize("body", [b"", b"{}", b"\xff\xfe", b"x" * 70_000])
def test_the_callback_believes_nobody_without_a_signature(db: None, body: bytes, cashier: Cashier) -> None:
    answer = Client(enforce_csrf_checks=True).post(_url("callback"), body, content_type="application/json")
    assert answer.status_code in (401, 413, 415)
    assert answer.json()["code"] == "FAIL"
    assert CallbackLog.objects.filter(outcome="forged").count() == (1 if answer.status_code == 401 else 0)
    assert Client().get(_url("callback")).status_code == 405


def test_strangers_find_nothing(
    bill: Bill, client_of: Any, stranger: Member, zhou_min: Member, yi_finance: Member, jia_dispatcher: Member
) -> None:
    gets = ("bill", "payment", "payment_status", "result", "asking")
    for who in (stranger, zhou_min, yi_finance, jia_dispatcher):
        client = client_of(who)
        for name in gets:
            assert client.get(_url(name, bill.number)).status_code == 404, (who, name)
        for name in ("question", "acceptance", "start", "check"):
            assert client.post(_url(name, bill.number), {"text": "x"}).status_code == 404, (who, name)
    for name in ("answer", "adjustment", "refund"):
        assert client_of(yi_finance).post(_url(name, bill.number), {"answer": "x"}).status_code == 404
        assert client_of(stranger).post(_url(name, bill.number)).status_code == 403
    for name in gets:
        assert Client().get(_url(name, bill.number)).status_code == 302
    assert Bill.objects.get().state == "drawn"


@pytest.mark.requirement("B-7.8.2")
def test_a_refund_over_the_desk(paid: Payment, finance: Client, customer: Client, cashier: Cashier) -> None:
    url = _url("refund", paid.bill.number)
    assert finance.post(url, {"amount": "200", "reason": "太多"}).status_code == 422
    assert "最多还能退 ¥145.00" in finance.post(url, {"amount": "200", "reason": "太多"}).content.decode()
    assert not Refund.objects.exists()
    assert finance.post(url, {"amount": "45", "reason": "少做一小时"}).status_code == 303
    drain(NOON)
    cashier.channel.step()
    page = customer.get(_url("bill", paid.bill.number)).content.decode()
    assert "-¥45.00" in page
    assert "已退款" in page
    assert "少做一小时" in finance.get(_url("money")).content.decode()


@pytest.mark.requirement("B-7.8.3")
def test_an_invoice_is_asked_for_issued_and_fetched(paid: Payment, customer: Client, finance: Client) -> None:
    asking = _url("asking", paid.bill.number)
    assert customer.get(asking).status_code == 200
    wrong = {"title_kind": "company", "title": "某某公司", "tax_number": "91330199MATE5T0179"}
    answer = customer.post(asking, wrong)
    assert answer.status_code == 422
    assert "某某公司" in answer.content.decode()
    assert not InvoiceRequest.objects.exists()
    answer = customer.post(asking, wrong | {"tax_number": "91330199MATE5T0178"})
    row = InvoiceRequest.objects.get()
    assert answer["Location"] == _url("invoice", row.number)
    assert row.number in finance.get(_url("invoices")).content.decode()
    assert "开具发票" in finance.get(_url("invoice", row.number)).content.decode()
    assert finance.post(_url("issue", row.number)).status_code == 303
    drain(NOON)
    page = customer.get(_url("invoice", row.number)).content.decode()
    paper = row.papers.get()
    assert paper.number in page
    assert "模拟税务通道" in page
    fetched = customer.get(_url("paper", paper.pk))
    assert customer.get(fetched["Location"]).getvalue()[:5] == b"%PDF-"
    xml = customer.get(_url("paper_xml", paper.pk)).content.decode()
    assert paper.number in xml
    assert "91330199MATE5T0178" in xml


def test_invoices_of_others_are_not_found(
    paid: Payment, customer: Client, client_of: Any, yi_finance: Member
) -> None:
    customer.post(_url("asking", paid.bill.number), {"title_kind": "person", "title": "陈静"})
    row = InvoiceRequest.objects.get()
    other = client_of(yi_finance)
    assert other.get(_url("invoice", row.number)).status_code == 404
    assert other.post(_url("issue", row.number)).status_code == 404
    assert row.number not in other.get(_url("invoices")).content.decode()


@pytest.mark.requirement("A-6.3.2d")
def test_the_operator_reconciles_and_settles_differences(
    paid: Payment, client_of: Any, operations: Member, jia_head: Member
) -> None:
    desk = client_of(operations)
    assert desk.get(_url("reconciliation")).status_code == 200
    Payment.objects.filter(pk=paid.pk).update(paid_fen=14400, allocated_fen=14400)
    assert desk.post(_url("reconcile"), {"day": "2026-03-18"}).status_code == 303
    page = desk.get(_url("reconciliation")).content.decode()
    assert "金额不一致" in page
    assert paid.number in page
    from anxin.payments.models import ReconciliationDifference

    row = ReconciliationDifference.objects.get()
    url = _url("resolution", row.pk)
    assert desk.post(url, {"resolution": " "}).status_code == 422
    assert desk.post(url, {"resolution": "渠道更正"}).status_code == 303
    assert desk.post(url, {"resolution": "再来"}).status_code == 422
    assert client_of(jia_head).get(_url("reconciliation")).status_code == 403


def test_desk_pages_take_a_fixed_number_of_queries(
    make_order: Any, finance: Client, chen_jing: Member, cashier: Cashier, django_assert_max_num_queries: Any
) -> None:
    def fill() -> None:
        bill = actions.draw_bill(order_id=make_order().pk, at=NOON)
        actions.accept_bill(bill, by=chen_jing.actor, at=NOON)
        payment = actions.start_payment(bill, way=PayWay.NATIVE, by=chen_jing.actor, at=NOON)
        cashier.pay(payment.url, "pay")

    def count(url: str) -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as seen:
            assert finance.get(url).status_code == 200
        return len(seen)

    fill()
    # The first request of a day also notes that the post is used.
    count(_url("bills"))
    first = {name: count(_url(name)) for name in ("bills", "money", "invoices")}
    for _ in range(3):
        fill()
    assert {name: count(_url(name)) for name in first} == first


def test_the_tax_rate_is_the_agencys_own(finance: Client, jia_finance: Member) -> None:
    assert finance.post(_url("tax"), {"tax_bp": "0", "exempt_reason": ""}).status_code == 422
    assert finance.post(_url("tax"), {"tax_bp": "500"}).status_code == 422
    assert finance.post(_url("tax"), {"tax_bp": "300"}).status_code == 303
    assert "3%" in finance.get(_url("invoices")).content.decode()
