"""What happened between one step and the next: a refund before the invoice, a day on which no job ran, a refund that
never arrived."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client

from anxin.kit.clock import local_date
from anxin.kit.jobs import drain
from anxin.payments import actions
from anxin.payments.actions import refusals
from anxin.payments.models import Bill, Compensation, InvoiceRequest, Payment, Reconciliation, Refund
from anxin.payments.public import Cashier
from anxin.payments.values import TitleKind
from tests.cast import NOON, Member
from tests.payments.test_compensation import LATER, owed, payable

__all__ = ["owed", "payable"]

pytestmark = pytest.mark.django_db
DAY = local_date(NOON)


def asked(bill: Bill, who: Member) -> InvoiceRequest:
    bill.refresh_from_db()
    return actions.request_invoice(bill, title_kind=TitleKind.PERSON, title="陈静", by=who.actor, at=NOON)


@pytest.mark.requirement("B-7.8.3")
def test_an_invoice_says_what_is_paid_for_good_when_it_is_issued(
    paid: Payment, chen_jing: Member, jia_finance: Member, cashier: Cashier
) -> None:
    row = asked(paid.bill, chen_jing)
    actions.refund(paid.bill, amount_fen=1000, reason="少做一项", by=jia_finance.actor, at=NOON)
    actions.issue_invoice(row, by=jia_finance.actor, at=NOON)
    drain(NOON)
    row.refresh_from_db()
    assert (row.state, row.amount_fen, row.papers.get().gross_fen) == ("delivered", 13500, 13500)


@pytest.mark.requirement("B-7.8.3")
def test_where_all_was_given_back_nothing_is_invoiced(
    paid: Payment, chen_jing: Member, jia_finance: Member
) -> None:
    row = asked(paid.bill, chen_jing)
    actions.refund(paid.bill, amount_fen=14500, reason="没有做", by=jia_finance.actor, at=NOON)
    with pytest.raises(refusals.NothingToInvoice):
        actions.issue_invoice(row, by=jia_finance.actor, at=NOON)
    row.refresh_from_db()
    assert row.state == "submitted"


@pytest.mark.requirement("A-6.3.2d")
def test_the_days_on_which_the_house_was_down_are_held_against_the_books_too(
    paid: Payment, cashier: Cashier
) -> None:
    actions.reconcile_yesterday(at=NOON + timedelta(days=1))
    actions.reconcile_yesterday(at=NOON + timedelta(days=4))
    days = set(Reconciliation.objects.values_list("day", flat=True))
    assert days == {DAY + timedelta(days=n) for n in range(4)}


def test_a_refund_that_never_arrived_is_not_counted_as_given_back(
    paid: Payment, jia_finance: Member, client_of: Callable[[Member], Client]
) -> None:
    actions.refund(paid.bill, amount_fen=1000, reason="少做一项", by=jia_finance.actor, at=NOON)
    Refund.objects.update(state="failed", due_at=None)
    with time_machine.travel(NOON, tick=False):
        page = client_of(jia_finance).get("/desk/money/").content.decode()
        sheet = client_of(jia_finance).get("/desk/money/?format=csv").content.decode()
    assert "少做一项" not in page
    assert "10.00" not in sheet


@pytest.mark.requirement("B-7.8.2")
def test_a_transfer_whose_fate_is_asked_waits_for_one_job_at_a_time(
    payable: Compensation, chen_jing: Member, cashier: Cashier
) -> None:
    actions.claim(payable, code=cashier.channel.transfers.code(), by=chen_jing.actor, at=LATER)
    at = LATER + timedelta(hours=7)
    for _ in range(3):
        actions.tick_compensations(at=at)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'payments.send_payout'")
        assert cursor.fetchone() == (1,)
