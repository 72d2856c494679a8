"""Ruin and recreate: what a place is reckoned to add before anything moves is what it then adds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from numba import njit

from anxin.matching.engine.dayplan.arrays import arrays
from anxin.matching.engine.dayplan.board import lay
from anxin.matching.engine.dayplan.check import check
from anxin.matching.engine.dayplan.compiled import stamp
from anxin.matching.engine.dayplan.plan import _state, plan
from anxin.matching.engine.dayplan.problem import FORBIDDEN, Day, Shift, Together, Visit
from anxin.matching.engine.dayplan.remake import MANY, cheapest_near, cheapest_place
from anxin.matching.engine.dayplan.routes import mark, put, take, undo
from anxin.matching.engine.dayplan.state import Data, State, retime, total
from tests import thorough
from tests.matching.dayplans import MORNING, days, town

pytestmark = pytest.mark.requirement("A-6.4.2", "B-7.4.2", "C-6.1.2")


def _doors(stamp: int) -> tuple[Callable[..., Any], ...]:
    """Kept on disk as those of the product are: compiling all that is called from here takes ten seconds."""

    @njit(cache=True)
    def tried(data: Data, state: State, visit: int, near: bool) -> tuple[bool, int, float, float]:
        # One place in a hundred is passed over by chance.
        np.random.seed(1)
        mark(state)
        good = stamp >= 0
        if state.stop[visit].shift >= 0:
            take(data, state, visit)
            good = retime(data, state, np.inf) and good
        before = total(data, state)
        if near:
            cost, shift, behind = cheapest_near(data, state, visit)
        else:
            cost, shift, behind = cheapest_place(data, state, visit)
        if shift < 0:
            return good, shift, 0.0, 0.0
        put(data, state, visit, shift, behind)
        if not retime(data, state, np.inf):
            # Reckoning does not look at the horizon: nothing begins beyond it, so the search gives the place up.
            beyond = False
            for n in range(len(state.stop)):
                beyond = beyond or state.stop[n].start > data.horizon
            return good and beyond, -1, 0.0, 0.0
        return good, shift, cost, total(data, state) - before + data.visit[visit].unserved_price

    @njit(cache=True)
    def undone(data: Data, state: State) -> float:
        undo(data, state)
        return float(total(data, state) if stamp >= 0 else -1)

    return tried, undone


tried, undone = _doors(stamp())


def reckoned_and_counted(
    data: Data, state: State, visit: int, near: bool = False
) -> tuple[float, float] | None:
    """What a visit, taken out, is reckoned to add, and what it adds; None if it has no place."""
    good, shift, reckoned, counted = tried(data, state, visit, near)
    assert good
    return None if shift < 0 else (reckoned, counted)


@pytest.mark.parametrize("near", [False, True], ids=["cheapest_place", "cheapest_near"])
@given(day=days())
@settings(deadline=None, max_examples=thorough.examples(60))
def test_a_place_is_reckoned_to_add_what_it_then_adds(near: bool, day: Day) -> None:
    # On a line nothing begins earlier because somebody comes in between; the largest lateness is judged at the end.
    stands = np.arange(len(day.ways))
    asked = [replace(one, place=one.place or 0) for one in day.visits]
    day = replace(
        day, visits=asked, pairs=(), prices=replace(day.prices, largest=0.0),
        ways=10.0 * np.abs(stands[:, None] - stands[None, :]),
    )  # fmt: skip
    if not day.visits or not day.shifts:
        return
    data, laid = arrays(day), plan(day, steps=300)
    state, cost = _state(data, day, laid)
    for visit in laid.stops:
        if found := reckoned_and_counted(data, state, visit, near):
            assert found[0] == pytest.approx(found[1], abs=1e-6)
        assert undone(data, state) == pytest.approx(cost, abs=1e-6)


def test_who_waits_for_somebody_delayed_counts_with_what_waits_for_them() -> None:
    visits = [replace(one, late=MORNING + 30, late_price=3.0) for one in town().visits]
    # The first two begin together, the third follows one of them, and the fourth comes before the other.
    both = replace(visits[0], minutes=30.0)
    asked = [
        replace(both, liking={0: 0.0}),
        replace(both, liking={1: 0.0}),
        visits[1],
        replace(visits[0], place=1),
    ]
    asked[2] = replace(asked[2], place=1, liking={1: 0.0})
    asked[3] = replace(asked[3], minutes=40.0, late=MORNING, late_price=100.0, liking={0: 0.0})
    day = town(visits=asked, pairs=[Together(0, 1)])
    data = arrays(day)
    state, _ = _state(data, day, lay(day, [[0], [1, 2]]))
    found = reckoned_and_counted(data, state, 3)
    assert found is not None and found[0] == pytest.approx(found[1])
    assert state.stop[1]["start"] == state.stop[0]["start"] == MORNING + 10 + 40


def test_a_day_of_many_visits_is_remade_near_by_and_nobody_stays_out() -> None:
    count, people = MANY, 12
    anybody = dict.fromkeys(range(people), 0.0)
    # Homes along one street, a minute apart; each has two hours in which it may be visited.
    asked = [
        Visit(1 + n, 10.0, MORNING + 12 * (n % 25), MORNING + 12 * (n % 25) + 120, anybody, 5.0, FORBIDDEN)
        for n in range(count)
    ]
    shifts = [Shift(0, MORNING, MORNING + 600, n, 5.0) for n in range(people)]
    at = np.concatenate([[count / 2], (np.arange(count) * 37.0) % count]) / 10
    day = Day(asked, shifts, np.abs(at[:, None] - at[None, :]))
    few, many = plan(day, steps=1), plan(day, steps=40_000)
    assert check(day, many) == [] and not many.left
    assert many.cost.way < 0.7 * few.cost.way
    assert many.cost.total < few.cost.total
