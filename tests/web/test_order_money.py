"""What an order's page says of its bills: the next step of who pays, and only the ways that lead somewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client

from anxin.kit.actor import SYSTEM
from anxin.orders.models import Order
from anxin.payments import actions
from anxin.payments.models import Bill
from tests.cast import NOON
from tests.orders import played
from tests.stage import Stage

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("B-7.8.1")]
At = Callable[..., Client]


@pytest.fixture(autouse=True)
def _at_noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


def _page(stage: Stage, client_of: At, order: Order) -> str:
    return client_of(stage.customer).get(f"/orders/{order.number}/").content.decode()


@pytest.fixture
def deposit(stage: Stage) -> Bill:
    order = played.signed(stage)[0]
    terms = order.terms
    terms["quote"]["deposit_fen"] = 5000
    Order.objects.filter(pk=order.pk).update(terms=terms)
    bill = actions.draw_deposit(order_id=order.pk, at=NOON)
    assert bill is not None
    return bill


def test_a_deposit_is_the_next_step_until_it_is_paid(stage: Stage, deposit: Bill, client_of: At) -> None:
    page = _page(stage, client_of, deposit.order)
    assert "请支付押金" in page
    assert "押金账单" in page
    assert "一切就绪" not in page
    Bill.objects.filter(pk=deposit.pk).update(state="paid", paid_fen=5000)
    page = _page(stage, client_of, deposit.order)
    assert "一切就绪" in page
    assert "开发票" not in page, "a deposit is not invoiced"
    assert "对账单有疑问" not in page, "what is paid cannot be questioned any more"


@pytest.fixture
def billed(stage: Stage) -> Bill:
    order = played.in_service(stage)[0]
    Order.objects.filter(pk=order.pk).update(state="completed")
    return actions.draw_bill(order_id=order.pk, by=SYSTEM, at=NOON)


def test_each_stage_of_the_bill_has_its_next_step(stage: Stage, billed: Bill, client_of: At) -> None:
    page = _page(stage, client_of, billed.order)
    assert "请核对账单并付款" in page
    assert "对账单有疑问" in page
    assert "开发票" not in page
    actions.question_bill(billed, text="？", by=stage.customer.actor, at=NOON)
    page = _page(stage, client_of, billed.order)
    assert "机构正在核对您的疑问" in page
    assert "请核对账单并付款" not in page
    assert "客户对账单有疑问" in client_of(stage.head).get(f"/orders/{billed.order.number}/").content.decode()
    actions.answer_question(billed, answer="是这样", by=stage.head.actor, at=NOON)
    actions.accept_bill(billed, by=stage.customer.actor, at=NOON)
    assert "请付款" in _page(stage, client_of, billed.order)


def test_an_invoice_is_offered_while_something_of_the_money_is_kept(
    stage: Stage, billed: Bill, client_of: At
) -> None:
    Bill.objects.filter(pk=billed.pk).update(state="paid", paid_fen=billed.due_fen)
    assert "开发票" in _page(stage, client_of, billed.order)
    Bill.objects.filter(pk=billed.pk).update(refunded_fen=billed.due_fen)
    assert "开发票" not in _page(stage, client_of, billed.order)
