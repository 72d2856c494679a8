"""A deposit counts once, also for two who reach for it at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.db import transaction

from anxin.kit.jobs import drain
from anxin.orders.models import Order
from anxin.payments import actions
from anxin.payments.models import Bill, Refund
from anxin.payments.public import Cashier
from anxin.payments.values import Adjustment, PayWay
from tests.cast import NOON, Member
from tests.payments.conftest import PRICES
from tests.payments.test_locks import beside, until_somebody_waits

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.requirement("B-7.8.2")]
HELD_FEN, SERVICE_FEN = 20000, 14500
REST_FEN = HELD_FEN - SERVICE_FEN


@pytest.fixture
def deposit(make_order: Callable[..., Order], chen_jing: Member, cashier: Cashier) -> Bill:
    """Paid, of an order that is then completed, whose bill costs SERVICE_FEN."""
    order = make_order(state="signed", prices=replace(PRICES, deposit_fen=HELD_FEN))
    found = actions.draw_deposit(order_id=order.pk, at=NOON)
    assert found is not None
    actions.accept_bill(found, by=chen_jing.actor, at=NOON)
    payment = actions.start_payment(found, way=PayWay.H5, by=chen_jing.actor, at=NOON)
    cashier.pay(payment.url, "pay")
    drain(NOON)
    Order.objects.filter(pk=order.pk).update(state="completed")
    found.refresh_from_db()
    return found


def test_a_corrected_bill_waits_for_the_refund_that_was_asked_for_before_it(
    deposit: Bill, jia_finance: Member
) -> None:
    by = jia_finance.actor
    bill = actions.draw_bill(order_id=deposit.order_id, at=NOON)
    more = [Adjustment("加时", REST_FEN)]
    with transaction.atomic():
        actions.refund(deposit, amount_fen=REST_FEN, reason="客户要求", by=by, at=NOON)
        thread = beside(lambda: actions.adjust_bill(bill, adjustments=more, reason="多做了", by=by, at=NOON))
        until_somebody_waits()
    thread.join()

    newer = Bill.objects.get(supersedes=bill)
    assert (newer.total_fen, newer.deposit_fen, newer.due_fen) == (HELD_FEN, SERVICE_FEN, REST_FEN)


def test_the_rest_is_given_back_once_however_many_jobs_ask(deposit: Bill, chen_jing: Member) -> None:
    bill = actions.draw_bill(order_id=deposit.order_id, at=NOON)
    actions.accept_bill(bill, by=chen_jing.actor, at=NOON)
    again: list[int] = []
    with transaction.atomic():
        assert len(actions.return_deposit(order_id=deposit.order_id, at=NOON)) == 1
        thread = beside(lambda: again.append(len(actions.return_deposit(order_id=deposit.order_id, at=NOON))))
        until_somebody_waits()
    thread.join()

    assert again == [0]
    assert Refund.objects.get().amount_fen == REST_FEN
