"""Paying: twice, late, never, forged, for the wrong sum; whatever the world does, money is booked once (B-7.8.2)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from anxin.kit.actor import SYSTEM
from anxin.kit.jobs import drain
from anxin.ledger.models import Entry
from anxin.ledger.public import balance, trial_balance
from anxin.ledger.values import AccountRef, Code
from anxin.orders.models import Note, Order
from anxin.payments import actions, queries
from anxin.payments.actions import refusals
from anxin.payments.adapters.channel import instead
from anxin.payments.adapters.wechatpay import WechatPay
from anxin.payments.models import Bill, CallbackLog, Payment, ReconciliationDifference, Refund
from anxin.payments.public import Cashier
from anxin.payments.values import FEE_BP, SURPLUS_REFUND, Outcome, PayWay
from anxin.policies import public as policies
from tests.cast import NOON, Member

pytestmark = pytest.mark.django_db
CLEARING = AccountRef(Code.CHANNEL_CLEARING)
UNALLOCATED = AccountRef(Code.UNALLOCATED)


def _start(bill: Bill, who: Member, way: PayWay = PayWay.NATIVE) -> Payment:
    return actions.start_payment(bill, way=way, by=who.actor, at=NOON)


def _fresh(row: Any) -> Any:
    row.refresh_from_db()
    return row


def _untouched(payment: Payment) -> None:
    """Nothing came in: no money anywhere, the bill open."""
    assert _fresh(payment).state == "pending"
    assert (payment.paid_fen, payment.transaction_id) == (0, None)
    assert _fresh(payment.bill).state == "accepted"
    assert balance(CLEARING) == 0


@pytest.mark.requirement("B-7.8.2")
@pytest.mark.parametrize("way", list(PayWay))
def test_a_payment_settles_bill_order_and_books(
    accepted: Bill, chen_jing: Member, cashier: Cashier, way: PayWay
) -> None:
    payment = _start(accepted, chen_jing, way)
    assert payment.url.startswith("weixin://" if way == PayWay.NATIVE else "http")
    cashier.pay(payment.url, "pay")
    assert cashier.answers == [204]
    assert _fresh(payment).state == "succeeded"
    assert (payment.paid_fen, payment.allocated_fen, payment.late) == (14500, 14500, False)
    bill = _fresh(accepted)
    assert (bill.state, bill.paid_fen, bill.open_fen) == ("paid", 14500, 0)
    assert Order.objects.get().state == "paid"
    owed = AccountRef(Code.AGENCY_PAYABLE, about_organisation_id=bill.organisation_id)
    assert (balance(CLEARING), balance(owed)) == (14500, -14500)
    assert balance(AccountRef(Code.PLATFORM_RECEIVABLE, organisation_id=bill.organisation_id)) == 14500
    assert set(trial_balance().values()) == {0}
    assert Note.objects.filter(kind="payment", params__amount="145.00").exists()


def test_the_platforms_fee_is_kept_when_the_policy_says_so(
    accepted: Bill, chen_jing: Member, cashier: Cashier, operations: Member
) -> None:
    policies.change(policy=FEE_BP, value=333, valid_from=NOON, reason="试行", by=operations.actor, at=NOON)
    payment = _start(accepted, chen_jing)
    cashier.pay(payment.url, "pay")
    bill = _fresh(accepted)
    assert bill.fee_fen == 483  # 145.00 × 3.33 % = 4.8285
    assert -balance(AccountRef(Code.FEE_INCOME)) == 483
    assert balance(AccountRef(Code.FEE_EXPENSE, organisation_id=bill.organisation_id)) == 483
    for part in (5000, 5000, 4500):
        actions.refund(bill, amount_fen=part, reason="分次退", by=operations.actor, at=NOON)
    drain(NOON)
    cashier.channel.step()
    assert _fresh(bill).refunded_fen == 14500
    assert balance(AccountRef(Code.FEE_INCOME)) == balance(CLEARING) == 0
    assert set(trial_balance().values()) == {0}


def test_a_second_tap_gets_the_same_payment(accepted: Bill, chen_jing: Member, cashier: Cashier) -> None:
    first = _start(accepted, chen_jing)
    assert _start(accepted, chen_jing).url == first.url
    assert Payment.objects.count() == 1


def test_what_cannot_be_paid_is_refused(
    bill: Bill, chen_jing: Member, zhou_min: Member, stranger: Member, cashier: Cashier
) -> None:
    with pytest.raises(refusals.NotAccepted):
        _start(bill, chen_jing)
    actions.accept_bill(bill, by=chen_jing.actor, at=NOON)
    for who in (zhou_min, stranger):
        with pytest.raises(refusals.OnlyPayer):
            _start(bill, who)
    assert not Payment.objects.exists()
    cashier.pay(_start(bill, chen_jing).url, "pay")
    with pytest.raises(refusals.NothingToPay):
        _start(_fresh(bill), chen_jing)


def test_a_silent_channel_costs_nothing_and_the_next_tap_works(
    accepted: Bill, chen_jing: Member, cashier: Cashier, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(cashier.channel.notices, "signed", lambda body: {})
        with pytest.raises(refusals.ChannelDown):
            _start(accepted, chen_jing)
    assert Payment.objects.get().state == "created"
    payment = _start(accepted, chen_jing)
    assert (payment.state, Payment.objects.count()) == ("pending", 1)


@pytest.mark.requirement("B-7.8.2")
def test_a_notice_that_comes_three_times_is_booked_once(
    accepted: Bill, chen_jing: Member, cashier: Cashier
) -> None:
    cashier.pay(_start(accepted, chen_jing).url, "twice", copies=3)
    assert cashier.answers == [204, 204, 204]
    assert balance(CLEARING) == 14500
    assert Entry.objects.filter(source="payments.payment").count() == 1


@pytest.mark.requirement("B-7.8.2")
def test_twenty_replays_are_one_posting(accepted: Bill, chen_jing: Member, cashier: Cashier) -> None:
    cashier.pay(_start(accepted, chen_jing).url, "pay")
    headers, body = cashier.sent[0]
    for second in range(20):
        at = NOON + timedelta(seconds=second)
        outcome = actions.take_notice(headers=headers, body=body, address="127.0.0.1", at=at)
        assert outcome == Outcome.REPEATED
    assert balance(CLEARING) == 14500
    assert CallbackLog.objects.get(outcome="repeated").count == 20
    late = actions.take_notice(headers=headers, body=body, address="1.2.3.4", at=NOON + timedelta(minutes=6))
    assert late == Outcome.FORGED
    assert balance(CLEARING) == 14500


@pytest.mark.requirement("B-7.8.2")
def test_a_payment_nobody_told_us_of_is_found_by_asking(
    accepted: Bill, chen_jing: Member, cashier: Cashier
) -> None:
    payment = _start(accepted, chen_jing)
    cashier.pay(payment.url, "silent")
    assert cashier.sent == []
    _untouched(payment)
    cashier.set(NOON + timedelta(seconds=20))
    drain(NOON + timedelta(seconds=20))
    assert _fresh(payment).state == "succeeded"
    assert _fresh(accepted).state == "paid"


@pytest.mark.requirement("B-7.8.2")
def test_a_payer_who_pays_later_is_waited_for(accepted: Bill, chen_jing: Member, cashier: Cashier) -> None:
    payment = _start(accepted, chen_jing)
    cashier.pay(payment.url, "later", after=1800)
    for minute in (1, 5, 20):
        cashier.set(NOON + timedelta(minutes=minute))
        actions.check_payment(payment.pk, at=cashier.now)
        _untouched(payment)
    assert payment.tries == 3
    cashier.set(NOON + timedelta(minutes=31))
    cashier.channel.step()
    assert _fresh(payment).state == "succeeded"


def test_a_payment_not_paid_in_time_is_closed_at_the_channel_too(
    accepted: Bill, chen_jing: Member, cashier: Cashier
) -> None:
    payment = _start(accepted, chen_jing)
    at = payment.expires_at
    # The channel's clock lags: it would still take the money, so it has to be told.
    actions.check_payment(payment.pk, at=at)
    assert _fresh(payment).state == "closed"
    assert cashier.client.query(payment.number).state == "CLOSED"
    assert not queries.due_payments(at + timedelta(days=1))
    assert _start(accepted, chen_jing).number != payment.number


@pytest.mark.requirement("B-7.8.2")
def test_a_payer_quicker_than_the_closing_has_paid(
    accepted: Bill, chen_jing: Member, cashier: Cashier
) -> None:
    payment = _start(accepted, chen_jing)
    cashier.pay(payment.url, "silent")
    actions.close_payment(payment.pk, at=NOON)
    assert _fresh(payment).state == "succeeded"
    assert _fresh(accepted).state == "paid"


@pytest.mark.requirement("B-7.8.2")
def test_money_that_arrives_after_closing_counts_while_the_bill_is_open(
    accepted: Bill, chen_jing: Member, cashier: Cashier
) -> None:
    payment = _start(accepted, chen_jing)
    cashier.pay(payment.url, "late_notice", after=60)
    Payment.objects.filter(pk=payment.pk).update(state="closed", due_at=None)
    cashier.set(NOON + timedelta(minutes=2))
    cashier.channel.step()
    assert _fresh(payment).state == "succeeded"
    assert (payment.late, payment.allocated_fen, _fresh(accepted).state) == (True, 14500, "paid")


@pytest.mark.requirement("B-7.8.2")
def test_who_pays_two_codes_gets_the_second_back(accepted: Bill, chen_jing: Member, cashier: Cashier) -> None:
    first, second = _start(accepted, chen_jing), _start(accepted, chen_jing, PayWay.H5)
    cashier.pay(first.url, "pay")
    cashier.pay(second.url, "pay")
    assert (_fresh(second).paid_fen, second.allocated_fen, second.surplus_fen) == (14500, 0, 14500)
    assert balance(UNALLOCATED) == -14500
    refund = Refund.objects.get()
    assert (refund.cause, refund.payment, refund.amount_fen) == ("surplus", second, 14500)
    assert list(queries.surplus_payments(SYSTEM)) == [second]
    drain(NOON)
    cashier.channel.step()
    assert _fresh(refund).state == "succeeded"
    assert balance(UNALLOCATED) == 0
    assert balance(CLEARING) == 14500
    assert _fresh(accepted).refunded_fen == 0, "what came twice went back; the bill stays paid"
    assert not queries.surplus_payments(SYSTEM).exists(), "what has gone back waits for nobody"
    assert set(trial_balance().values()) == {0}


@pytest.mark.requirement("B-7.8.2")
def test_without_the_policy_surplus_is_listed_for_a_person(
    accepted: Bill, chen_jing: Member, cashier: Cashier, operations: Member
) -> None:
    policies.change(
        policy=SURPLUS_REFUND, value=False, valid_from=NOON, reason="人工处理", by=operations.actor, at=NOON
    )
    first, second = _start(accepted, chen_jing), _start(accepted, chen_jing, PayWay.H5)
    cashier.pay(first.url, "pay")
    cashier.pay(second.url, "pay")
    assert not Refund.objects.exists()
    assert list(queries.surplus_payments(operations.actor)) == [second]
    assert balance(UNALLOCATED) == -14500


def test_the_other_code_is_closed_once_the_bill_is_paid(
    accepted: Bill, chen_jing: Member, cashier: Cashier
) -> None:
    first, second = _start(accepted, chen_jing), _start(accepted, chen_jing, PayWay.H5)
    cashier.pay(first.url, "pay")
    drain(NOON)
    assert _fresh(second).state == "closed"
    assert cashier.client.query(second.number).state == "CLOSED"


@pytest.mark.requirement("B-7.8.2")
def test_a_forged_notice_changes_nothing_and_is_counted(
    accepted: Bill, chen_jing: Member, cashier: Cashier
) -> None:
    payment = _start(accepted, chen_jing)
    cashier.pay(payment.url, "forge")
    cashier.channel.tap(payment.url.rpartition("=")[2], "forge")
    cashier.channel.step()
    assert cashier.answers == [400, 400]
    log = CallbackLog.objects.get()
    assert (log.outcome, log.count, log.address) == ("forged", 2, "127.0.0.1")
    _untouched(payment)


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


@pytest.mark.requirement("B-7.8.2")
@pytest.mark.parametrize(
    "changes",
    [
        {"amount": {"total": 1}},
        {"amount": {"total": 14501}},
        {"amount": {"currency": "USD"}},
        {"mchid": "1900000002"},
        {"appid": "wx0000000000000002"},
        {"transaction_id": ""},
    ],
)
def test_an_authentic_notice_that_is_not_our_order_books_nothing_and_is_listed(
    accepted: Bill, chen_jing: Member, cashier: Cashier, changes: dict[str, Any]
) -> None:
    payment = _start(accepted, chen_jing)
    headers, body = _told(cashier, payment, **changes)
    for _ in range(2):
        outcome = actions.take_notice(headers=headers, body=body, address="127.0.0.1", at=NOON)
        assert outcome == Outcome.MISMATCH
    _untouched(payment)
    difference = ReconciliationDifference.objects.get()
    assert (difference.kind, difference.ours_fen) == ("mismatch", 14500)


def test_a_notice_about_nothing_of_ours_is_refused(
    accepted: Bill, chen_jing: Member, cashier: Cashier
) -> None:
    payment = _start(accepted, chen_jing)
    headers, body = _told(cashier, payment, out_trade_no="P260318-NOTOURS2")
    outcome = actions.take_notice(headers=headers, body=body, address="127.0.0.1", at=NOON)
    assert outcome == Outcome.UNKNOWN
    _untouched(payment)


def test_a_notice_of_another_merchants_platform_is_forged(
    accepted: Bill, chen_jing: Member, cashier: Cashier, tmp_path: Any
) -> None:
    from anxin.payments.adapters.wechatpay import keys

    other = keys.simulated(tmp_path / "other").merchant
    payment = _start(accepted, chen_jing)
    headers, body = _told(cashier, payment)
    strange = WechatPay(
        replace(cashier.client.merchant, platform_keys=other.platform_keys),
        url="http://127.0.0.1", notify_url="", http=cashier.http, clock=cashier.now.timestamp,
    )  # fmt: skip
    with instead(strange):
        outcome = actions.take_notice(headers=headers, body=body, address="127.0.0.1", at=NOON)
    assert outcome == Outcome.FORGED
    _untouched(payment)
