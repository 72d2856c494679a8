"""The search for day plans: a plan that an independent check accepts, whatever the day, and the best one of few."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from anxin.kit.geo import Point, travel_minutes
from anxin.matching.engine.dayplan.check import check
from anxin.matching.engine.dayplan.complaints import BadDay, Complaint, Fault, Of
from anxin.matching.engine.dayplan.plan import Progress, plan
from anxin.matching.engine.dayplan.problem import (
    FORBIDDEN,
    Day,
    Earlier,
    Lock,
    Prices,
    Shift,
    Together,
    Visit,
)
from anxin.matching.engine.dayplan.result import Why
from anxin.matching.engine.dayplan.ways import ways
from tests import thorough
from tests.matching.dayplans import EVENING, MORNING, NOON, days, every_plan, town

pytestmark = pytest.mark.requirement("A-6.4.2", "B-7.4.2", "C-6.1.2")
FEW = 3_000


@given(days())
@settings(deadline=None, max_examples=thorough.examples(80))
def test_every_plan_passes_the_independent_check(day: Day) -> None:
    found = plan(day, steps=FEW)
    assert check(day, found) == []


@given(days(most=4, wishes=False))
@settings(deadline=None, max_examples=thorough.examples(60))
def test_plan_costs_what_the_best_of_all_plans_costs(day: Day) -> None:
    best = min(one.cost.total for one in every_plan(day))
    assert plan(day, steps=FEW, hot=20.0, cold=0.1).cost.total == pytest.approx(best, abs=1e-6)


@given(days())
@settings(deadline=None, max_examples=thorough.examples(10))
def test_same_day_and_seed_give_the_same_plan_however_many_threads_are_free(day: Day) -> None:
    one, two = (plan(day, steps=FEW, seed=5, searches=2) for _ in range(2))
    assert one == two
    assert one.cost.total <= plan(day, steps=FEW, seed=5).cost.total + 1e-6 or day.visits


def test_a_plan_that_was_changed_by_hand_does_not_pass_the_check() -> None:
    day = town()
    found = plan(day, steps=FEW)
    stop = found.routes[0][0]
    sooner = (replace(stop, begins=stop.begins - 30), *found.routes[0][1:])
    assert {one.rule for one in check(day, replace(found, routes=(sooner, *found.routes[1:])))} >= {"reach"}
    assert {one.rule for one in check(day, replace(found, routes=((), *found.routes[1:])))} == {"once"}
    cheap = replace(found, cost=replace(found.cost, way=0.0))
    assert {one.rule for one in check(day, cheap)} == {"cost"}


def test_progress_brings_a_plan_that_can_be_followed_and_stop_ends_the_search() -> None:
    day, heard = town(), list[Progress]()

    def told(progress: Progress) -> bool:
        heard.append(progress)
        return len(heard) < 3

    found = plan(day, steps=FEW, told=told)
    assert [round(one.done, 3) for one in heard] == [0.025, 0.05, 0.075]
    assert all(check(day, one.plan) == [] for one in heard)
    assert found.cost.total <= heard[-1].plan.cost.total
    heard.clear()
    plan(day, steps=FEW, told=lambda one: heard.append(one) is None)
    assert heard[-1].done == 1.0


def test_days_without_visits_or_without_people_are_planned_too() -> None:
    assert plan(town(visits=[])).cost.total == 0
    alone = plan(town(shifts=[], visits=[replace(one, liking={}) for one in town().visits]))
    assert [one.why for one in alone.left] == [Why.NOBODY] * 4
    assert plan(Day([], [], np.zeros((0, 0)))).routes == ()


def bad(**more: object) -> set[tuple[Fault, Of, int]]:
    with pytest.raises(BadDay) as refused:
        plan(town(**more))
    return {(one.fault, one.of, one.at) for one in refused.value.complaints}


def test_every_contradiction_is_named_at_once() -> None:
    good = town().visits
    asked = [
        replace(good[0], early=NOON, late=MORNING), replace(good[1], minutes=-5.0, place=9),
        replace(good[2], wish=EVENING, liking={0: -1.0, 4: 0.0}), replace(good[3], late_price=float("nan")),
    ]  # fmt: skip
    shifts = [Shift(0, EVENING, MORNING, 0), Shift(12, MORNING, NOON, 1, -1.0)]
    assert bad(visits=asked, shifts=shifts, ways=np.full((5, 5), -1.0), earlier={8: Earlier(0, 0.0)}) == {
        (Fault.WAYS, Of.WHOLE, 0), (Fault.WINDOW, Of.VISIT, 0), (Fault.LENGTH, Of.VISIT, 1), (Fault.PLACE, Of.VISIT, 1),
        (Fault.WISH, Of.VISIT, 2), (Fault.UNKNOWN_SHIFT, Of.VISIT, 2), (Fault.PRICE, Of.VISIT, 2),
        (Fault.PRICE, Of.VISIT, 3), (Fault.EARLIER, Of.VISIT, 8), (Fault.HOURS, Of.SHIFT, 0),
        (Fault.PLACE, Of.SHIFT, 1), (Fault.PRICE, Of.SHIFT, 1),
    }  # fmt: skip


def test_pairs_shifts_and_locks_that_contradict_are_named() -> None:
    pairs = [Together(0, 0), Together(1, 2, 30.0, 10.0), Together(2, 3), Together(1, 9)]
    assert bad(pairs=pairs) == {(Fault.HALF, Of.PAIR, n) for n in (0, 2, 3)} | {(Fault.LAG, Of.PAIR, 1)}
    twice = [Shift(0, MORNING, NOON, 5), Shift(0, NOON - 60, EVENING, 5)]
    assert bad(shifts=twice) == {(Fault.TWICE, Of.SHIFT, 1)}
    locks = {0: Lock(7), 1: Lock(0, EVENING), 9: Lock(0)}
    assert bad(locks=locks) == {(Fault.LOCK, Of.VISIT, n) for n in (0, 1, 9)}
    assert bad(locks={0: Lock(0, MORNING + 60), 3: Lock(0, MORNING + 90)}) == {(Fault.LOCKS, Of.VISIT, 3)}
    strict = [replace(one, late_price=FORBIDDEN) for one in town().visits]
    strict[1] = replace(strict[1], early=EVENING, late=EVENING)
    assert bad(visits=strict, pairs=[Together(0, 1)]) == {(Fault.APART, Of.PAIR, 0)}
    heavy = [replace(town().visits[0], load=-1.0), replace(town().visits[1], load=float("inf"))]
    assert bad(visits=heavy) == {(Fault.LOAD, Of.VISIT, n) for n in (0, 1)}
    assert bad(shifts=[replace(town().shifts[0], most=float("nan"))]) >= {(Fault.LOAD, Of.SHIFT, 0)}
    assert bad(prices=Prices(way=float("inf"))) == {(Fault.PRICE, Of.WHOLE, 0)}


def test_ways_are_those_that_judge_every_booking() -> None:
    points = [Point(30.9, 121.1), Point(30.95, 121.2), Point(30.9, 121.1)]
    found = ways(points, kmh=20.0)
    assert found[0, 1] == found[1, 2] == travel_minutes(points[0], points[1], 20.0)
    assert found[0, 2] == 0 and not found.diagonal().any()


def test_pages_can_use_board_and_check_without_compiling_anything() -> None:
    code = (
        "import sys; from anxin.matching.engine.dayplan import board, check, complaints, ways;"
        "sys.exit('numba' in sys.modules or 'django' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_why_a_visit_stays_out() -> None:
    good = town().visits
    nobody = replace(good[0], liking={})
    no_time = replace(good[1], minutes=600.0, unserved_price=1e5, early=NOON, late=NOON, late_price=FORBIDDEN)
    strict = [Shift(0, MORNING, EVENING, person, FORBIDDEN) for person in (0, 1)]
    dear = replace(good[2], unserved_price=15.0)
    day = town(visits=[nobody, no_time, dear], shifts=strict)
    found = plan(day, steps=FEW)
    assert [(one.visit, one.why) for one in found.left] == [(0, Why.NOBODY), (1, Why.NO_TIME), (2, Why.DEAR)]
    # There and back is 60 minutes of way; to leave it out costs 15.
    assert found.left[2].adds == pytest.approx(45.0)
    assert Complaint(Fault.WINDOW, Of.VISIT) == Complaint(Fault.WINDOW, Of.VISIT, 0)


def test_two_who_must_differ_but_of_whom_there_is_only_one_stay_out_with_the_reason() -> None:
    halves = [Visit(1, 60.0, MORNING, NOON, {0: 0.0}) for _ in range(2)]
    found = plan(town(visits=halves, pairs=[Together(0, 1)]), steps=FEW)
    assert [one.why for one in found.left] == [Why.NOBODY, Why.NOBODY]
