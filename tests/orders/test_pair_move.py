"""Moving where two come at the same time: both visits by one word, or neither."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from anxin.kit import jobs
from anxin.notices.models import Notice
from anxin.orders.actions import change, refusals, visit
from anxin.orders.models import Change, Order, Visit
from anxin.orders.states import ChangeState, OrderState
from anxin.workers import public as workers
from anxin.workers.models import Booking
from anxin.workers.values import BookingKind, Span
from tests.cast import NOON
from tests.orders.pairs import halves, pair, taken
from tests.orders.steps import assert_time_is_held_for_the_live_alone
from tests.orders.test_pair_cancel import signed
from tests.orders.test_reschedule import MONDAY, SATURDAY, dearer_at_weekends
from tests.stage import START, Stage

At = Callable[..., Client]
pytestmark = [pytest.mark.django_db, pytest.mark.requirement("B-7.3.2")]


def day_of(order: Order) -> Visit:
    return Visit.objects.select_related("order__customer").get(order=order)


def starts(order: Order) -> list[object]:
    """When order and visit of each half begin."""
    return [moment for half in halves(order) for moment in (half.starts_at, half.visits.get().starts_at)]


def asked_of(order: Order) -> Change:
    return Change.objects.select_related("order__customer", "visit").get(order=order, state=ChangeState.ASKED)


@pytest.mark.parametrize("which", [0, 1])
def test_before_anybody_took_it_both_simply_move(stage: Stage, which: int) -> None:
    both = pair(stage)
    assert (
        change.ask_change(
            day_of(both[which]), starts_at=MONDAY, reason="忙", by=stage.customer.actor, at=NOON
        )
        is None
    )
    assert starts(both[0]) == [MONDAY] * 4


@pytest.mark.parametrize("which", [0, 1])
def test_after_it_one_word_moves_both_with_their_workers(stage: Stage, which: int) -> None:
    both = signed(stage)
    change.ask_change(day_of(both[which]), starts_at=MONDAY, reason="忙", by=stage.customer.actor, at=NOON)
    assert Change.objects.filter(state=ChangeState.ASKED).count() == 2
    assert starts(both[0]) == [START] * 4
    jobs.drain(NOON)
    asked = Notice.objects.filter(kind="orders.change_asked")
    assert sorted(asked.values_list("person_id", flat=True)) == sorted(
        [stage.head.id, stage.people[0].id, stage.people[1].id]
    )
    # Either half may be answered.
    change.answer_change(asked_of(both[1 - which]), agreed=True, by=stage.head.actor, at=NOON)
    assert starts(both[0]) == [MONDAY] * 4
    assert not Change.objects.filter(state=ChangeState.ASKED).exists()
    assert Booking.objects.filter(kind=BookingKind.VISIT).count() == 2
    assert_time_is_held_for_the_live_alone()
    jobs.drain(NOON)
    assert Notice.objects.filter(kind="orders.rescheduled", person=stage.customer.id).count() == 1


def test_who_says_no_says_no_to_both(stage: Stage) -> None:
    first, second = signed(stage)
    change.ask_change(day_of(first), starts_at=MONDAY, reason="忙", by=stage.head.actor, at=NOON)
    change.answer_change(asked_of(second), agreed=False, by=stage.customer.actor, at=NOON)
    assert starts(first) == [START] * 4
    assert set(Change.objects.values_list("state", flat=True)) == {ChangeState.REFUSED}


def test_where_one_worker_has_no_time_neither_moves_and_a_time_for_both_is_offered(stage: Stage) -> None:
    first, second = signed(stage)
    workers.hold_time(
        worker_id=stage.workers[1].pk, span=Span(MONDAY, MONDAY + timedelta(hours=3)), kind=BookingKind.CLASS, ref=None,
        point=None, turnover_minutes=0, by=stage.head.actor, at=NOON,
    )  # fmt: skip
    with pytest.raises(refusals.MoveBlocked) as caught:
        change.ask_change(day_of(first), starts_at=MONDAY, reason="忙", by=stage.customer.actor, at=NOON)
    assert not Change.objects.exists()
    assert MONDAY not in caught.value.params["starts"]
    instead = caught.value.params["starts"][0]
    change.ask_change(day_of(second), starts_at=instead, reason="忙", by=stage.customer.actor, at=NOON)
    assert Change.objects.filter(state=ChangeState.ASKED, starts_at=instead).count() == 2


def test_the_new_price_is_the_sum_of_both(stage: Stage) -> None:
    both = signed(stage)
    for half in both:
        dearer_at_weekends(half)
    with pytest.raises(refusals.MoveRepriced) as caught:
        change.ask_change(day_of(both[0]), starts_at=SATURDAY, reason="忙", by=stage.customer.actor, at=NOON)
    assert "300.00" in str(caught.value) and "450.00" in str(caught.value)
    with pytest.raises(refusals.MoveRepriced):
        change.ask_change(
            day_of(both[0]),
            starts_at=SATURDAY,
            reason="忙",
            seen_total_fen=22500,
            by=stage.customer.actor,
            at=NOON,
        )
    assert not Change.objects.exists()
    change.ask_change(
        day_of(both[0]),
        starts_at=SATURDAY,
        reason="忙",
        seen_total_fen=45000,
        by=stage.customer.actor,
        at=NOON,
    )
    change.answer_change(asked_of(both[1]), agreed=True, seen_total_fen=45000, by=stage.head.actor, at=NOON)
    assert [(half.total_fen, half.state) for half in halves(both[0])] == [(22500, OrderState.CONTRACTING)] * 2


def test_once_one_of_them_has_left_neither_is_moved(stage: Stage) -> None:
    first, second = signed(stage)
    visit.depart(day_of(second), by=stage.people[1].actor, at=START - timedelta(minutes=30))
    with pytest.raises(refusals.CannotChange):
        change.ask_change(
            day_of(first),
            starts_at=MONDAY,
            reason="忙",
            by=stage.customer.actor,
            at=START - timedelta(minutes=20),
        )
    assert starts(first) == [START] * 4 and not Change.objects.exists()


def test_where_the_other_was_cancelled_the_one_left_moves_alone(stage: Stage) -> None:
    first, second = taken(stage)
    change.cancel(first, reason="只要一位", by=stage.customer.actor, at=NOON)
    change.ask_change(day_of(second), starts_at=MONDAY, reason="忙", by=stage.customer.actor, at=NOON)
    change.answer_change(asked_of(second), agreed=True, by=stage.head.actor, at=NOON)
    assert starts(first) == [START, START, MONDAY, MONDAY]


def test_an_open_request_outlives_the_cancelling_of_the_other_half(stage: Stage) -> None:
    first, second = taken(stage)
    change.ask_change(day_of(first), starts_at=MONDAY, reason="忙", by=stage.customer.actor, at=NOON)
    change.cancel(first, reason="只要一位", by=stage.customer.actor, at=NOON)
    change.answer_change(asked_of(second), agreed=True, by=stage.head.actor, at=NOON)
    assert starts(first) == [START, START, MONDAY, MONDAY]


def test_another_time_with_another_worker_is_not_asked_for_one_half(stage: Stage) -> None:
    first, _second = taken(stage)
    with pytest.raises(refusals.CannotChange) as caught:
        change.ask_both(
            day_of(first), starts_at=MONDAY, worker_id=stage.workers[0].pk, score={}, reason="忙", by=stage.head.actor,
            at=NOON,
        )  # fmt: skip
    assert "两单一起改" in str(caught.value)
    assert not Change.objects.exists() and starts(first) == [START] * 4


def test_the_pages_say_that_both_move(stage: Stage, client_of: At, at_noon) -> None:
    first, second = signed(stage)
    for half in (first, second):
        dearer_at_weekends(half)
    client, where = client_of(stage.customer), f"/orders/{first.number}/change/"
    assert "两位一起改" in client.get(where).content.decode()
    typed = {"day": "2026-03-21", "start": "14:00", "reason": "加班"}
    shown = client.post(where, typed)
    assert shown.status_code == 409 and "450.00" in shown.content.decode()
    assert client.post(where, typed | {"seen_total_fen": "45000"}).status_code == 303
    page = client_of(stage.head).get(f"/orders/{second.number}/").content.decode()
    assert "450.00" in page and "两位一起改" in page
    asked = asked_of(second)
    answer = client_of(stage.head).post(
        f"/changes/{asked.pk}/answer/", {"agreed": "yes", "seen_total_fen": "45000"}
    )
    assert answer.status_code == 303
    assert starts(first) == [SATURDAY] * 4
