"""Moving a visit: priced for the new day, checked against everybody's time, agreed to by the other side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client

from anxin.agencies.values import DayFactor, DayFactorKind, PriceList
from anxin.contracts.models import Contract
from anxin.kit import jobs
from anxin.kit.geo import Point
from anxin.kit.ids import new_id
from anxin.orders import queries, rules
from anxin.orders.actions import change, offer, refusals
from anxin.orders.models import Change, Order, Visit
from anxin.orders.states import OrderState, VisitState
from anxin.orders.values import Side
from anxin.workers import public as workers
from anxin.workers.models import Booking
from anxin.workers.values import BookingKind, Span
from tests.cast import NOON
from tests.contracts.conftest import Deal
from tests.orders.steps import accepted, agreed, assert_time_is_held_for_the_live_alone, signed
from tests.stage import START, Stage
from tests.tape import taped

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("B-7.3.2")]
SATURDAY = START + timedelta(days=1)
MONDAY = START + timedelta(days=3)
At = Callable[..., Client]


def dearer_at_weekends(order: Order) -> None:
    """The frozen price list has a weekend factor of 1.5 (the stage's own list has none)."""
    frozen = PriceList.from_json(order.terms["price_list"])
    dear = replace(frozen, surcharges=(DayFactor(DayFactorKind.WEEKEND, 15_000),))
    Order.objects.filter(pk=order.pk).update(terms={**order.terms, "price_list": dear.to_json()})
    order.refresh_from_db()


@taped
def deal(stage: Stage) -> Deal:
    """Both have signed; a weekend costs half as much again."""
    order = stage.ask()
    offer.accept(order, organisation_id=stage.head.organisation.pk, by=stage.head.actor, at=NOON)
    dearer_at_weekends(order)
    jobs.drain(NOON)
    found = Deal(stage, order)
    found.agree()
    found.sign()
    found.seal()
    order.refresh_from_db()
    return found


def day_of(order: Order) -> Visit:
    return Visit.objects.select_related("order__customer").get(order=order)


def held(asked: Change | None) -> Change:
    assert asked is not None
    return Change.objects.select_related("order__customer", "visit").get(pk=asked.pk)


def test_a_dearer_day_is_shown_to_both_and_becomes_an_addendum(deal: Deal) -> None:
    stage, visit = deal.stage, day_of(deal.order)
    deal.later(minutes=2)
    with pytest.raises(refusals.MoveRepriced) as told:
        change.ask_change(visit, starts_at=SATURDAY, reason="周五加班", by=deal.customer, at=deal.at)
    assert "150.00" in str(told.value) and "225.00" in str(told.value) and "+¥75.00" in str(told.value)
    assert not Change.objects.exists()
    asked = held(
        change.ask_change(
            visit, starts_at=SATURDAY, reason="周五加班", seen_total_fen=22500, by=deal.customer, at=deal.at
        )
    )
    with pytest.raises(refusals.MoveRepriced):
        change.answer_change(asked, agreed=True, by=stage.head.actor, at=deal.at)
    assert day_of(deal.order).starts_at == START
    change.answer_change(held(asked), agreed=True, seen_total_fen=22500, by=stage.head.actor, at=deal.at)
    jobs.drain(deal.at)
    deal.order.refresh_from_db()
    assert (deal.order.state, deal.order.total_fen) == (OrderState.CONTRACTING, 22500)
    addendum = deal.contract
    assert addendum.is_addendum and addendum.template.form == "rescheduled"
    assert addendum.values["addendum.fee_before"] == "150.00"
    assert addendum.values["fee.amount"] == "225.00"
    assert "3月21日" in addendum.values["service.period"]
    assert "3月20日" in addendum.values["addendum.period_before"]
    deal.later(minutes=2)
    deal.sign()
    deal.seal()
    deal.order.refresh_from_db()
    assert deal.order.state == OrderState.SIGNED
    assert_time_is_held_for_the_live_alone()


def test_a_day_at_the_same_price_needs_no_addendum(deal: Deal) -> None:
    asked = held(
        change.ask_change(day_of(deal.order), starts_at=MONDAY, reason="有事", by=deal.customer, at=NOON)
    )
    change.answer_change(asked, agreed=True, by=deal.stage.head.actor, at=NOON)
    jobs.drain(NOON)
    deal.order.refresh_from_db()
    assert deal.order.state == OrderState.SIGNED
    assert not Contract.objects.filter(kind="addendum").exists()


def test_an_unsigned_contract_takes_the_new_time_and_price(stage: Stage) -> None:
    order = Order.objects.get(pk=agreed(stage).order_id)
    dearer_at_weekends(order)
    jobs.drain(NOON)
    asked = held(
        change.ask_change(
            day_of(order), starts_at=SATURDAY, reason="忙", seen_total_fen=22500, by=stage.head.actor, at=NOON
        )
    )
    change.answer_change(asked, agreed=True, seen_total_fen=22500, by=stage.customer.actor, at=NOON)
    jobs.drain(NOON)
    contract = Contract.objects.get(order=order)
    assert contract.values["fee.amount"] == "225.00"
    assert "3月21日" in contract.values["service.period"]


def test_before_acceptance_it_moves_at_once_with_a_new_estimate(stage: Stage) -> None:
    order = stage.ask()
    assert (
        change.ask_change(day_of(order), starts_at=SATURDAY, reason="忙", by=stage.customer.actor, at=NOON)
        is None
    )
    order.refresh_from_db()
    assert (order.starts_at, order.estimate["low_fen"]) == (SATURDAY, 15000)


@pytest.mark.parametrize("hour", [-9, 5])
def test_outside_the_agencys_hours_it_is_refused_with_what_is_free(stage: Stage, hour: int) -> None:
    order = accepted(stage)
    with pytest.raises(refusals.MoveBlocked) as told:
        change.ask_change(
            day_of(order),
            starts_at=SATURDAY + timedelta(hours=hour),
            reason="忙",
            by=stage.customer.actor,
            at=NOON,
        )
    assert "机构在这个时间不提供这项服务" in str(told.value)
    assert told.value.params["starts"]
    assert not Change.objects.exists()


def test_outside_the_workers_shift_it_is_refused(stage: Stage) -> None:
    order, visit = signed(stage)
    workers.set_shifts(
        worker_id=stage.workers[0].pk, shifts=[(d, 480, 1260) for d in range(5)] + [(5, 480, 720)],
        by=stage.worker, at=NOON,
    )  # fmt: skip
    with pytest.raises(refusals.MoveBlocked) as told:
        change.ask_change(visit, starts_at=SATURDAY, reason="忙", by=stage.customer.actor, at=NOON)
    assert "不在服务员的可服务时段内" in str(told.value)
    assert "03-21 08:00" in str(told.value)


def test_over_another_booking_or_without_time_to_travel_it_is_refused(stage: Stage) -> None:
    order, visit = signed(stage)
    taken = Span(SATURDAY + timedelta(hours=1), SATURDAY + timedelta(hours=2))
    workers.hold_time(
        worker_id=stage.workers[0].pk, span=taken, kind=BookingKind.VISIT, ref=new_id(),
        point=Point(30.10, 119.40), turnover_minutes=30, by=stage.head.actor, at=NOON,
    )  # fmt: skip
    with pytest.raises(refusals.MoveBlocked) as told:
        change.ask_change(visit, starts_at=SATURDAY, reason="忙", by=stage.customer.actor, at=NOON)
    assert "服务员那时已有安排" in str(told.value)
    just_before = taken.start - timedelta(hours=3, minutes=30)
    with pytest.raises(refusals.MoveBlocked) as told:
        change.ask_change(visit, starts_at=just_before, reason="忙", by=stage.customer.actor, at=NOON)
    assert "服务员那时赶不过来" in str(told.value)
    for start in told.value.params["starts"]:
        assert not queries.moving(order, visit, start, NOON, side=Side.AGENCY).reasons
    assert Booking.objects.filter(span__startswith=START).count() == 1


def test_its_own_old_time_is_not_in_the_way(stage: Stage) -> None:
    _order, visit = signed(stage)
    asked = held(
        change.ask_change(
            visit, starts_at=START + timedelta(minutes=30), reason="晚些", by=stage.customer.actor, at=NOON
        )
    )
    change.answer_change(asked, agreed=True, by=stage.head.actor, at=NOON)
    assert_time_is_held_for_the_live_alone()


def test_on_a_day_without_a_green_code_it_is_refused(stage: Stage) -> None:
    order, visit = signed(stage)
    beyond = START + timedelta(days=300)
    with pytest.raises(refusals.MoveBlocked) as told:
        change.ask_change(visit, starts_at=beyond, reason="忙", by=stage.customer.actor, at=NOON)
    assert "安心码不是绿码" in str(told.value)
    assert day_of(order).starts_at == START


def test_the_table_says_for_both_sides_at_each_stage() -> None:
    said = {
        (state, side): rules.change_terms(state=state, visit_state=VisitState.PLANNED, side=side)
        for state in OrderState
        for side in (Side.CUSTOMER, Side.AGENCY)
    }
    assert said[OrderState.SUBMITTED, Side.CUSTOMER].allowed
    assert not said[OrderState.SUBMITTED, Side.AGENCY].allowed
    for side in (Side.CUSTOMER, Side.AGENCY):
        assert said[OrderState.ACCEPTED, side].needs_consent and not said[OrderState.ACCEPTED, side].addendum
        assert said[OrderState.SIGNED, side].addendum
        assert not said[OrderState.IN_SERVICE, side].allowed
        on_the_way = rules.change_terms(state=OrderState.SIGNED, visit_state=VisitState.EN_ROUTE, side=side)
        assert not on_the_way.allowed


@pytest.mark.usefixtures("at_noon")
def test_the_page_shows_the_new_price_before_it_asks(deal: Deal, client_of: At) -> None:
    client, where = client_of(deal.stage.customer), f"/orders/{deal.order.number}/change/"
    typed = {"day": "2026-03-21", "start": "14:00", "reason": "周五加班"}
    shown = client.post(where, typed)
    words = shown.content.decode()
    assert shown.status_code == 409
    assert "225.00" in words and "同意新价格并提出改期" in words and "周五加班" in words
    assert client.post(where, {**typed, "seen_total_fen": "22500"}).status_code == 303
    story = client_of(deal.stage.head).get(f"/orders/{deal.order.number}/").content.decode()
    assert "225.00" in story and 'name="seen_total_fen" value="22500"' in story


@pytest.mark.usefixtures("at_noon")
def test_the_page_says_what_is_free_instead(stage: Stage, client_of: At) -> None:
    order, _visit = signed(stage)
    answer = client_of(stage.customer).post(
        f"/orders/{order.number}/change/", {"day": "2026-03-21", "start": "21:00", "reason": "忙"}
    )
    assert answer.status_code == 409
    assert "那时有空" in answer.content.decode()
