"""Who else could make a visit of a plan. Pure."""

from __future__ import annotations

from anxin.matching.rules.dayplan import Drawn, Facts
from anxin.matching.rules.dayplan_read import minutes_of


def substitutes(facts: Facts, drawn: Drawn, visit: int, most: int = 3) -> list[tuple[str, bool]]:
    """Who else could make the visit, best first, and whether the plan leaves them the time for it."""
    one, stop = facts.visits[visit], drawn.stop_of(visit)
    goes = facts.duties[stop.duty].worker if stop else ""
    begins = stop.begins if stop else one.agreed
    other = facts.index(one.pair) if one.pair else None
    beside = drawn.stop_of(other) if other is not None else None
    # Whoever makes the other half comes at the same time.
    not_twice = facts.duties[beside.duty].worker if beside else ""
    found = []
    for worker in sorted(one.may, key=lambda w: (one.may[w], w)):
        duty = facts.duty_of(worker, one.day)
        if worker not in (goes, not_twice) and duty is not None:
            found.append((worker, has_time(facts, drawn, duty, begins, one.minutes)))
    # Who has the time first, each in the order of the score.
    return sorted(found, key=lambda row: not row[1])[:most]


def has_time(facts: Facts, drawn: Drawn, duty: int, begins: int, minutes: int) -> bool:
    """Whether a route leaves that time free (ways aside)."""
    whole = facts.duties[duty]
    taken = ((s.begins, s.begins + minutes_of(facts, s)) for s in drawn.routes[duty])
    free = all(end <= begins or start >= begins + minutes for start, end in taken)
    return free and whole.begins <= begins and begins + minutes <= whole.ends
