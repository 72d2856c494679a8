"""What publishing would refuse, known before: hours and rest with all that a worker would do by the plan, shifts, and
the opening hours of a service. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from anxin.kit.clock import SHANGHAI
from anxin.matching.rules.dayplan import VISIT, Asked, Drawn, Facts, Problem, Stop
from anxin.matching.rules.dayplan_read import turn_of
from anxin.matching.values.dayplan import Beyond, Turn
from anxin.workers.values import Span, TooMuch

Work = dict[str, list[tuple[int, Span]]]
# Of work that is no visit of the plan.
NONE = -1


def span_of(facts: Facts, begins: int, minutes: int) -> Span:
    start = datetime.combine(date.fromisoformat(facts.first), time(), tzinfo=SHANGHAI) + timedelta(
        minutes=begins
    )
    return Span(start, start + timedelta(minutes=minutes))


def too_much(facts: Facts, drawn: Drawn) -> dict[int, TooMuch]:
    """The visits that publishing would refuse for their worker's hours or rest, with what they break.

    What stands as it is agreed is no question; it counts with the rest of the work. Until the customer agrees to
    another worker the old one's time stays theirs.
    """
    if not facts.first:
        return {}
    stops = {stop.index: stop for route in drawn.routes for stop in route if stop.kind == VISIT}
    work = _work(facts, stops)
    found = {}
    for n, stop in sorted(stops.items()):
        one, worker = facts.visits[n], facts.duties[stop.duty].worker
        if turn_of(one, stop, worker) is Turn.SAME:
            continue
        others = [span for number, span in work[worker] if number != n]
        broken = facts.caps.broken(span_of(facts, stop.begins, one.minutes), others)
        if broken is not None:
            found[n] = broken
    return found


def beyond(facts: Facts, drawn: Drawn) -> dict[int, Beyond]:
    """The visits that the plan moved or gave away beyond their worker's shift or the service's opening hours, or into
    time that is their worker's own until a customer agrees."""
    found = {}
    stops = {stop.index: stop for route in drawn.routes for stop in route if stop.kind == VISIT}
    kept = [(one.held, n, one.stands, one.stands + one.minutes) for n, one in _kept(facts, stops)]
    for stop in stops.values():
        one, duty = facts.visits[stop.index], facts.duties[stop.duty]
        ends = stop.begins + one.minutes
        if turn_of(one, stop, duty.worker) is Turn.SAME:
            continue
        if stop.begins < duty.begins or ends > duty.ends:
            found[stop.index] = Beyond.SHIFT
        elif stop.begins != one.agreed and one.closes is not None and ends > one.closes:
            found[stop.index] = Beyond.CLOSED
        elif any(
            worker == duty.worker and n != stop.index and stop.begins < until and since < ends
            for worker, n, since, until in kept
        ):
            found[stop.index] = Beyond.KEPT
    return found


def refused(facts: Facts, drawn: Drawn) -> dict[int, TooMuch | Beyond]:
    """Everything that publishing would refuse, by visit."""
    return {**too_much(facts, drawn), **beyond(facts, drawn)}


def _work(facts: Facts, stops: dict[int, Stop]) -> Work:
    """Worker → what they would be booked for, by the plan and beside it."""
    work: Work = defaultdict(list)
    for worker, rows in facts.work.items():
        work[worker] += [(NONE, span_of(facts, begins, ends - begins)) for begins, ends in rows]
    for n, one in enumerate(facts.visits):
        stop = stops.get(n)
        if stop is not None:
            work[facts.duties[stop.duty].worker].append((n, span_of(facts, stop.begins, one.minutes)))
    for n, one in _kept(facts, stops):
        work[one.held].append((n, span_of(facts, one.stands, one.minutes)))
    return work


def _kept(facts: Facts, stops: dict[int, Stop]) -> Iterator[tuple[int, Asked]]:
    """The visits that stay with somebody for now who would not make them by the plan."""
    for n, one in enumerate(facts.visits):
        stop = stops.get(n)
        goes = facts.duties[stop.duty].worker if stop else ""
        if one.held and one.held != goes and (one.firm or stop is None):
            yield n, one


def fits(facts: Facts, worker: str, span: Span) -> bool:
    """Whether a worker may work then at all, beside what they do outside the plan."""
    others = [span_of(facts, begins, ends - begins) for begins, ends in facts.work.get(worker, ())]
    return facts.caps.broken(span, others) is None


def allowed(problem: Problem, drawn: Drawn) -> Drawn:
    """The plan with every visit that publishing would refuse put where it would not, or with nobody; the one first that
    costs least to take away. A plan that may be as it is stays so."""
    facts, given = problem.facts, drawn
    for _time in range(2 * len(facts.visits)):
        found = refused(facts, drawn)
        if not found:
            break
        without = [(problem.without(drawn, n), n) for n in found]
        bare, n = min(without, key=lambda one: (one[0].total, one[1]))
        stop = drawn.stop_of(n)
        drawn = _placed(problem, bare, n, stop.duty if stop else NONE)
    # What was taken away left room.
    waiting = [n for n in drawn.unserved if (VISIT, n) in problem.number] if drawn is not given else []
    for n in waiting:
        drawn = _placed(problem, drawn, n, NONE)
    return drawn


def _placed(problem: Problem, bare: Drawn, n: int, duty: int) -> Drawn:
    """With the visit in the cheapest place of another duty that is not refused; else with nobody."""
    before = len(refused(problem.facts, bare))
    tried = [
        problem.moved(bare, n, other, None)
        for other in problem.day.visits[problem.number[VISIT, n]].liking
        if other != duty
    ]
    good = [
        one for one in tried if one and one.total < bare.total and len(refused(problem.facts, one)) <= before
    ]
    return min([bare, *good], key=lambda one: one.total)
