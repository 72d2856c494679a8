"""Many at once: notices and taps that race are booked once (B-7.8.2)."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections

from anxin.kit.jobs import drain
from anxin.ledger.models import Entry
from anxin.ledger.public import balance
from anxin.ledger.values import AccountRef, Code
from anxin.orders.models import Order
from anxin.payments import actions, queries
from anxin.payments.models import Bill, Payment
from anxin.payments.public import Cashier
from anxin.payments.values import Outcome, PayWay
from tests.cast import NOON, Member

pytestmark = pytest.mark.django_db
CLEARING = AccountRef(Code.CHANNEL_CLEARING)
UNALLOCATED = AccountRef(Code.UNALLOCATED)


def _start(bill: Bill, who: Member, way: PayWay = PayWay.NATIVE) -> Payment:
    return actions.start_payment(bill, way=way, by=who.actor, at=NOON)


def _told(cashier: Cashier, payment: Payment, **changes: Any) -> tuple[dict[str, str], bytes]:
    """An authentic notice of the channel, with something in it changed before it was sealed and signed."""
    cashier.deliver = None
    cashier.pay(payment.url, "pay")
    with cashier.channel.store.read() as db:
        row = dict(db.execute("SELECT * FROM notice").fetchone())
    plain = json.loads(row["plain"])
    for name, value in changes.items():
        plain[name] = {**plain[name], **value} if isinstance(value, dict) else value
    return cashier.channel.notices.notice({**row, "plain": json.dumps(plain)})


def _fresh(row: Any) -> Any:
    row.refresh_from_db()
    return row


@pytest.mark.requirement("B-7.8.2")
@pytest.mark.django_db(transaction=True)
def test_of_many_notices_at_once_one_is_booked(accepted: Bill, chen_jing: Member, cashier: Cashier) -> None:
    payment = _start(accepted, chen_jing)
    headers, body = _told(cashier, payment)
    outcomes: list[Outcome] = []
    gate = threading.Barrier(9)

    def hear() -> None:
        try:
            gate.wait()
            outcomes.append(actions.take_notice(headers=headers, body=body, address="127.0.0.1", at=NOON))
        finally:
            connections.close_all()

    def ask() -> None:
        try:
            gate.wait()
            actions.check_payment(payment.pk, at=NOON)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=hear) for _ in range(8)] + [threading.Thread(target=ask)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 8
    assert outcomes.count(Outcome.ACCEPTED) <= 1
    assert set(outcomes) <= {Outcome.ACCEPTED, Outcome.REPEATED}
    assert _fresh(payment).state == "succeeded"
    assert (balance(CLEARING), _fresh(accepted).paid_fen) == (14500, 14500)
    assert Entry.objects.filter(source="payments.payment").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_taps_at_once_one_payment_is_made(
    accepted: Bill, chen_jing: Member, cashier: Cashier
) -> None:
    by, urls = chen_jing.actor, []

    def tap() -> None:
        try:
            urls.append(actions.start_payment(accepted, way=PayWay.NATIVE, by=by, at=NOON).url)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=tap) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(urls) == 6
    assert len(set(urls)) == 1
    assert Payment.objects.count() == 1


def test_asking_is_spread_over_jobs_and_put_off(
    make_order: Callable[..., Order], chen_jing: Member, cashier: Cashier
) -> None:
    from anxin.payments import tasks

    for _ in range(3):
        bill = actions.draw_bill(order_id=make_order().pk, at=NOON)
        _start(actions.accept_bill(bill, by=chen_jing.actor, at=NOON), chen_jing)
    later = NOON + timedelta(minutes=1)
    tasks.query_pending(at=later)
    assert queries.due_payments(later) == []
    assert drain(later) >= 3
