"""Refunds: never more than was paid, always with a reason, ended by the channel's word."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections

from anxin.kit.jobs import drain
from anxin.ledger.public import balance, trial_balance
from anxin.ledger.values import AccountRef, Code
from anxin.orders.models import Note, Order
from anxin.orders.public import OrderCancelled
from anxin.payments import actions, queries, rules
from anxin.payments.actions import refusals
from anxin.payments.adapters.channel import wechatpay
from anxin.payments.adapters.wechatpay import ChannelSilent
from anxin.payments.models import Bill, Payment, ReconciliationDifference, Refund
from anxin.payments.public import Cashier
from anxin.payments.values import BillKind, PayWay
from tests.cast import NOON, Member

pytestmark = pytest.mark.django_db
CLEARING = AccountRef(Code.CHANNEL_CLEARING)


def _settle(cashier: Cashier, seconds: int = 1) -> None:
    cashier.set(cashier.now + timedelta(seconds=seconds))
    drain(cashier.now)
    cashier.channel.step()


@pytest.mark.requirement("B-7.8.2")
def test_a_part_is_refunded_and_reversed_in_the_books(
    paid: Payment, jia_finance: Member, cashier: Cashier
) -> None:
    bill = paid.bill
    [refund] = actions.refund(bill, amount_fen=4500, reason="少做一小时", by=jia_finance.actor, at=NOON)
    assert refund.state == "requested"
    assert balance(CLEARING) == 14500, "nothing is booked before the channel has said so"
    _settle(cashier)
    refund.refresh_from_db()
    bill.refresh_from_db()
    assert (refund.state, bill.refunded_fen, bill.kept_fen) == ("succeeded", 4500, 10000)
    assert balance(CLEARING) == 10000
    assert -balance(AccountRef(Code.SERVICE_INCOME, organisation_id=bill.organisation_id)) == 10000
    assert set(trial_balance().values()) == {0}
    assert Note.objects.filter(kind="refunded").exists()


@pytest.mark.requirement("B-7.8.2")
@pytest.mark.parametrize("amount", [14501, 0, -1, 10**12])
def test_more_than_was_paid_is_refused(paid: Payment, jia_finance: Member, amount: int) -> None:
    with pytest.raises(refusals.TooMuch):
        actions.refund(paid.bill, amount_fen=amount, reason="x", by=jia_finance.actor, at=NOON)
    assert not Refund.objects.exists()


@pytest.mark.requirement("B-7.8.2")
def test_refunds_that_are_only_asked_for_count_against_the_rest(paid: Payment, jia_finance: Member) -> None:
    actions.refund(paid.bill, amount_fen=10000, reason="一", by=jia_finance.actor, at=NOON)
    with pytest.raises(refusals.TooMuch) as refused:
        actions.refund(paid.bill, amount_fen=4501, reason="二", by=jia_finance.actor, at=NOON)
    assert "45.00" in str(refused.value)
    actions.refund(paid.bill, amount_fen=4500, reason="二", by=jia_finance.actor, at=NOON)
    assert Refund.objects.count() == 2


def test_a_refund_needs_a_reason_and_the_right_person(
    paid: Payment, jia_finance: Member, jia_dispatcher: Member, yi_head: Member, chen_jing: Member
) -> None:
    with pytest.raises(refusals.WordsNeeded):
        actions.refund(paid.bill, amount_fen=1, reason=" ", by=jia_finance.actor, at=NOON)
    for who in (jia_dispatcher, yi_head, chen_jing):
        with pytest.raises(refusals.OnlyAgency):
            actions.refund(paid.bill, amount_fen=1, reason="x", by=who.actor, at=NOON)
    assert not Refund.objects.exists()


def test_an_unpaid_bill_has_nothing_to_refund(bill: Bill, jia_finance: Member) -> None:
    with pytest.raises(refusals.NothingPaid):
        actions.refund(bill, amount_fen=1, reason="x", by=jia_finance.actor, at=NOON)


def test_a_refund_nobody_told_us_of_is_found_by_asking(
    paid: Payment, jia_finance: Member, cashier: Cashier
) -> None:
    cashier.channel.set_refund_way(paid.number, "silent")
    [refund] = actions.refund(paid.bill, amount_fen=100, reason="x", by=jia_finance.actor, at=NOON)
    _settle(cashier)
    refund.refresh_from_db()
    assert refund.state == "processing"
    actions.send_refund(refund.pk, at=NOON + timedelta(minutes=2))
    refund.refresh_from_db()
    assert refund.state == "succeeded"


def test_a_refund_heard_twice_is_booked_once(paid: Payment, jia_finance: Member, cashier: Cashier) -> None:
    [refund] = actions.refund(paid.bill, amount_fen=100, reason="x", by=jia_finance.actor, at=NOON)
    _settle(cashier)
    headers, body = cashier.sent[-1]
    for _ in range(5):
        assert actions.take_notice(headers=headers, body=body, address="", at=cashier.now) == "repeated"
    actions.send_refund(refund.pk, at=NOON)
    paid.bill.refresh_from_db()
    assert (paid.bill.refunded_fen, balance(CLEARING)) == (100, 14400)


@pytest.mark.requirement("B-7.8.2")
def test_an_abnormal_refund_is_listed_and_ended_by_a_person(
    paid: Payment, jia_finance: Member, cashier: Cashier
) -> None:
    cashier.channel.set_refund_way(paid.number, "abnormal")
    [refund] = actions.refund(paid.bill, amount_fen=100, reason="x", by=jia_finance.actor, at=NOON)
    _settle(cashier)
    refund.refresh_from_db()
    assert refund.state == "abnormal"
    assert balance(CLEARING) == 14500
    assert ReconciliationDifference.objects.get(reference=refund.number).kind == "state"
    actions.resolve_refund(refund, paid_out=True, note="已线下转账", by=jia_finance.actor, at=NOON)
    paid.bill.refresh_from_db()
    assert (paid.bill.refunded_fen, balance(CLEARING)) == (100, 14400)
    told = Note.objects.get(kind="refunded").text
    assert "别的方式" in told and "原路退回" not in told


@pytest.mark.requirement("B-7.8.2")
def test_who_is_not_refunded_after_all_is_told_why(
    paid: Payment, jia_finance: Member, operations: Member, cashier: Cashier
) -> None:
    cashier.channel.set_refund_way(paid.number, "abnormal")
    [refund] = actions.refund(paid.bill, amount_fen=100, reason="x", by=jia_finance.actor, at=NOON)
    _settle(cashier)
    refund.refresh_from_db()
    actions.resolve_refund(refund, paid_out=False, note="双方改为下次抵扣", by=operations.actor, at=NOON)
    note = Note.objects.get(kind="refund_closed")
    assert note.params == {"amount": "1.00", "reason": "双方改为下次抵扣"}
    assert "customer" in note.audience


@pytest.mark.requirement("B-7.8.2")
def test_the_operator_ends_it_on_the_page(  # type: ignore[no-untyped-def]
    paid: Payment, jia_finance: Member, operations: Member, cashier: Cashier, client_of
) -> None:
    cashier.channel.set_refund_way(paid.number, "abnormal")
    [refund] = actions.refund(paid.bill, amount_fen=100, reason="x", by=jia_finance.actor, at=NOON)
    _settle(cashier)
    where = f"/reconciliation/refunds/{refund.pk}/end/"
    assert client_of(jia_finance).post(where, {"how": "paid_out", "note": "转账"}).status_code in (403, 404)
    client = client_of(operations)
    assert refund.number in client.get("/reconciliation/").content.decode()
    assert client.post(where, {"how": "paid_out", "note": ""}).status_code == 422
    refund.refresh_from_db()
    assert refund.state == "abnormal"
    assert client.post(where, {"how": "paid_out", "note": "已线下转账，凭证 001"}).status_code == 303
    refund.refresh_from_db()
    paid.bill.refresh_from_db()
    assert (refund.state, paid.bill.refunded_fen) == ("succeeded", 100)
    assert client.post(where, {"how": "given_up", "note": "再来"}).status_code == 404


def test_a_closed_refund_frees_its_amount(paid: Payment, jia_finance: Member, cashier: Cashier) -> None:
    cashier.channel.set_refund_way(paid.number, "closed")
    actions.refund(paid.bill, amount_fen=14500, reason="x", by=jia_finance.actor, at=NOON)
    _settle(cashier)
    assert Refund.objects.get().state == "closed"
    cashier.channel.set_refund_way(paid.number, "ok")
    actions.refund(paid.bill, amount_fen=14500, reason="再来", by=jia_finance.actor, at=NOON)
    _settle(cashier)
    assert balance(CLEARING) == 0


def test_an_empty_channel_balance_is_waited_for(paid: Payment, jia_finance: Member, cashier: Cashier) -> None:
    cashier.channel.set_refund_way(paid.number, "not_enough")
    [refund] = actions.refund(paid.bill, amount_fen=100, reason="x", by=jia_finance.actor, at=NOON)
    _settle(cashier)
    refund.refresh_from_db()
    assert (refund.state, refund.tries) == ("requested", 1)
    assert "NOT_ENOUGH" in refund.problem
    cashier.channel.set_refund_way(paid.number, "ok")
    [due] = queries.due_refunds(NOON + timedelta(minutes=2))
    actions.send_refund(due.pk, at=NOON + timedelta(minutes=2))
    cashier.channel.step()
    refund.refresh_from_db()
    assert refund.state == "succeeded"


@pytest.mark.django_db(transaction=True)
def test_of_many_refunds_at_once_no_more_than_was_paid_goes_back(paid: Payment, jia_finance: Member) -> None:
    by, made = jia_finance.actor, []

    def ask() -> None:
        try:
            made.extend(actions.refund(paid.bill, amount_fen=5000, reason="x", by=by, at=NOON))
        except refusals.TooMuch:
            pass
        finally:
            connections.close_all()

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(refund.amount_fen for refund in Refund.objects.all()) == 10000
    assert len(made) == 2


@pytest.mark.parametrize("fee", [0, 1, 7, 483])
def test_the_fee_goes_back_in_shares_that_add_up(fee: int) -> None:
    parts, before, back = [1, 999, 5000, 4500, 4000], 0, 0
    for part in parts:
        back += rules.fee_back(fee, 14500, before, part)
        before += part
    assert back == fee


@pytest.mark.requirement("B-7.8.2")
def test_cancelling_costs_what_the_rules_say(order: Order, chen_jing: Member, cashier: Cashier) -> None:
    from anxin.kit.events import announce

    Order.objects.filter(pk=order.pk).update(state="cancelled")
    announce(OrderCancelled(order.pk, "customer", 1450, 0))
    drain(NOON)
    bill = queries.live_bill(order.pk, BillKind.CANCELLATION)
    assert bill is not None
    assert (bill.due_fen, bill.state) == (1450, "accepted")
    payment = actions.start_payment(bill, way=PayWay.H5, by=chen_jing.actor, at=NOON)
    cashier.pay(payment.url, "pay")
    bill.refresh_from_db()
    order.refresh_from_db()
    assert (bill.state, order.state) == ("paid", "cancelled")


def test_cancelling_by_the_agency_leaves_a_debt_to_the_customer(order: Order, chen_jing: Member) -> None:
    from anxin.kit.events import announce

    Order.objects.filter(pk=order.pk).update(state="cancelled")
    for _ in range(2):
        announce(OrderCancelled(order.pk, "agency", 0, 2900))
        drain(NOON)
    owed = AccountRef(Code.CUSTOMER_PAYABLE, organisation_id=order.provider_id, about_person_id=chen_jing.id)
    assert -balance(owed) == 2900
    assert not Bill.objects.exists()


@pytest.mark.requirement("B-7.8.2")
def test_what_has_arrived_while_the_channel_was_asked_is_not_asked_about_again(
    paid: Payment, jia_finance: Member, cashier: Cashier, monkeypatch: pytest.MonkeyPatch
) -> None:
    cashier.deliver = None
    [row] = actions.refund(paid.bill, amount_fen=100, reason="迟到", by=jia_finance.actor, at=NOON)
    drain(NOON)
    told = replace(wechatpay().query_refund(row.number), state="SUCCESS")

    def silent(number: str) -> Any:
        actions.hear_refund(told, at=NOON)
        raise ChannelSilent("timeout")

    monkeypatch.setattr(wechatpay(), "query_refund", silent)
    actions.send_refund(row.pk, at=NOON)

    row.refresh_from_db()
    assert (row.state, row.due_at) == ("succeeded", None)
