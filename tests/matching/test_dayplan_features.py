"""What a day may ask for, one by one: each shown on a day so small that everybody knows the right plan."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anxin.matching.engine.dayplan.board import Gate, cost_of_move, lay, places
from anxin.matching.engine.dayplan.check import check
from anxin.matching.engine.dayplan.complaints import complaints
from anxin.matching.engine.dayplan.plan import plan
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
from anxin.matching.engine.dayplan.result import Plan, Stop
from tests import thorough
from tests.matching.dayplans import EVENING, MORNING, NOON, days, town

pytestmark = pytest.mark.requirement("A-6.4.2", "B-7.4.2", "C-6.1.2")
FEW = 10_000
BOTH = {0: 0.0, 1: 0.0}


def made(day: Day, **more: int) -> Plan:
    """A plan that keeps every rule."""
    found = plan(day, steps=FEW, **more)  # type: ignore[arg-type]
    assert check(day, found) == []
    return found


def alone(asked: list[Visit]) -> Day:
    """The town with one person, who makes all of it."""
    return town(visits=[replace(one, liking={0: 0.0}) for one in asked], shifts=town().shifts[:1])


def stop(found: Plan, visit: int) -> Stop:
    return found.stops[visit]


def test_a_preferred_time_is_kept_where_nothing_hinders() -> None:
    asked = [replace(one, wish=MORNING + 100.0, wish_price=2.0) for one in town().visits[:2]]
    found = made(town(visits=asked))
    assert [stop(found, n).begins for n in (0, 1)] == [MORNING + 100.0] * 2
    assert stop(found, 0).shift != stop(found, 1).shift
    # One person alone has to choose: an hour and the way between them are away from what one of them wished.
    one = made(alone(asked))
    assert sum(abs(stop(one, n).begins - MORNING - 100.0) for n in (0, 1)) == pytest.approx(70.0)


def test_who_is_liked_better_comes_if_the_way_is_not_worth_more() -> None:
    asked = [replace(one, liking={0: 30.0, 1: 0.0}) for one in town().visits[:1]]
    assert stop(made(town(visits=asked)), 0).shift == 1
    # Forty minutes of way there and back weigh more than thirty of liking.
    far = [Shift(4, MORNING, EVENING, 1), town().shifts[0]]
    assert stop(made(town(visits=[replace(asked[0], liking={0: 0.0, 1: 30.0})], shifts=far)), 0).shift == 1


def test_a_break_is_taken_in_its_window_without_a_way() -> None:
    rest = Visit(None, 60.0, NOON - 30, NOON + 60, {0: 0.0}, late_price=FORBIDDEN)
    asked = [replace(one, late=EVENING) for one in town().visits]
    found = made(alone([*asked, rest]))
    assert stop(found, 4).late == 0
    assert found.cost.way == 80.0


def test_work_beyond_the_shift_costs_its_price_and_a_forbidden_minute_is_never_worked() -> None:
    late = [Visit(1, 120.0, NOON, NOON, {0: 0.0}, unserved_price=500.0)]
    short = [Shift(0, MORNING, NOON + 100, 0, 2.0)]
    assert made(town(visits=late, shifts=short)).cost.overtime == 2.0 * 30.0
    refused = made(town(visits=late, shifts=[replace(short[0], over_price=FORBIDDEN)]))
    assert not refused.stops


def test_nobody_is_given_more_than_their_shift_may_hold() -> None:
    asked = [replace(one, load=60.0) for one in town().visits]
    assert max(len(route) for route in made(town(visits=asked)).routes) == 4
    capped = [replace(one, most=120.0, over_price=FORBIDDEN) for one in town().shifts]
    assert [len(route) for route in made(town(visits=asked, shifts=capped)).routes] == [2, 2]
    dear = made(replace(alone(asked), shifts=[replace(capped[0], over_price=0.5)]))
    assert (dear.cost.overtime, len(dear.left)) == (0.5 * (240.0 - 120.0), 0)


def test_lateness_is_bought_before_a_visit_is_left_out_and_not_at_any_price() -> None:
    both = [Visit(1, 60.0, MORNING + 20, MORNING + 20, {0: 0.0}, unserved_price=100.0) for _ in range(2)]
    shifts = town().shifts[:1]
    assert made(town(visits=both, shifts=shifts)).cost.late == 60.0
    dear = [replace(one, late_price=2.0) for one in both]
    assert len(made(town(visits=dear, shifts=shifts)).left) == 1


def test_two_come_together_or_one_after_the_other_within_the_lag() -> None:
    halves = [Visit(2, 60.0, MORNING, NOON, {0: 0.0}), Visit(2, 60.0, MORNING + 90, NOON, {1: 0.0})]
    same = made(town(visits=halves, pairs=[Together(0, 1)]))
    assert stop(same, 0).begins == stop(same, 1).begins == MORNING + 90
    after = made(town(visits=halves, pairs=[Together(0, 1, 20.0, 45.0)]))
    assert 20.0 <= stop(after, 1).begins - stop(after, 0).begins <= 45.0


def test_a_household_keeps_its_face_over_several_days() -> None:
    shifts = [
        Shift(0, day * 1440 + MORNING, day * 1440 + EVENING, who) for day in (0, 1, 2) for who in (0, 1)
    ]
    every = [
        Visit(home, 60.0, day * 1440 + MORNING, day * 1440 + NOON, {2 * day: 0.0, 2 * day + 1: 0.0}, household=home)
        for day in (0, 1, 2)
        for home in (1, 4)
    ]  # fmt: skip
    day = town(visits=every, shifts=shifts, prices=Prices(face=500.0), known={1: {0}, 4: {1}})
    found = made(day)
    assert {shifts[one.shift].person for n, one in found.stops.items() if every[n].household == 1} == {0}
    assert {shifts[one.shift].person for n, one in found.stops.items() if every[n].household == 4} == {1}
    assert found.cost.faces == 0


def test_equal_work_is_bought_with_way() -> None:
    assert {len(route) for route in made(town()).routes} == {0, 4}
    assert {len(route) for route in made(town(prices=Prices(unequal=0.01))).routes} == {2}


def test_what_is_locked_stays_with_its_person_and_its_minute() -> None:
    day = town(locks={0: Lock(1), 3: Lock(0, MORNING + 125)})
    found = made(day)
    assert stop(found, 0).shift == 1
    assert (stop(found, 3).shift, stop(found, 3).begins) == (0, MORNING + 125)
    dear = [replace(one, unserved_price=0.0) for one in day.visits]
    assert {0, 3} <= set(made(replace(day, visits=dear)).stops)


def test_after_an_illness_only_what_must_changes() -> None:
    day = town(prices=Prices(unequal=0.01))
    before = made(day)
    told = {n: Earlier(one.shift, one.begins) for n, one in before.stops.items()}
    ill = before.routes[1][0].visit
    asked = [replace(one, liking={0: 0.0}) if n == ill else one for n, one in enumerate(day.visits)]
    again = replace(
        day, visits=asked, earlier=told, prices=Prices(unequal=0.01, other_person=200.0, moved_minute=1.0)
    )  # fmt: skip
    found = plan(again, steps=FEW, begin=before.order)
    assert check(again, found) == []
    assert stop(found, ill).shift == 0
    assert [n for n, one in found.stops.items() if one.shift != told[n].person] == [ill]
    free = plan(replace(again, prices=Prices(unequal=0.01)), steps=FEW)
    moved = sum(abs(one.begins - told[n].begins) for n, one in found.stops.items() if n != ill)
    assert moved <= sum(abs(one.begins - told[n].begins) for n, one in free.stops.items() if n != ill)


def test_routes_that_became_impossible_are_a_beginning_all_the_same() -> None:
    day = town()
    found = plan(day, steps=FEW, begin=[[0, 0, 9, 1], [2, 3], [1]])
    assert check(day, found) == [] and len(found.stops) == 4


@given(days(most=6), st.data())
@settings(deadline=None, max_examples=thorough.examples(40))
def test_a_move_costs_what_the_plan_after_it_costs_more(day: Day, data: st.DataObject) -> None:
    found = plan(day, steps=1_000)
    for visit in range(len(day.visits)):
        to = data.draw(st.none() | st.integers(0, len(day.shifts) - 1))
        move = cost_of_move(day, found, visit, to, data.draw(st.integers(0, 3)))
        assert (move.plan is None) == (move.gate is not None)
        if move.plan is not None:
            assert check(day, move.plan) == []
            assert move.plan.cost.total == pytest.approx(found.cost.total + move.adds.total)


def test_the_gates_of_a_move_are_told() -> None:
    asked = [
        Visit(1, 60.0, MORNING, NOON, {0: 0.0}),
        *[Visit(place, 60.0, MORNING, NOON, BOTH) for place in (2, 2, 3)],
    ]  # fmt: skip
    day = town(visits=asked, pairs=[Together(1, 2)], locks={3: Lock(1)})
    found = made(day)
    assert cost_of_move(day, found, 0, 1).gate == Gate.MAY
    assert cost_of_move(day, found, 3, 0).gate == cost_of_move(day, found, 3, None).gate == Gate.LOCKED
    assert cost_of_move(day, found, 1, stop(found, 2).shift).gate == Gate.APART
    out = cost_of_move(day, found, 1, None).plan
    assert out is not None and {one.visit for one in out.left} == {1, 2}
    # The other half comes along.
    back = cost_of_move(day, out, 1, stop(found, 1).shift).plan
    assert back is not None and {1, 2} <= set(back.stops)


def test_two_pairs_that_wait_for_each_other_are_refused_by_time() -> None:
    halves = [Visit(place, 60.0, MORNING, NOON, {who: 0.0}) for place in (1, 2) for who in (0, 1)]
    day = town(visits=halves, pairs=[Together(0, 1), Together(2, 3)])
    assert cost_of_move(day, lay(day, [[0, 2], [1, 3]]), 2, 0, 0).gate == Gate.TIME
    assert made(day).order in ([[0, 2], [1, 3]], [[2, 0], [3, 1]])


def test_substitutes_are_ranked_by_what_they_would_cost() -> None:
    shifts = [Shift(base, MORNING, EVENING, who) for who, base in enumerate((1, 4, 0, 2))]
    asked = [replace(one, liking=dict.fromkeys(range(3), 0.0)) for one in town().visits[:1]]
    day = town(visits=asked, shifts=shifts)
    found = made(day)
    ranked = places(day, found, 0)
    assert [place.shift for place in ranked] == [2, 1]
    assert [place.move.adds.total for place in ranked] == sorted(place.move.adds.total for place in ranked)


def test_a_board_of_a_hundred_visits_is_answered_at_once() -> None:
    rng = np.random.default_rng(7)
    spots = rng.integers(0, 40, (101, 2))
    ways = np.abs(spots[:, None] - spots[None, :]).sum(axis=2).astype(float)
    shifts = [Shift(0, MORNING, EVENING, who) for who in range(20)]
    asked = [
        Visit(n + 1, 60.0, MORNING + 5 * n, MORNING + 5 * n + 60, dict.fromkeys(range(20), 0.0)) for n in range(100)
    ]  # fmt: skip
    day = Day(asked, shifts, ways)
    assert complaints(day) == []
    found = lay(day, [list(range(who, 100, 20)) for who in range(20)])
    took = []
    for n in range(20):
        begun = time.process_time()
        assert cost_of_move(day, found, n, (n + 7) % 20, 1).plan is not None
        took.append(time.process_time() - begun)
    # Processor time, of which other work takes nothing; the fastest tells what the work is.
    assert min(took) < 0.02
