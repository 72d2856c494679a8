"""What an agency owes by the rule reaches the customer once, through the channel, and the books balance."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from anxin.accounts.public import Organisation
from anxin.kit.actor import SYSTEM
from anxin.kit.errors import Refusal
from anxin.kit.jobs import drain
from anxin.kit.models import NotAllowed
from anxin.ledger.models import Entry
from anxin.ledger.public import balance, trial_balance
from anxin.ledger.values import AccountRef, Code
from anxin.orders.models import Note, Order
from anxin.payments import actions, queries
from anxin.payments.actions import refusals
from anxin.payments.models import Compensation, Payout, ReconciliationDifference
from anxin.payments.public import Cashier
from tests.cast import NOON, Member

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=49)


@pytest.fixture
def owed(make_order: Callable[..., Order], cashier: Cashier) -> Compensation:
    """¥43.50 of an agreed ¥145.00: the agency called the order off shortly before."""
    order = make_order(state="cancelled")
    for _twice in range(2):
        actions.settle_cancellation(
            order_id=order.pk, fee_fen=0, compensation_fen=4350, ground="离上门时间已经很近。", at=NOON
        )
    return Compensation.objects.get()


@pytest.fixture
def payable(owed: Compensation, cashier: Cashier) -> Compensation:
    """Nobody objected."""
    actions.tick_compensations(at=LATER)
    cashier.set(LATER)
    drain(LATER)
    owed.refresh_from_db()
    return owed


def _debt(row: Compensation) -> int:
    ref = AccountRef(Code.CUSTOMER_PAYABLE, organisation_id=row.organisation_id, about_person_id=row.payee_id)
    return -balance(ref)


def _take(row: Compensation, who: Member, cashier: Cashier, at: Any = LATER) -> Payout:
    return actions.claim(row, code=cashier.channel.transfers.code(), by=who.actor, at=at)


@pytest.mark.requirement("B-7.8.2")
def test_the_rules_amount_is_owed_once_told_to_both_and_payable_when_nobody_objected(
    owed: Compensation, jia: Organisation
) -> None:
    assert (owed.state, owed.amount_fen, owed.base_fen, owed.share_bp) == ("owed", 4350, 14500, 3000)
    assert _debt(owed) == 4350
    assert Note.objects.get(kind="compensation_owed").audience == "customer provider"
    actions.tick_compensations(at=NOON + timedelta(hours=47))
    drain(NOON + timedelta(hours=47))
    owed.refresh_from_db()
    assert owed.state == "owed"
    actions.tick_compensations(at=LATER)
    drain(LATER)
    owed.refresh_from_db()
    assert owed.state == "payable"
    assert set(trial_balance().values()) == {0}


@pytest.mark.requirement("B-7.8.2")
def test_the_customer_takes_it_in_wechat_and_however_often_it_is_told_it_is_paid_once(
    payable: Compensation, chen_jing: Member, cashier: Cashier
) -> None:
    payout = _take(payable, chen_jing, cashier)
    assert (payout.state, payout.package) == ("waiting", f"package-{payout.number}")
    again = actions.claim(queries.compensation_by_id(payable.pk), code="used", by=chen_jing.actor, at=LATER)
    assert again.pk == payout.pk
    assert balance(AccountRef(Code.CHANNEL_CLEARING)) == 0, "nothing is booked before the channel has said so"
    cashier.channel.transfers.tap(payout.number, "take")
    cashier.channel.step()
    headers, body = cashier.sent[-1]
    assert cashier.answers[-1] == 204
    assert actions.take_notice(headers=headers, body=body, address="", at=LATER) == "repeated"
    actions.send_payout(payout.pk, at=LATER)
    payable.refresh_from_db()
    assert payable.state == "paid"
    assert _debt(payable) == 0
    assert balance(AccountRef(Code.CHANNEL_CLEARING)) == -4350
    assert balance(AccountRef(Code.COMPENSATION, organisation_id=payable.organisation_id)) == 4350
    assert Entry.objects.filter(source="payments.payout").count() == 1
    assert set(trial_balance().values()) == {0}


def test_a_lost_notice_is_found_by_asking(payable: Compensation, chen_jing: Member, cashier: Cashier) -> None:
    payout = _take(payable, chen_jing, cashier)
    cashier.deliver = lambda _headers, _body: 500
    cashier.channel.transfers.tap(payout.number, "take")
    later = LATER + timedelta(hours=1)
    cashier.set(later)
    actions.tick_compensations(at=later)
    drain(later)
    payable.refresh_from_db()
    assert payable.state == "paid"


def test_what_nobody_took_within_a_day_can_be_taken_again(
    payable: Compensation, chen_jing: Member, cashier: Cashier
) -> None:
    first = _take(payable, chen_jing, cashier)
    cashier.set(LATER + timedelta(days=1, seconds=1))
    cashier.channel.step()
    payable.refresh_from_db()
    assert payable.state == "payable"
    assert Payout.objects.get().state == "failed"
    second = _take(payable, chen_jing, cashier, at=cashier.now)
    assert second.number != first.number
    cashier.channel.transfers.tap(second.number, "take")
    cashier.channel.step()
    payable.refresh_from_db()
    assert payable.state == "paid"
    assert Entry.objects.filter(source="payments.payout").count() == 1


def test_a_transfer_of_another_amount_books_nothing_and_is_listed(
    payable: Compensation, chen_jing: Member, cashier: Cashier
) -> None:
    payout = _take(payable, chen_jing, cashier)
    told = cashier.client.query_transfer(payout.number)
    lie = type(told)(**{**told.__dict__, "state": "SUCCESS", "amount_fen": 1})
    assert actions.hear_payout(lie, at=LATER) == "mismatch"
    payable.refresh_from_db()
    assert payable.state == "paying"
    assert ReconciliationDifference.objects.count() == 1


@pytest.mark.parametrize("who", ["jia_finance", "zhou_min"])
def test_only_the_customer_takes_it(
    payable: Compensation, who: str, request: pytest.FixtureRequest, cashier: Cashier
) -> None:
    with pytest.raises(refusals.OnlyPayee):
        _take(payable, request.getfixturevalue(who), cashier)
    assert not Payout.objects.exists()


def test_a_code_that_wechat_does_not_know_opens_nothing(
    payable: Compensation, chen_jing: Member, cashier: Cashier
) -> None:
    code = cashier.channel.transfers.code()
    cashier.client.openid(code)
    with pytest.raises(refusals.LoginStale):
        actions.claim(payable, code=code, by=chen_jing.actor, at=LATER)
    assert not Payout.objects.exists()


@pytest.mark.parametrize(
    ("amount", "state", "debt"), [(4350, "payable", 4350), (2000, "payable", 2000), (0, "waived", 0)]
)
def test_an_objection_stops_the_money_until_the_operator_has_decided(
    owed: Compensation, jia_finance: Member, amount: int, state: str, debt: int
) -> None:
    actions.contest(owed, text="客户自己要求取消", by=jia_finance.actor, at=NOON)
    actions.tick_compensations(at=LATER)
    drain(LATER)
    owed.refresh_from_db()
    assert owed.state == "contested"
    with pytest.raises(refusals.OnlyOperator):
        actions.decide(owed, amount_fen=0, answer="好", by=jia_finance.actor, at=LATER)
    actions.decide(owed, amount_fen=amount, answer="核对了通话记录", by=SYSTEM, at=LATER)
    assert (owed.state, owed.amount_fen, _debt(owed)) == (state, amount, debt)
    assert set(trial_balance().values()) == {0}


def test_a_decision_never_goes_above_the_price_nor_comes_twice(owed: Compensation, chen_jing: Member) -> None:
    actions.contest(owed, text="损失更大", by=chen_jing.actor, at=NOON)
    with pytest.raises(refusals.AboveThePrice):
        actions.decide(owed, amount_fen=14501, answer="多", by=SYSTEM, at=NOON)
    actions.decide(owed, amount_fen=14500, answer="全额", by=SYSTEM, at=NOON)
    with pytest.raises(NotAllowed):
        actions.decide(owed, amount_fen=1, answer="少", by=SYSTEM, at=NOON)
    assert _debt(owed) == 14500


def test_while_a_transfer_is_under_way_nobody_pays_or_decides_beside_it(
    payable: Compensation, chen_jing: Member, cashier: Cashier
) -> None:
    payout = _take(payable, chen_jing, cashier)
    payable.refresh_from_db()
    assert payable.state == "paying"
    debt, entries = _debt(payable), Entry.objects.count()
    for act in (
        lambda: actions.end(payable, note="银行转账 0318", by=SYSTEM, at=LATER),
        lambda: actions.decide(payable, amount_fen=9000, answer="多给一些", by=SYSTEM, at=LATER),
        lambda: actions.release(payable, at=LATER),
    ):
        with pytest.raises(NotAllowed):
            act()
    payable.refresh_from_db()
    payout.refresh_from_db()
    assert (payable.state, payable.amount_fen, payout.state) == ("paying", 4350, "waiting")
    assert (_debt(payable), Entry.objects.count()) == (debt, entries)


def test_what_was_objected_to_is_not_released_and_what_was_not_is_not_decided(
    owed: Compensation, chen_jing: Member
) -> None:
    with pytest.raises(NotAllowed):
        actions.decide(owed, amount_fen=0, answer="不必", by=SYSTEM, at=NOON)
    actions.contest(owed, text="太少", by=chen_jing.actor, at=NOON)
    with pytest.raises(NotAllowed):
        actions.release(owed, at=LATER)
    owed.refresh_from_db()
    assert (owed.state, owed.amount_fen, _debt(owed)) == ("contested", 4350, 4350)


def test_after_the_time_nobody_objects(payable: Compensation, chen_jing: Member, zhou_min: Member) -> None:
    for who in (chen_jing, zhou_min):
        with pytest.raises(Refusal):
            actions.contest(payable, text="太少", by=who.actor, at=LATER)
    assert payable.objection == ""


# ── pages ────────────────────────────────────────────────────────────────────────────────────────────
def _url(name: str, *args: Any) -> str:
    return reverse(f"payments:{name}", args=args)


@pytest.fixture
def customer(client_of: Callable[..., Client], chen_jing: Member) -> Client:
    return client_of(chen_jing)


@time_machine.travel(LATER, tick=False)
def test_the_page_leads_through_wechat_to_the_money(
    payable: Compensation, customer: Client, cashier: Cashier
) -> None:
    page = _url("compensation", payable.number)
    shown = customer.get(page).content.decode()
    assert "去微信领取 ¥43.50" in shown and "30%" in shown
    asked = parse_qs(urlsplit(cashier.client.login_url("", "")).query)
    assert asked["scope"] == ["snsapi_base"]
    link = (
        shown.split('class="btn btn-primary btn-lg btn-block" href="')[1].split('"')[0].replace("&amp;", "&")
    )
    answer = cashier.http.get(link.partition("#")[0])
    assert answer.status_code == 302
    back = urlsplit(answer.headers["Location"])
    assert back.path == _url("claim", payable.number)
    given = {name: values[0] for name, values in parse_qs(back.query).items()}
    assert "领取 ¥43.50" in customer.get(back.path, given).content.decode()
    done = customer.post(back.path, given)
    assert (done.status_code, done["Location"]) == (303, page)
    payout = Payout.objects.get()
    assert f"/wechat/transfer/{payout.number}" in customer.get(page).content.decode()
    phone = cashier.http.post(f"/wechatpay/wechat/transfer/{payout.number}", data={"how": "take"})
    assert phone.status_code == 303
    cashier.channel.step()
    assert "已支付" in customer.get(page).content.decode()


@time_machine.travel(LATER, tick=False)
def test_a_way_begun_by_somebody_else_ends_nowhere(
    payable: Compensation, customer: Client, cashier: Cashier
) -> None:
    code = cashier.channel.transfers.code()
    for state in ("", "made-up"):
        answer = customer.post(_url("claim", payable.number), {"code": code, "state": state})
        assert answer.status_code == 409
    assert not Payout.objects.exists()


@time_machine.travel(NOON, tick=False)
def test_both_sides_see_it_a_stranger_does_not(
    owed: Compensation, customer: Client, client_of: Any, jia_finance: Member, zhou_min: Member
) -> None:
    page = _url("compensation", owed.number)
    for client in (customer, client_of(jia_finance)):
        assert "¥43.50" in client.get(page).content.decode()
    assert client_of(zhou_min).get(page).status_code == 404
    assert owed.number in client_of(jia_finance).get(_url("compensations")).content.decode()
    assert customer.get(_url("compensations")).status_code == 403
    answer = client_of(jia_finance).post(_url("objection", owed.number), {"text": ""})
    assert answer.status_code == 422
    client_of(jia_finance).post(_url("objection", owed.number), {"text": "是客户爽约"})
    owed.refresh_from_db()
    assert (owed.state, owed.objection) == ("contested", "是客户爽约")
