"""The channel's daily books against ours: what we missed is fetched, what differs is listed and settled."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from anxin.kit.clock import local_date
from anxin.kit.jobs import drain
from anxin.ledger.public import balance, trial_balance
from anxin.ledger.values import AccountRef, Code
from anxin.payments import actions, queries
from anxin.payments.actions import refusals
from anxin.payments.adapters.wechatpay import ChannelSilent
from anxin.payments.models import Bill, Payment, Reconciliation, ReconciliationDifference
from anxin.payments.public import Cashier
from anxin.payments.values import PayWay
from tests.cast import NOON, Member

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("A-6.3.2d")]
DAY = local_date(NOON)


def _kinds() -> list[tuple[str, str]]:
    return sorted(ReconciliationDifference.objects.values_list("kind", "reference"))


def test_books_that_agree_have_no_differences(paid: Payment, jia_finance: Member, cashier: Cashier) -> None:
    actions.refund(paid.bill, amount_fen=1000, reason="x", by=jia_finance.actor, at=NOON)
    drain(NOON)
    cashier.channel.step()
    for _ in range(2):
        done = actions.reconcile(day=DAY, at=NOON + timedelta(days=1))
    assert (done.trades, done.refunds, done.paid_fen, done.refunded_fen) == (1, 1, 14500, 1000)
    assert (done.fee_fen, done.differences, _kinds()) == (81, 0, [])
    assert Reconciliation.objects.count() == 1
    assert balance(AccountRef(Code.CHANNEL_CLEARING)) == 14500 - 1000 - 81
    assert set(trial_balance().values()) == {0}


def test_money_nobody_told_us_of_is_fetched(accepted: Bill, chen_jing: Member, cashier: Cashier) -> None:
    payment = actions.start_payment(accepted, way=PayWay.NATIVE, by=chen_jing.actor, at=NOON)
    cashier.pay(payment.url, "silent")
    Payment.objects.filter(pk=payment.pk).update(state="closed", due_at=None)
    actions.reconcile(day=DAY, at=NOON + timedelta(days=1))
    payment.refresh_from_db()
    accepted.refresh_from_db()
    assert (payment.state, accepted.state, _kinds()) == ("succeeded", "paid", [])


def test_every_kind_of_difference_is_listed_once(
    make_order: Callable[..., object], chen_jing: Member, cashier: Cashier
) -> None:
    made = []
    for _ in range(3):
        bill = actions.draw_bill(order_id=make_order().pk, at=NOON)  # type: ignore[attr-defined]
        actions.accept_bill(bill, by=chen_jing.actor, at=NOON)
        payment = actions.start_payment(bill, way=PayWay.NATIVE, by=chen_jing.actor, at=NOON)
        cashier.pay(payment.url, "pay")
        made.append(payment.number)
    Payment.objects.filter(number=made[0]).update(paid_fen=14400, allocated_fen=14400)
    with cashier.channel.store.write() as db:
        db.execute("UPDATE trade SET success_at=NULL WHERE out_trade_no=?", (made[1],))
        db.execute("UPDATE trade SET out_trade_no='P260318-UNKNOWN2' WHERE out_trade_no=?", (made[2],))
    for _ in range(2):
        actions.reconcile(day=DAY, at=NOON + timedelta(days=1))
    assert _kinds() == sorted(
        [
            ("amount", made[0]),
            ("missing_there", made[1]),
            ("missing_there", made[2]),
            ("missing_here", "P260318-UNKNOWN2"),
        ]
    )
    assert Reconciliation.objects.get().differences == 4


def test_a_difference_is_settled_in_words_once(paid: Payment, operations: Member, stranger: Member) -> None:
    Payment.objects.update(paid_fen=14400, allocated_fen=14400)
    actions.reconcile(day=DAY, at=NOON)
    row = ReconciliationDifference.objects.get()
    assert list(queries.differences(stranger.actor)) == []
    with pytest.raises(refusals.WordsNeeded):
        actions.resolve_difference(row, resolution=" ", by=operations.actor, at=NOON)
    actions.resolve_difference(row, resolution="渠道已更正", by=operations.actor, at=NOON)
    with pytest.raises(refusals.DifferenceSettled):
        actions.resolve_difference(row, resolution="再来", by=operations.actor, at=NOON)
    assert list(queries.differences(operations.actor)) == []


def test_a_bill_that_cannot_be_believed_changes_nothing(
    paid: Payment, cashier: Cashier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cashier.channel, "bill_file", lambda token: b"x")
    with pytest.raises(ChannelSilent):
        actions.reconcile(day=DAY, at=NOON)
    assert not Reconciliation.objects.exists()


def test_a_day_without_trades_is_a_day_that_agrees(cashier: Cashier) -> None:
    done = actions.reconcile_yesterday(at=NOON)
    assert (done.day, done.trades, done.differences) == (DAY - timedelta(days=1), 0, 0)
