"""What a plan said, on facts that were read anew. Pure."""

from __future__ import annotations

from anxin.matching.rules.dayplan import BUSY, VISIT, Drawn, Facts, Problem


def went(facts: Facts, drawn: Drawn) -> dict[str, str]:
    """Who went to which order."""
    return {
        facts.visits[stop.index].order: facts.duties[stop.duty].worker
        for route in drawn.routes
        for stop in route
        if stop.kind == VISIT
    }


def carried(old: Facts, drawn: Drawn, new: Problem) -> list[list[int]]:
    """The routes of a plan on facts that were read anew: each visit where it was if that still may be, what stands in
    the calendar at its time, breaks as they were."""
    facts = new.facts
    rows: list[list[tuple[int, int]]] = [[] for _ in facts.duties]
    number = {one.order: n for n, one in enumerate(facts.visits)}
    for route in drawn.routes:
        for stop in route:
            if stop.kind != VISIT:
                continue
            duty, key = old.duties[stop.duty], (VISIT, number.get(old.visits[stop.index].order, -1))
            there = facts.duty_of(duty.worker, duty.day)
            if there is not None and key in new.number and there in new.day.visits[new.number[key]].liking:
                rows[there].append((stop.begins, new.number[key]))
    pauses = _pauses(old, drawn)
    for n, taken in enumerate(facts.busy):
        begins = pauses.get(_calendar(facts, taken.duty)) if taken.kind == "break" else taken.early
        if begins is not None:
            rows[taken.duty].append((begins, new.number[BUSY, n]))
    placed = {number for row in rows for _, number in row}
    # Where one half of a pair fell out, the other waits with it.
    alone = {n for n in placed if (half := new.day.other(n)) is not None and half not in placed}
    return [[number for _, number in sorted(row) if number not in alone] for row in rows]


Calendar = tuple[str, int, frozenset[tuple[str, int, int]]]


def _calendar(facts: Facts, duty: int) -> Calendar:
    """Whose day it is, with what stands in it; where that changed, a break is looked for anew."""
    taken = (
        (one.kind, one.early, one.minutes) for one in facts.busy if one.duty == duty and one.kind != "break"
    )
    return facts.duties[duty].worker, facts.duties[duty].day, frozenset(taken)


def _pauses(facts: Facts, drawn: Drawn) -> dict[Calendar, int]:
    """When each break of a plan begins."""
    stops = (stop for route in drawn.routes for stop in route if stop.kind == BUSY)
    return {
        _calendar(facts, stop.duty): stop.begins for stop in stops if facts.busy[stop.index].kind == "break"
    }
