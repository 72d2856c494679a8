"""A desk's plan of a day: asked for, searched by a job, published through the same actions as one demand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from anxin.kit import jobs
from anxin.kit.clock import local_date
from anxin.kit.errors import Refusal
from anxin.matching import actions, queries
from anxin.matching.actions.dayplan import NobodyOnShift, NoVisits, PlanChanged
from anxin.matching.models import DayPlan
from anxin.matching.states import PlanState
from anxin.matching.values.dayplan import PlanPrices, Turn
from anxin.notices.models import Notice
from anxin.orders.actions import assign, offer
from anxin.orders.models import Assignment, Order
from anxin.orders.states import AssignmentState
from anxin.workers import public as workers
from anxin.workers.values import Span
from tests.cast import NOON
from tests.stage import START, UNSEEN, Stage
from tests.tape import scene

At = Callable[..., Client]
pytestmark = [pytest.mark.usefixtures("at_noon"), pytest.mark.requirement("E-21c")]
HOURS = timedelta(hours=1)


@scene
def waiting(stage: Stage, hours: float = 0, length: float = 3) -> Order:
    """An accepted order for which nobody is proposed, `hours` after (or before) 14:00 of the day."""
    starts = START + hours * HOURS
    order = stage.ask(starts_at=starts, ends_at=starts + length * HOURS, unseen=UNSEEN)
    offer.accept(order, organisation_id=stage.head.organisation.pk, by=stage.head.actor, at=NOON)
    order.refresh_from_db()
    return order


def promised(stage: Stage, order: Order, who: int) -> Assignment:
    """The customer has agreed to this worker."""
    made = assign.propose(order, worker_id=stage.workers[who].pk, score={}, by=stage.head.actor, at=NOON)
    assign.confirm(made, by=stage.people[who].actor, at=NOON)
    return assign.agree(made, by=stage.customer.actor, at=NOON)


def planned(stage: Stage, days: int = 1, **more: Any) -> DayPlan:
    found = actions.ask_plan(
        first_date=local_date(START), days=days, prices=more.pop("prices", PlanPrices()), by=stage.head.actor, at=NOON,
        **more,
    )  # fmt: skip
    jobs.drain(NOON, discard=UNSEEN)
    found.refresh_from_db()
    return found


def published(stage: Stage, found: DayPlan, **more: Any) -> DayPlan:
    found.refresh_from_db()
    made = actions.publish_plan(plan_id=found.pk, version=found.version, by=stage.head.actor, at=NOON, **more)
    jobs.drain(NOON)
    made.refresh_from_db()
    return made


def board(stage: Stage, found: DayPlan) -> queries.Board:
    found.refresh_from_db()
    shown = queries.board(found, stage.head.actor, NOON)
    assert shown is not None
    return shown


def goes(shown: queries.Board) -> dict[Any, tuple[Any, datetime]]:
    """Who goes to each order and when."""
    return {
        stop.order.pk: (shift.person.worker_id, stop.begins)
        for shift in shown.shifts
        for stop in shift.stops
        if stop.order is not None
    }


def change(stage: Stage, found: DayPlan, order: Order, **what: Any) -> actions.Tried:
    found.refresh_from_db()
    return actions.change_visit(
        plan_id=found.pk, order_id=order.pk, version=found.version, by=stage.head.actor, at=NOON, **what
    )[1]


def test_two_visits_at_one_time_go_to_two_workers_and_nobody_is_proposed_before_publishing(
    stage: Stage,
) -> None:
    first, second = waiting(stage), waiting(stage)
    found = planned(stage)
    assert found.state == PlanState.READY
    shown = board(stage, found)
    assert {worker for worker, _ in goes(shown).values()} == {one.pk for one in stage.workers}
    assert {at for _, at in goes(shown).values()} == {START}
    assert shown.left == () and not Assignment.objects.exists()
    assert {one.turn for one in shown.differences} == {Turn.NEW}
    published(stage, found)
    made = {one.order_id: one.worker_id for one in Assignment.objects.filter(state=AssignmentState.PROPOSED)}
    assert made == {pk: worker for pk, (worker, _) in goes(shown).items()} and set(made) == {
        first.pk,
        second.pk,
    }
    told = set(Notice.objects.filter(kind="matching.day_planned").values_list("person_id", flat=True))
    assert told == {person.id for person in stage.people}


def test_the_same_facts_and_seed_give_the_same_plan(stage: Stage) -> None:
    waiting(stage), waiting(stage, -5, 2), waiting(stage, -2.5, 2)
    assert goes(board(stage, planned(stage))) == goes(board(stage, planned(stage)))


def test_who_was_promised_stays_with_worker_and_time(stage: Stage) -> None:
    order = waiting(stage)
    kept = promised(stage, order, 1)
    waiting(stage, -5)
    found = planned(stage)
    shown = board(stage, found)
    assert goes(shown)[order.pk] == (stage.workers[1].pk, START)
    stop = next(s for shift in shown.shifts for s in shift.stops if s.order and s.order.pk == order.pk)
    assert stop.locked and stop.turn == Turn.SAME
    published(stage, found)
    kept.refresh_from_db()
    assert kept.state == AssignmentState.AGREED
    assert not Assignment.objects.filter(order=order).exclude(pk=kept.pk).exists()


def test_a_visit_too_many_is_left_with_its_reason_and_what_would_help(stage: Stage) -> None:
    for _ in range(3):
        waiting(stage)
    shown = board(stage, planned(stage))
    (left,) = shown.left
    assert "2 人可以去" in left.reason
    assert len(goes(shown)) == 2
    assert [one.free for one in left.substitutes] == [False, False]


def test_leave_and_the_shift_are_kept_free(stage: Stage) -> None:
    order = waiting(stage)
    workers.take_leave(
        worker_id=stage.workers[0].pk,
        span=Span(START - HOURS, START + HOURS),
        by=stage.people[0].actor,
        at=NOON,
    )
    shown = board(stage, planned(stage))
    assert goes(shown)[order.pk][0] == stage.workers[1].pk
    kinds = {stop.kind for shift in shown.shifts for stop in shift.stops}
    assert kinds == {"visit", "leave", "break"}


def test_a_series_over_three_days_stands_in_one_plan(stage: Stage) -> None:
    orders = [waiting(stage, 24 * n) for n in range(3)]
    shown = board(stage, planned(stage, days=3))
    assert {pk: at for pk, (_, at) in goes(shown).items()} == {
        order.pk: START + 24 * n * HOURS for n, order in enumerate(orders)
    }


def test_a_move_is_priced_before_it_is_made_and_stays_when_searched_again(stage: Stage) -> None:
    order = waiting(stage)
    found = planned(stage)
    worker = goes(board(stage, found))[order.pk][0]
    other = next(one for one in stage.workers if one.pk != worker)
    tried = change(stage, found, order, worker_id=other.pk, dry=True)
    assert sum(tried.difference.values()) > 0
    assert goes(board(stage, found))[order.pk][0] == worker, "tried, not done"
    change(stage, found, order, worker_id=other.pk)
    assert goes(board(stage, found))[order.pk][0] == other.pk
    found.refresh_from_db()
    actions.search_again(plan_id=found.pk, version=found.version, by=stage.head.actor, at=NOON)
    jobs.drain(NOON)
    assert goes(board(stage, found))[order.pk][0] == other.pk
    change(stage, found, order, lock=False)
    found.refresh_from_db()
    actions.search_again(plan_id=found.pk, version=found.version, by=stage.head.actor, at=NOON)
    jobs.drain(NOON)
    assert goes(board(stage, found))[order.pk][0] == worker


def test_a_wider_window_lets_one_worker_make_both_and_the_customer_is_asked(stage: Stage) -> None:
    first, second, third = waiting(stage), waiting(stage), waiting(stage)
    found = planned(stage)
    (left,) = board(stage, found).left
    order = next(one for one in (first, second, third) if one.pk == left.order.pk)
    tried = change(stage, found, order, sooner=300, later=0)
    assert tried.after["unserved"] == 0
    shown = board(stage, found)
    worker, begins = goes(shown)[order.pk]
    assert begins < START
    assert next(one.turn for one in shown.differences if one.order.pk == order.pk) == Turn.BOTH
    published(stage, found)
    asked, made = order.changes.get(), Assignment.objects.get(order=order)
    assert (asked.starts_at, asked.state, asked.worker_id) == (begins, "asked", worker)
    assert (made.worker_id, made.starts_at, made.state) == (worker, begins, AssignmentState.PROPOSED)
    assert order.visits.get().starts_at == START, "until the customer agrees"


def test_of_two_who_change_at_once_one_is_told(stage: Stage) -> None:
    order = waiting(stage)
    found = planned(stage)
    seen = found.version
    change(stage, found, order, out=True)
    with pytest.raises(PlanChanged):
        actions.change_visit(
            plan_id=found.pk, order_id=order.pk, version=seen, out=False, by=stage.head.actor, at=NOON
        )
    assert goes(board(stage, found)) == {}


def test_nothing_to_plan_is_refused_and_nothing_kept(stage: Stage) -> None:
    with pytest.raises(NoVisits):
        planned(stage)
    waiting(stage)
    for one in stage.workers:
        workers.set_shifts(worker_id=one.pk, shifts=[], by=stage.head.actor, at=NOON)
    with pytest.raises(NobodyOnShift):
        planned(stage)
    for first, days, prices in (
        (local_date(START), 8, PlanPrices()),
        (local_date(NOON) - timedelta(days=1), 1, PlanPrices()),
        (local_date(START), 1, PlanPrices(way=-1)),
        (local_date(START), 1, PlanPrices(late=float("nan"))),
    ):
        with pytest.raises(Refusal):
            actions.ask_plan(first_date=first, days=days, prices=prices, by=stage.head.actor, at=NOON)
    assert not DayPlan.objects.exists()


def test_workers_who_are_there_round_the_clock_are_planned_over_days(stage: Stage) -> None:
    orders = [waiting(stage, 24 * n) for n in range(2)]
    for one in stage.workers:
        workers.set_shifts(
            worker_id=one.pk, shifts=[(day, 0, 1440) for day in range(7)], by=stage.head.actor, at=NOON
        )
    found = planned(stage, days=2)
    assert (found.state, found.trouble) == (PlanState.READY, "")
    assert set(goes(board(stage, found))) == {order.pk for order in orders}


def test_two_shifts_a_day_leave_the_time_between_them_free(stage: Stage) -> None:
    inside, across = waiting(stage, 0, 2), waiting(stage, -3, 2)
    for one in stage.workers:
        shifts = [(day, a, b) for day in range(7) for a, b in ((480, 720), (840, 1200))]
        workers.set_shifts(worker_id=one.pk, shifts=shifts, by=stage.head.actor, at=NOON)
    shown = board(stage, planned(stage))
    assert set(goes(shown)) == {inside.pk}
    (left,) = shown.left
    assert left.order.pk == across.pk and "没有人通过全部门槛" in left.reason
    assert "gap" in {stop.kind for shift in shown.shifts for stop in shift.stops}


def test_a_town_that_nobody_serves_leaves_the_visit_with_its_reason(stage: Stage) -> None:
    order = waiting(stage)
    Order.objects.filter(pk=order.pk).update(town_code="330112005")
    shown = board(stage, planned(stage))
    assert [one.order.pk for one in shown.left] == [order.pk]
    assert "服务区域不含该镇街" in shown.left[0].reason and shown.left[0].substitutes == ()
    assert shown.left[0].change == "place" and "锦城" in shown.left[0].help


def test_facts_that_cannot_be_planned_are_told_and_nothing_is_left_half_made(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting(stage)
    read = queries.read_facts

    def negative(*args: Any) -> Any:
        facts = read(*args)
        return replace(facts, visits=tuple(replace(one, minutes=-30) for one in facts.visits))

    monkeypatch.setattr(queries, "read_facts", negative)
    found = planned(stage)
    assert (found.state, found.plan, found.trouble) == (PlanState.DRAFT, None, "时长不是正数")
    with pytest.raises(Refusal):
        published(stage, found)
    monkeypatch.undo()
    actions.search_again(plan_id=found.pk, version=found.version, by=stage.head.actor, at=NOON)
    jobs.drain(NOON)
    found.refresh_from_db()
    assert (found.state, found.trouble) == (PlanState.READY, "")
