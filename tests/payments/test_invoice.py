"""Invoices: asked for, issued, delivered, reversed, warned about; sums that agree to the fen (B-7.8.3)."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anxin.accounts.public import UsccInvalid
from anxin.kit.jobs import drain
from anxin.kit.models import NotAllowed
from anxin.orders.models import Note
from anxin.payments import actions, queries, rules
from anxin.payments.actions import refusals
from anxin.payments.adapters import einvoice
from anxin.payments.adapters.einvoice import OfficeRefused, OfficeSilent
from anxin.payments.models import Bill, Invoice, InvoiceRequest, Payment
from anxin.payments.public import Cashier
from anxin.payments.values import TitleKind
from tests.cast import NOON, Member, uscc

pytestmark = pytest.mark.django_db


def _ask(bill: Bill, who: Member, **changes: object) -> InvoiceRequest:
    bill.refresh_from_db()
    wanted = {"title_kind": TitleKind.PERSON, "title": "陈静"} | changes
    return actions.request_invoice(bill, **wanted, by=who.actor, at=NOON)  # type: ignore[arg-type]


def _issue(row: InvoiceRequest, who: Member) -> InvoiceRequest:
    actions.issue_invoice(row, by=who.actor, at=NOON)
    drain(NOON)
    row.refresh_from_db()
    return row


@pytest.mark.requirement("B-7.8.3")
def test_an_invoice_is_issued_with_its_tax_and_delivered(
    paid: Payment, chen_jing: Member, jia_finance: Member
) -> None:
    actions.set_tax(organisation_id=paid.bill.organisation_id, tax_bp=600, by=jia_finance.actor, at=NOON)
    row = _issue(_ask(paid.bill, chen_jing), jia_finance)
    assert row.state == "delivered"
    paper = row.papers.get()
    assert (paper.kind, len(paper.number), paper.number.isdigit()) == ("blue", 20, True)
    assert (paper.net_fen, paper.tax_fen, paper.gross_fen, paper.tax_bp) == (13679, 821, 14500, 600)
    content = paper.content
    assert (content["buyer"]["person"], content["buyer"]["tax_number"]) == ("Y", "")
    assert sum(line["net_fen"] for line in content["lines"]) == paper.net_fen
    assert content["lines"][0]["name"] == "*家政服务*服务费"
    assert paper.simulated
    assert paper.file is not None
    assert [one.file for one in queries.papers_of(chen_jing.id)] == [paper.file]
    assert queries.papers_of(jia_finance.id) == []
    assert Note.objects.filter(kind="invoice").exists()


def test_a_request_that_nobody_has_issued_can_be_taken_back(
    paid: Payment, chen_jing: Member, zhou_min: Member, jia_finance: Member
) -> None:
    row = _ask(paid.bill, chen_jing)
    for who in (zhou_min, jia_finance):
        with pytest.raises(refusals.OnlyPayer):
            actions.withdraw_request(row, by=who.actor, at=NOON)
    actions.withdraw_request(row, by=chen_jing.actor, at=NOON)
    assert row.state == "withdrawn"
    with pytest.raises(NotAllowed):
        actions.issue_invoice(row, by=jia_finance.actor, at=NOON)
    again = _issue(_ask(paid.bill, chen_jing, title="陈静（家）"), jia_finance)
    assert again.state == "delivered"
    with pytest.raises(NotAllowed):
        actions.withdraw_request(again, by=chen_jing.actor, at=NOON)


@pytest.mark.usefixtures("paid")
def test_the_customer_takes_it_back_on_the_page(paid: Payment, chen_jing: Member, client_of) -> None:  # type: ignore[no-untyped-def]
    row = _ask(paid.bill, chen_jing)
    client = client_of(chen_jing)
    assert "撤回申请" in client.get(f"/invoices/{row.number}/").content.decode()
    assert client.post(f"/invoices/{row.number}/withdrawal/").status_code == 303
    assert "已撤回" in client.get(f"/invoices/{row.number}/").content.decode()


def test_without_a_rate_of_its_own_an_agency_is_taxed_by_policy(
    paid: Payment, chen_jing: Member, jia_head: Member
) -> None:
    row = _issue(_ask(paid.bill, chen_jing), jia_head)
    assert (row.papers.get().tax_fen, row.papers.get().tax_bp) == (0, 0)


def test_an_items_own_rate_counts_before_the_agencys(paid: Payment, jia_finance: Member) -> None:
    organisation = paid.bill.organisation_id
    actions.set_tax(organisation_id=organisation, tax_bp=600, by=jia_finance.actor, at=NOON)
    actions.set_tax(organisation_id=organisation, tax_bp=100, item_code="0101", by=jia_finance.actor, at=NOON)
    assert queries.tax_of(organisation, "0101", NOON).bp == 100
    assert queries.tax_of(organisation, "0102", NOON).bp == 600
    assert queries.tax_of(organisation, "0101", NOON - timedelta(days=1)).bp == 0


@pytest.mark.requirement("B-7.8.3")
@pytest.mark.parametrize("number", ["", "91330199MATE5T0179", "91330199MATE5T017", "9133O199MATE5T0178"])
def test_a_company_needs_a_code_that_checks(paid: Payment, chen_jing: Member, number: str) -> None:
    with pytest.raises(UsccInvalid):
        _ask(paid.bill, chen_jing, title_kind=TitleKind.COMPANY, title="某公司", tax_number=number)
    assert not InvoiceRequest.objects.exists()


def test_a_company_is_named_with_its_code(paid: Payment, chen_jing: Member, jia_finance: Member) -> None:
    row = _ask(paid.bill, chen_jing, title_kind=TitleKind.COMPANY, title="某公司", tax_number=uscc(7))
    content = _issue(row, jia_finance).papers.get().content
    assert (content["buyer"]["name"], content["buyer"]["tax_number"], content["buyer"]["person"]) == (
        "某公司",
        uscc(7),
        "N",
    )


def test_what_cannot_be_invoiced_is_refused(
    bill: Bill, chen_jing: Member, zhou_min: Member, jia_finance: Member, yi_finance: Member, paid: Payment
) -> None:
    with pytest.raises(refusals.TitleNeeded):
        _ask(bill, chen_jing, title=" ")
    with pytest.raises(refusals.OnlyPayer):
        _ask(bill, zhou_min)
    row = _ask(bill, chen_jing)
    with pytest.raises(refusals.InvoiceExists):
        _ask(bill, chen_jing)
    for who in (yi_finance, chen_jing):
        with pytest.raises(refusals.OnlyAgency):
            actions.issue_invoice(row, by=who.actor, at=NOON)
    assert not Invoice.objects.exists()


def test_an_unpaid_bill_is_not_invoiced(bill: Bill, chen_jing: Member) -> None:
    with pytest.raises(refusals.NotPaidYet):
        _ask(bill, chen_jing)


def test_the_invoice_is_for_what_was_kept_after_refunds(
    paid: Payment, chen_jing: Member, jia_finance: Member, cashier: Cashier
) -> None:
    actions.refund(paid.bill, amount_fen=4500, reason="x", by=jia_finance.actor, at=NOON)
    drain(NOON)
    cashier.channel.step()
    row = _issue(_ask(paid.bill, chen_jing), jia_finance)
    paper = row.papers.get()
    assert paper.gross_fen == 10000
    assert [line["discount"] for line in paper.content["lines"]] == [False, False, True]


@pytest.mark.requirement("B-7.8.3")
def test_a_red_letter_reverses_and_a_new_invoice_can_be_asked_for(
    paid: Payment, chen_jing: Member, jia_finance: Member
) -> None:
    row = _issue(_ask(paid.bill, chen_jing), jia_finance)
    with pytest.raises(refusals.WordsNeeded):
        actions.reverse_invoice(row, reason=" ", by=jia_finance.actor, at=NOON)
    actions.reverse_invoice(row, reason="抬头有误", by=jia_finance.actor, at=NOON)
    drain(NOON)
    row.refresh_from_db()
    red, blue = row.papers.get(kind="red"), row.papers.get(kind="blue")
    assert (row.state, red.reverses, red.gross_fen, bool(red.red_confirmation)) == ("red", blue, -14500, True)
    assert red.number != blue.number
    with pytest.raises(NotAllowed):
        actions.reverse_invoice(row, reason="再来", by=jia_finance.actor, at=NOON)
    again = _issue(_ask(paid.bill, chen_jing), jia_finance)
    assert again.papers.get().number not in (red.number, blue.number)


def test_the_office_is_asked_twice_and_issues_once(
    paid: Payment, chen_jing: Member, jia_finance: Member
) -> None:
    row = _ask(paid.bill, chen_jing)
    actions.issue_invoice(row, by=jia_finance.actor, at=NOON)
    for _ in range(3):
        actions.send_invoice(row.pk, at=NOON)
    drain(NOON)
    assert Invoice.objects.count() == 1


def test_an_office_that_is_silent_is_asked_again_and_one_that_refuses_is_shown(
    paid: Payment, chen_jing: Member, jia_finance: Member, cashier: Cashier
) -> None:
    row = _ask(paid.bill, chen_jing)
    actions.issue_invoice(row, by=jia_finance.actor, at=NOON)
    fault = "/invoice/faults"
    cashier.http.post(fault, content=json.dumps({"status": 503, "code": "BUSY"}))
    with pytest.raises(OfficeSilent):
        actions.send_invoice(row.pk, at=NOON)
    cashier.http.post(fault, content=json.dumps({"status": 422, "code": "QUOTA"}))
    actions.send_invoice(row.pk, at=NOON)
    row.refresh_from_db()
    assert row.state == "failed"
    assert "QUOTA" in row.problem
    assert _issue(row, jia_finance).state == "delivered"


def test_the_office_checks_signatures_sums_and_replays(cashier: Cashier) -> None:
    office = einvoice.tax_office()
    assert office is not None
    good = {
        "buyer": {"name": "陈静", "person": "Y", "tax_number": ""},
        "seller": {"name": "甲", "tax_number": uscc(1)},
        "lines": [{"net_fen": 100, "tax_fen": 6, "tax_bp": 600}],
        "net_fen": 100,
        "tax_fen": 6,
        "gross_fen": 106,
    }
    assert len(office.issue("one", good).number) == 20
    for spoilt in (
        {"gross_fen": 107},
        {"net_fen": 101, "gross_fen": 107},
        {"lines": [{"net_fen": 100, "tax_fen": 6, "tax_bp": 300}]},
        {"buyer": {"name": "公司", "person": "N", "tax_number": ""}},
        {"seller": {"name": "甲", "tax_number": ""}},
    ):
        with pytest.raises(OfficeRefused):
            office.issue("two", good | spoilt)
    stranger = einvoice.TaxOffice(office.url, office.key, b"x" * 32, office.http, office.clock)
    with pytest.raises(OfficeRefused, match="signature"):
        stranger.issue("three", good)


def test_without_a_tax_channel_nothing_is_called_an_invoice(
    paid: Payment, chen_jing: Member, jia_finance: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("anxin.payments.actions.invoices.tax_office", lambda: None)
    row = _issue(_ask(paid.bill, chen_jing), jia_finance)
    paper = row.papers.get()
    assert (paper.kind, paper.words) == ("receipt", "收据/开票申请单，非发票")
    assert not paper.number.isdigit()


@pytest.mark.requirement("B-7.8.3")
def test_the_agency_is_warned_once_when_its_time_is_over(paid: Payment, chen_jing: Member) -> None:
    from anxin.payments import tasks

    row = _ask(paid.bill, chen_jing)
    tasks.warn_invoices(at=row.due_at - timedelta(minutes=1))
    assert not Note.objects.filter(kind="invoice_late").exists()
    for hours in (0, 1, 2):
        tasks.warn_invoices(at=row.due_at + timedelta(hours=hours))
    assert Note.objects.filter(kind="invoice_late").count() == 1


@given(st.integers(min_value=-(10**9), max_value=10**9), st.sampled_from([0, 100, 300, 600, 1300]))
def test_net_and_tax_are_the_gross_to_the_fen_and_the_tax_is_right_to_half_a_fen(gross: int, bp: int) -> None:
    net, tax = rules.split_tax(gross, bp)
    assert net + tax == gross
    assert abs(Decimal(net) * (10000 + bp) / 10000 - gross) <= Decimal(10000 + bp) / 20000
    assert rules.split_tax(-gross, bp) == (-net, -tax)


def _refund(paid: Payment, amount_fen: int, who: Member, cashier: Cashier) -> None:
    actions.refund(paid.bill, amount_fen=amount_fen, reason="少做了", by=who.actor, at=NOON)
    drain(NOON)
    cashier.channel.step()
    paid.bill.refresh_from_db()


@pytest.mark.requirement("B-7.8.3")
def test_a_refund_after_the_invoice_asks_the_agency_for_a_red_letter(
    paid: Payment, chen_jing: Member, jia_finance: Member, cashier: Cashier, client_of: Any
) -> None:
    row = _issue(_ask(paid.bill, chen_jing), jia_finance)
    assert not queries.to_reverse(jia_finance.actor).exists()
    _refund(paid, 4500, jia_finance, cashier)
    assert Note.objects.filter(kind="invoice_to_reverse").count() == 1
    assert [one.too_much_fen for one in queries.to_reverse(jia_finance.actor)] == [4500]
    desk, customer = client_of(jia_finance), client_of(chen_jing)
    assert row.number in desk.get("/invoices/?state=to_reverse").content.decode()
    assert "¥45.00" in desk.get(f"/invoices/{row.number}/").content.decode()
    assert "机构会红冲它" in customer.get(f"/invoices/{row.number}/").content.decode()
    actions.reverse_invoice(row, reason="退款", by=jia_finance.actor, at=NOON)
    drain(NOON)
    assert not queries.to_reverse(jia_finance.actor).exists()
    assert "重新申请发票" in customer.get(f"/invoices/{row.number}/").content.decode()
    again = _issue(_ask(paid.bill, chen_jing), jia_finance)
    assert (again.amount_fen, again.too_much_fen) == (10000, 0)
    page = customer.get(f"/invoices/{row.number}/").content.decode()
    assert "重新申请发票" not in page, "the newer request is there already"


def test_a_refund_before_the_invoice_asks_for_nothing(
    paid: Payment, chen_jing: Member, jia_finance: Member, cashier: Cashier
) -> None:
    row = _ask(paid.bill, chen_jing)
    _refund(paid, 4500, jia_finance, cashier)
    assert _issue(row, jia_finance).amount_fen == 10000
    assert not Note.objects.filter(kind="invoice_to_reverse").exists()


def test_a_request_goes_when_everything_was_given_back_before_it_was_issued(
    paid: Payment, chen_jing: Member, jia_finance: Member, cashier: Cashier
) -> None:
    row = _ask(paid.bill, chen_jing)
    _refund(paid, 4500, jia_finance, cashier)
    row.refresh_from_db()
    assert row.state == "submitted"
    _refund(paid, 10000, jia_finance, cashier)
    row.refresh_from_db()
    assert row.state == "withdrawn", "nobody could issue it, and it would be late for ever"
    assert not queries.desk_requests(jia_finance.actor, states=("submitted",)).exists()


def test_a_refund_while_the_office_is_asked_is_noticed_when_the_invoice_comes(
    paid: Payment, chen_jing: Member, jia_finance: Member, cashier: Cashier
) -> None:
    row = _ask(paid.bill, chen_jing)
    actions.issue_invoice(row, by=jia_finance.actor, at=NOON)
    Bill.objects.filter(pk=paid.bill_id).update(refunded_fen=100)
    drain(NOON)
    row.refresh_from_db()
    assert row.state == "delivered"
    assert Note.objects.filter(kind="invoice_to_reverse").exists()


def test_what_was_given_back_whole_cannot_be_invoiced_and_nobody_is_asked_to_try(
    paid: Payment, chen_jing: Member, jia_finance: Member, cashier: Cashier, client_of: Any
) -> None:
    row = _issue(_ask(paid.bill, chen_jing), jia_finance)
    _refund(paid, 14500, jia_finance, cashier)
    actions.reverse_invoice(row, reason="退款", by=jia_finance.actor, at=NOON)
    drain(NOON)
    with pytest.raises(refusals.NothingToInvoice):
        _ask(paid.bill, chen_jing)
    customer = client_of(chen_jing)
    assert "重新申请发票" not in customer.get(f"/invoices/{row.number}/").content.decode()
    assert "申请发票" not in customer.get(f"/bills/{paid.bill.number}/").content.decode()
    assert "申请发票" not in customer.get(f"/bills/{paid.bill.number}/result/").content.decode()
    answer = customer.get(f"/bills/{paid.bill.number}/invoice/", follow=True)
    assert answer.redirect_chain == [(f"/bills/{paid.bill.number}/", 303)]
    assert "没有可以开票的金额" in answer.content.decode()


def test_a_second_tab_of_the_form_leads_to_the_request_that_is_there(
    paid: Payment, chen_jing: Member, client_of: Any
) -> None:
    row = _ask(paid.bill, chen_jing)
    asking = f"/bills/{paid.bill.number}/invoice/"
    assert client_of(chen_jing).get(asking)["Location"] == f"/invoices/{row.number}/"
    assert client_of(chen_jing).post(asking, {"title_kind": "person", "title": "x"}).status_code == 303
    assert InvoiceRequest.objects.count() == 1


def test_a_deadline_is_shown_only_while_it_counts(
    paid: Payment, chen_jing: Member, jia_finance: Member, client_of: Any
) -> None:
    row, desk = _ask(paid.bill, chen_jing), client_of(jia_finance)
    assert "应在此之前开具" in desk.get(f"/invoices/{row.number}/").content.decode()
    assert "开具期限" in desk.get("/invoices/").content.decode()
    _issue(row, jia_finance)
    assert "应在此之前开具" not in desk.get(f"/invoices/{row.number}/").content.decode()
    page = desk.get("/invoices/?state=delivered").content.decode()
    assert row.number in page
    assert "开具期限" not in page
    assert "办理时间" in page
