"""What the caps on hours and rest leave of a shift, so that the search of a day plan keeps them itself. Pure."""

from __future__ import annotations

from datetime import date
from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from anxin.matching.rules.dayplan import Duty, Facts

DAY = 1440


def rested(facts: Facts, number: int, duty: Duty) -> tuple[int, int]:
    """The shift as the rest from and to work on other days leaves it; what stands in it already keeps its place."""
    rest, midnight = facts.caps.rest, duty.day * DAY
    if not facts.first or not rest:
        return duty.begins, duty.ends
    begins = max([duty.begins, *(b + rest for _, b in _other(facts, duty) if b <= midnight)])
    ends = min([duty.ends, *(a - rest for a, _ in _other(facts, duty) if a >= midnight + DAY)])
    stands = [(one.early, one.late + one.minutes) for one in facts.busy if one.duty == number]
    stands += [
        (one.stands, one.stands + one.minutes)
        for one in facts.visits
        if one.held == duty.worker and one.day == duty.day
    ]
    begins, ends = min([begins, *(a for a, _ in stands)]), max([ends, *(b for _, b in stands)])
    return (begins, ends) if begins < ends else (duty.begins, duty.ends)


def room(facts: Facts, duty: Duty) -> float:
    """Minutes that the caps on a day's and a week's work leave for the plan's visits.

    Of a week, what stands with the worker on the plan's other days is taken off first. How the rest is shared among
    those days, and rest between two days of the plan, is kept by what follows the search.
    """
    if not facts.first:
        return inf
    monday = duty.day - (date.fromisoformat(facts.first).weekday() + duty.day) % 7
    elsewhere = sum(
        one.minutes
        for one in facts.visits
        if one.fixed == duty.worker and monday <= one.day < monday + 7 and one.day != duty.day and not one.out
    )
    rooms = [
        cap - sum(max(0, min(b, until * DAY) - max(a, since * DAY)) for a, b in _other(facts, duty)) - taken
        for cap, since, until, taken in (
            (facts.caps.day, duty.day, duty.day + 1, 0),
            (facts.caps.week, monday, monday + 7, elsewhere),
        )
        if cap
    ]
    return max(0.0, float(min(rooms))) if rooms else inf


def _other(facts: Facts, duty: Duty) -> list[tuple[int, int]]:
    """What the duty's worker does outside the plan, as far as hours and rest count it."""
    return [(a, b) for a, b in facts.work.get(duty.worker, ()) if b - a < DAY]
