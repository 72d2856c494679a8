"""A deposit: asked for, used up, kept, given back; what is refunded of it is in the books of what it paid for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from anxin.kit.jobs import drain
from anxin.ledger.public import balance, trial_balance
from anxin.ledger.values import AccountRef, Code
from anxin.orders.models import Order
from anxin.payments import actions, queries
from anxin.payments.actions import refusals
from anxin.payments.models import Bill, Payment, Refund
from anxin.payments.public import Cashier
from anxin.payments.values import PayWay, TitleKind
from tests.cast import NOON, Member
from tests.payments.conftest import PRICES

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("B-7.8.2")]


def _pay(bill: Bill, who: Member, cashier: Cashier) -> Payment:
    actions.accept_bill(bill, by=who.actor, at=NOON)
    payment = actions.start_payment(bill, way=PayWay.H5, by=who.actor, at=NOON)
    cashier.pay(payment.url, "pay")
    bill.refresh_from_db()
    return payment


def _settle(cashier: Cashier) -> None:
    drain(cashier.now)
    cashier.set(cashier.now + timedelta(seconds=2))
    drain(cashier.now)
    cashier.channel.step()


@pytest.fixture
def asked(make_order: Callable[..., Order]) -> Bill:
    """¥50.00 asked for before a service of ¥145.00."""
    order = make_order(state="signed", prices=replace(PRICES, deposit_fen=5000))
    bill = actions.draw_deposit(order_id=order.pk, at=NOON)
    assert bill is not None
    return bill


@pytest.fixture
def deposit(asked: Bill, chen_jing: Member, cashier: Cashier) -> Bill:
    _pay(asked, chen_jing, cashier)
    return asked


@pytest.fixture
def used(deposit: Bill, chen_jing: Member, cashier: Cashier) -> Bill:
    """The service's bill, paid by the deposit and ¥95.00."""
    Order.objects.filter(pk=deposit.order_id).update(state="completed")
    bill = actions.draw_bill(order_id=deposit.order_id, at=NOON)
    _pay(bill, chen_jing, cashier)
    assert (bill.total_fen, bill.deposit_fen, bill.paid_fen, bill.state) == (14500, 5000, 9500, "paid")
    return bill


def _held(bill: Bill) -> int:
    return -balance(
        AccountRef(Code.DEPOSIT_HELD, organisation_id=bill.organisation_id, about_person_id=bill.payer_id)
    )


def _earned(bill: Bill) -> int:
    return -balance(AccountRef(Code.SERVICE_INCOME, organisation_id=bill.organisation_id))


def test_what_a_bill_used_up_is_not_given_back_from_the_deposit(
    deposit: Bill, used: Bill, jia_finance: Member
) -> None:
    with pytest.raises(refusals.TooMuch):
        actions.refund(deposit, amount_fen=1, reason="x", by=jia_finance.actor, at=NOON)
    assert not Refund.objects.exists()
    assert (_held(used), _earned(used)) == (0, 14500)


def test_a_service_is_refunded_whole_with_the_deposit_that_paid_for_it(
    deposit: Bill, used: Bill, jia_finance: Member, cashier: Cashier
) -> None:
    with pytest.raises(refusals.TooMuch):
        actions.refund(used, amount_fen=14501, reason="x", by=jia_finance.actor, at=NOON)
    made = actions.refund(used, amount_fen=14500, reason="没有做", by=jia_finance.actor, at=NOON)
    assert sorted((row.amount_fen, row.payment.bill_id == deposit.pk) for row in made) == [
        (5000, True),
        (9500, False),
    ]
    with pytest.raises(refusals.TooMuch):
        actions.refund(used, amount_fen=1, reason="x", by=jia_finance.actor, at=NOON)
    _settle(cashier)
    used.refresh_from_db()
    deposit.refresh_from_db()
    assert (used.refunded_fen, used.kept_fen, deposit.refunded_fen) == (14500, 0, 0)
    assert (_held(used), _earned(used), balance(AccountRef(Code.CHANNEL_CLEARING))) == (0, 0, 0)
    assert queries.deposit_left(used.order_id) == 0
    assert set(trial_balance().values()) == {0}
    assert queries.invoiceable_fen(used) == 0


def test_an_unused_deposit_can_be_given_back_in_part_and_the_bill_uses_the_rest(
    deposit: Bill, jia_finance: Member, cashier: Cashier
) -> None:
    actions.refund(deposit, amount_fen=2000, reason="商量好的", by=jia_finance.actor, at=NOON)
    _settle(cashier)
    Order.objects.filter(pk=deposit.order_id).update(state="completed")
    bill = actions.draw_bill(order_id=deposit.order_id, at=NOON)
    assert (bill.deposit_fen, bill.due_fen) == (3000, 11500)
    assert _held(bill) == 0


def test_a_deposit_nobody_paid_is_no_longer_asked_for_once_the_service_is_done(
    asked: Bill, chen_jing: Member, cashier: Cashier
) -> None:
    actions.accept_bill(asked, by=chen_jing.actor, at=NOON)
    payment = actions.start_payment(asked, way=PayWay.H5, by=chen_jing.actor, at=NOON)
    Order.objects.filter(pk=asked.order_id).update(state="completed")
    bill = actions.draw_bill(order_id=asked.order_id, at=NOON)
    asked.refresh_from_db()
    assert (asked.state, bill.due_fen) == ("withdrawn", 14500)
    cashier.pay(payment.url, "pay")
    _settle(cashier)
    payment.refresh_from_db()
    assert (payment.paid_fen, payment.allocated_fen) == (5000, 0), "what came all the same goes back"
    assert Refund.objects.get().state == "succeeded"
    assert balance(AccountRef(Code.CHANNEL_CLEARING)) == 0


def test_the_desk_says_where_a_used_deposit_is_refunded(
    deposit: Bill, used: Bill, client_of: Any, jia_finance: Member
) -> None:
    desk: Client = client_of(jia_finance)
    page = desk.get(f"/bills/{deposit.number}/").content.decode()
    assert "押金已抵扣费用" in page
    assert used.number in page
    assert "原路退款" not in page
    assert "¥145.00" in desk.get(f"/bills/{used.number}/").content.decode()


def test_a_deposit_is_not_invoiced_but_the_whole_service_is(
    deposit: Bill, used: Bill, chen_jing: Member, client_of: Any
) -> None:
    wanted = {"title_kind": TitleKind.PERSON, "title": "陈静"}
    with pytest.raises(refusals.DepositNotInvoiced):
        actions.request_invoice(deposit, **wanted, by=chen_jing.actor, at=NOON)  # type: ignore[arg-type]
    answer = client_of(chen_jing).get(f"/bills/{deposit.number}/invoice/", follow=True)
    assert "押金不开发票" in answer.content.decode()
    row = actions.request_invoice(used, **wanted, by=chen_jing.actor, at=NOON)  # type: ignore[arg-type]
    assert row.amount_fen == 14500
