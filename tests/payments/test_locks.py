"""Money's rows are taken from above, bill before payment: two who write about one bill never wait for each other."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction

from anxin.kit.jobs import drain
from anxin.payments import actions
from anxin.payments.adapters.channel import wechatpay
from anxin.payments.models import Bill, Payment, Refund
from anxin.payments.public import Cashier
from anxin.payments.values import PayWay
from tests.cast import NOON, Member

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.requirement("B-7.8.2")]
# Of rows of this database: who waits for a row waits for the transaction that holds it.
# Who is there is read once in a transaction (pg_stat_activity), whom this process holds up is read each time.
WAITS = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"


def beside(act: Callable[[], Any]) -> threading.Thread:
    def go() -> None:
        try:
            act()
        finally:
            connections.close_all()

    thread = threading.Thread(target=go)
    thread.start()
    return thread


def until_somebody_waits() -> None:
    for _ in range(200):
        with connection.cursor() as cursor:
            cursor.execute(WAITS)
            if cursor.fetchone() != (0,):
                return
        time.sleep(0.05)
    raise AssertionError("nobody waits")


def while_the_bill_is_held(bill: Bill, act: Callable[[], Any]) -> None:
    """`act` waits for the bill, and holds no payment meanwhile that the bill's holder may want."""
    with transaction.atomic():
        Bill.objects.select_for_update(no_key=True).get(pk=bill.pk)
        thread = beside(act)
        until_somebody_waits()
        assert list(Payment.objects.filter(bill=bill).select_for_update(nowait=True))
        list(Refund.objects.filter(bill=bill).select_for_update(nowait=True))
    thread.join()


def test_a_tap_and_the_money_of_the_tap_before_it(
    accepted: Bill, chen_jing: Member, cashier: Cashier
) -> None:
    first = actions.start_payment(accepted, way=PayWay.NATIVE, by=chen_jing.actor, at=NOON)
    cashier.deliver = None
    cashier.pay(first.url, "silent")
    trade = wechatpay().query(first.number)

    while_the_bill_is_held(accepted, lambda: actions.receive(first.pk, trade, at=NOON))

    first.refresh_from_db()
    accepted.refresh_from_db()
    assert (first.state, accepted.paid_fen) == ("succeeded", accepted.due_fen)


def test_a_refund_that_is_asked_for(paid: Payment, jia_finance: Member) -> None:
    by = jia_finance.actor
    while_the_bill_is_held(
        paid.bill, lambda: actions.refund(paid.bill, amount_fen=100, reason="迟到", by=by, at=NOON)
    )
    assert Refund.objects.get().amount_fen == 100


def test_a_refund_that_has_arrived(paid: Payment, jia_finance: Member, cashier: Cashier) -> None:
    cashier.deliver = None
    [asked] = actions.refund(paid.bill, amount_fen=100, reason="迟到", by=jia_finance.actor, at=NOON)
    drain(NOON)
    cashier.channel.step()
    told = wechatpay().query_refund(asked.number)

    while_the_bill_is_held(
        paid.bill, lambda: actions.hear_refund(replace(told), at=NOON + timedelta(minutes=1))
    )

    asked.refresh_from_db()
    assert asked.state == "succeeded"
    assert Bill.objects.get(pk=paid.bill_id).refunded_fen == 100
