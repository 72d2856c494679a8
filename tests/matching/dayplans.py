"""Small days for the tests of day plans: drawn by hypothesis, and one in a town that people understand."""

from __future__ import annotations

from itertools import permutations, product
from math import inf

import numpy as np
from hypothesis import strategies as st

from anxin.matching.engine.dayplan.board import Unfollowable, lay
from anxin.matching.engine.dayplan.problem import Day, Earlier, Lock, Prices, Shift, Together, Visit
from anxin.matching.engine.dayplan.result import Plan

MORNING, NOON, EVENING = 8 * 60.0, 12 * 60.0, 18 * 60.0
PRICE = st.sampled_from([0.0, 0.5, 1.0, 7.0])
LOAD = st.sampled_from([0.0, 1.0, 2.5])


@st.composite
def visits(draw: st.DrawFn, places: int, shifts: int, wishes: bool) -> Visit:
    early = draw(st.integers(0, 200))
    late = early + draw(st.sampled_from([0, 20, 120]))
    wish = draw(st.none() | st.integers(early, late)) if wishes else None
    may = draw(st.sets(st.integers(0, shifts - 1), max_size=shifts))
    return Visit(
        place=draw(st.none() | st.integers(0, places - 1)), minutes=draw(st.integers(1, 90)), early=early, late=late,
        liking={shift: draw(PRICE) for shift in sorted(may)}, late_price=draw(PRICE),
        unserved_price=draw(st.sampled_from([0.0, 30.0, 2_000.0])), household=draw(st.none() | st.integers(7, 8)),
        wish=wish, wish_price=draw(PRICE), load=draw(LOAD),
    )  # fmt: skip


@st.composite
def days(draw: st.DrawFn, most: int = 7, wishes: bool = True) -> Day:
    """Days with every feature at once, many of them scarce, some without a visit or a shift."""
    places, persons = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    shifts = [
        Shift(
            draw(st.integers(0, places - 1)),
            begins + 1000 * day,
            begins + 1000 * day + hours,
            person,
            draw(PRICE),
            draw(st.sampled_from([inf, 0.0, 3.0])),
        )
        for person in range(persons)
        for day in range(draw(st.integers(1, 2)))
        for begins, hours in [(draw(st.integers(0, 60)), draw(st.integers(60, 400)))]
    ]
    asked = draw(st.lists(visits(places, len(shifts), wishes), max_size=most))
    ways = np.array(draw(st.lists(st.integers(0, 40), min_size=places**2, max_size=places**2)), float)
    ways = ways.reshape(places, places) * (1 - np.eye(places))
    homes = [n for n, visit in enumerate(asked) if visit.place is not None]
    pairs = [
        Together(one, two, least, least + draw(st.sampled_from([0.0, 60.0])), draw(st.booleans()))
        for one, two in zip(homes[::2], homes[1::2], strict=False)
        if draw(st.booleans())
        for least in [draw(st.sampled_from([0.0, 0.0, 30.0]))]
    ]
    earlier = {
        n: Earlier(draw(st.integers(0, persons)), draw(st.integers(0, 300)))
        for n in range(len(asked))
        if wishes and draw(st.booleans())
    }
    prices = Prices(
        draw(PRICE), draw(PRICE), draw(st.sampled_from([0.0, 0.01])), draw(PRICE), draw(PRICE), draw(PRICE)
    )
    known = {7: draw(st.sets(st.integers(0, persons)))}
    return Day(asked, shifts, ways, pairs, prices, earlier=earlier, known=known)


def every_plan(day: Day) -> list[Plan]:
    """All plans there are, for days of a few visits."""
    found = []
    for given in product(range(-1, len(day.shifts)), repeat=len(day.visits)):
        if not _may(day, given):
            continue
        members = [[n for n, shift in enumerate(given) if shift == own] for own in range(len(day.shifts))]
        for routes in product(*(permutations(route) for route in members)):
            try:
                found.append(lay(day, routes))
            except Unfollowable:
                continue
    return found


def _may(day: Day, given: tuple[int, ...]) -> bool:
    if any(shift >= 0 and shift not in day.bound[n].liking for n, shift in enumerate(given)):
        return False
    for pair in day.pairs:
        one, two = given[pair.first], given[pair.second]
        if (one < 0) != (two < 0):
            return False
        if one >= 0 and pair.apart and day.shifts[one].person == day.shifts[two].person:
            return False
    return True


def town(**more: object) -> Day:
    """A base, four homes in a row ten minutes apart, two people from eight to six, an hour's cleaning at each home."""
    stands = np.arange(5)
    ways = 10.0 * np.abs(stands[:, None] - stands[None, :])
    shifts = [Shift(0, MORNING, EVENING, person) for person in (0, 1)]
    asked = [
        Visit(place, 60.0, MORNING, NOON, {0: 0.0, 1: 0.0}, household=place) for place in range(1, 5)
    ]  # fmt: skip
    return Day(**({"visits": asked, "shifts": shifts, "ways": ways} | more))  # type: ignore[arg-type]


__all__ = ["EVENING", "Lock", "MORNING", "NOON", "days", "every_plan", "town"]
