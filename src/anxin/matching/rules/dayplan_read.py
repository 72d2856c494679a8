"""What a plan says of one visit, and of the way home. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from anxin.matching.rules.dayplan import VISIT, Asked, Facts, Stop
from anxin.matching.values.dayplan import Turn


def turn_of(one: Asked, stop: Stop | None, worker: str) -> Turn:
    """What publishing means for a visit, as it stands against what the order says now."""
    if one.begun:
        return Turn.SAME
    if stop is None:
        return Turn.NOBODY
    if worker == one.held and stop.begins == one.stands:
        return Turn.SAME
    if stop.begins != one.agreed:
        return Turn.MOVED if worker == one.held and one.firm else Turn.BOTH
    if not one.held:
        return Turn.NEW
    return Turn.REPLACED if one.firm else Turn.OTHER


def minutes_of(facts: Facts, stop: Stop) -> int:
    return facts.visits[stop.index].minutes if stop.kind == VISIT else facts.busy[stop.index].minutes


def way_home(facts: Facts, duty: int, route: Sequence[Stop]) -> int:
    """From the last door back to the base."""
    doors = [s.index if s.kind == VISIT else facts.busy[s.index].place for s in route]
    last = next((place for place in reversed(doors) if place >= 0), None)
    return 0 if last is None else facts.fares[last][facts.duties[duty].base]
