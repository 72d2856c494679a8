"""From a day to a plan: search with progress and stop. Compiled at its first use in a process: for jobs, not pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from anxin.matching.engine.dayplan import compiled
from anxin.matching.engine.dayplan.anneal import Best
from anxin.matching.engine.dayplan.arrays import arrays
from anxin.matching.engine.dayplan.board import Unfollowable, held, lay
from anxin.matching.engine.dayplan.complaints import BadDay, Complaint, Fault, Of, complaints
from anxin.matching.engine.dayplan.problem import FORBIDDEN, Day
from anxin.matching.engine.dayplan.result import Left, Plan, Routes, Why
from anxin.matching.engine.dayplan.state import LATE, TRAVEL, UNSERVED, Data, Ints, State, empty

# Shares of the kinds of change: remake, relocate, swap, cross, carry, together, begin; the rest leaves a visit out.
KINDS = np.cumsum(np.array([0.10, 0.324, 0.18, 0.126, 0.072, 0.162, 0.029]))


class Leg(NamedTuple):
    """One cooling: so many rounds, the share of the first warmth it begins with, whether from the best plan of all."""

    rounds: int
    share: float
    from_best: bool


# Who serves whom is settled while it is hot, and differs from one cooling to the next: each search cools twice on its
# own, which forgets what was before, and then all go on from the best.
LEGS = (Leg(14, 1.0, False), Leg(14, 1.0, False), Leg(12, 0.1, True))
# With fewer steps than this for each visit one slow cooling finds more than several hasty ones.
ENOUGH = 2_000
SLOW = (Leg(40, 1.0, False),)
TOLERANCE = 1e-6


@dataclass(frozen=True)
class Progress:
    """How far a search is, 0..1, and the best plan so far."""

    done: float
    plan: Plan


def plan(
    day: Day, *, steps: int = 400_000, seed: int = 1, searches: int = 1, begin: Routes | None = None,
    told: Callable[[Progress], bool] | None = None, hot: float | None = None, cold: float | None = None,
) -> Plan:  # fmt: skip
    """The best plan that `searches` side by side find with `steps` tried changes each, one thread for each.

    Same day and numbers: same plan, however busy the machine. `begin`: routes to start from (the visits of each shift
    in order; what cannot be is left out), for replanning; the search then begins cool. `told` hears of the progress
    and ends the search by answering False; the best plan so far is the answer. hot, cold: first and last warmth, in
    units of cost, if not found from the day. Raises BadDay, with every complaint.
    """
    if found := complaints(day):
        raise BadDay(found)
    if not day.visits or not day.shifts:
        return lay(day, [[] for _ in day.shifts], left=[Left(n, Why.NOBODY) for n in range(len(day.visits))])
    data = arrays(day)
    first = _first(day, data, begin)
    hot, cold = _warmth(data, _state(data, day, first)[0], hot, cold, begin is not None)
    runs = [_Run(data, day, first, seed + 7919 * n) for n in range(searches)]
    legs = LEGS if steps >= ENOUGH * len(day.visits) else SLOW
    rounds = sum(leg.rounds for leg in legs)
    with ThreadPoolExecutor(searches) as threads:
        for number, warm, cool, fresh in _rounds(legs, hot, cold):
            if fresh:
                best = _best(runs).laid()
                for run in runs:
                    run.start(best)
            turns = [threads.submit(run.turn, number, max(1, steps // rounds), warm, cool) for run in runs]
            for turn in turns:
                turn.result()
            if told and not told(Progress((number + 1) / rounds, _best(runs).laid())):
                break
    return _finished(day, data, _best(runs).laid())


class _Run:
    """One search, of its own thread."""

    def __init__(self, data: Data, day: Day, laid: Plan, seed: int) -> None:
        self.data, self.day, self.seed = data, day, seed
        self.state, cost = _state(data, day, laid)
        head, after = _links(self.state)
        self.best = Best(head, after, self.state.stop["hold"].copy(), np.full(1, cost))

    def start(self, laid: Plan) -> None:
        """Go on from this plan."""
        self.state, _ = _state(self.data, self.day, laid)

    def turn(self, number: int, steps: int, warm: float, cool: float) -> None:
        """Search on for a round."""
        seed = (self.seed * 1_000_003 + number) % 2**31
        compiled.search(self.data, self.state, self.best, KINDS, steps, warm, cool, seed)

    @property
    def cost(self) -> float:
        return float(self.best.cost[0])

    def laid(self) -> Plan:
        """The best plan so far, its times and cost counted anew."""
        best = self.best
        found = lay(self.day, _routes(best.head, best.after), best.hold.tolist())
        assert found.cost.total <= self.cost + TOLERANCE * max(1.0, self.cost), (found.cost, self.cost)
        return found


def _best(runs: Sequence[_Run]) -> _Run:
    return min(runs, key=lambda run: run.cost)


def _finished(day: Day, data: Data, laid: Plan) -> Plan:
    """The plan with every visit brought in that makes it cheaper, and a reason for each that stays out."""
    state, _ = _state(data, day, laid)
    reasons = []
    for one in laid.left:
        if state.stop["shift"][one.visit] >= 0:
            continue
        adds = float(compiled.least_addition(data, state, one.visit))
        if state.stop["shift"][one.visit] < 0:
            reasons += [Left(half, *_why(day, one.visit, adds)) for half in _halves(day, one.visit)]
    return lay(day, _routes(*_links(state)), state.stop["hold"].tolist(), reasons)


def _halves(day: Day, visit: int) -> list[int]:
    other = day.other(visit)
    return [visit] if other is None else [visit, other]


def _why(day: Day, visit: int, adds: float) -> tuple[Why, float | None]:
    halves = _halves(day, visit)
    people = [{day.shifts[shift].person for shift in day.bound[half].liking} for half in halves]
    apart = len(halves) == 2 and day.pair_of[visit].apart
    if not all(people) or (apart and len(set().union(*people)) < 2):
        return Why.NOBODY, None
    unserved = sum(day.visits[half].unserved_price for half in halves)
    return (Why.NO_TIME, None) if adds + unserved >= FORBIDDEN else (Why.DEAR, adds)


def _rounds(legs: Sequence[Leg], hot: float, cold: float) -> Iterator[tuple[int, float, float, bool]]:
    """Number, warmth at begin and end, whether it starts from the best."""
    number = 0
    for leg in legs:
        warm = hot * leg.share
        fall = (cold / warm) ** (1 / leg.rounds) if warm > cold else 1.0
        for n in range(leg.rounds):
            yield number, warm * fall**n, warm * fall ** (n + 1), n == 0 and leg.from_best
            number += 1


def _warmth(
    data: Data, state: State, hot: float | None, cold: float | None, kept: bool
) -> tuple[float, float]:
    """From what an ordinary visit costs: some of it is worth a try at first, a trace of it changes nothing at last."""
    served, sums = max(1, int((state.stop["shift"] >= 0).sum())), state.sums
    way = float(data.fares.mean())
    # What stays out makes it hotter, but no more than some ways do: an unserved visit can cost a thousand of them.
    out = min(0.1 * float(sums[UNSERVED]) / len(data.visit), 10 * way)
    scale = max(1e-3, out, float(sums[TRAVEL] + min(sums[LATE], 10 * sums[TRAVEL])) / served)
    return (hot or scale * (0.1 if kept else 6.0)), (cold or scale * (0.01 if kept else 0.02))


def _first(day: Day, data: Data, begin: Routes | None) -> Plan:
    """Routes to start from: those given as far as they can be, and every visit that then finds a place."""
    given = None if begin is None else _followed(day, begin)
    state = empty(data) if given is None else _state(data, day, given)[0]
    visit = data.visit
    order = np.lexsort((np.arange(len(visit)), visit["late"], visit["early"], -visit["locked"]))
    compiled.greet(data, state, order.astype(np.int64))
    missing = [n for n in day.locks if state.stop["shift"][n] < 0]
    if missing:
        raise BadDay([Complaint(Fault.LOCK, Of.VISIT, n) for n in missing])
    return lay(day, _routes(*_links(state)), state.stop["hold"].tolist())


def _followed(day: Day, begin: Routes) -> Plan | None:
    """The routes without the visits that they may not have; None if even so nobody can follow them."""
    bound, seen = day.bound, dict[int, int]()
    for shift, route in enumerate(begin[: len(day.shifts)]):
        for visit in route:
            if 0 <= visit < len(bound) and visit not in seen and shift in bound[visit].liking:
                seen[visit] = shift
    for pair in day.pairs:
        one, two = seen.get(pair.first), seen.get(pair.second)
        same = one is not None and two is not None and day.shifts[one].person == day.shifts[two].person
        if one is None or two is None or (same and pair.apart):
            seen.pop(pair.first, None)
            seen.pop(pair.second, None)
    routes = [
        [visit for visit, theirs in seen.items() if theirs == shift] for shift in range(len(day.shifts))
    ]
    try:
        return lay(day, routes)
    except Unfollowable:
        return None


def _routes(head: Ints, after: Ints) -> list[list[int]]:
    routes = []
    for visit in head.tolist():
        route = []
        while visit >= 0:
            route.append(visit)
            visit = int(after[visit])
        routes.append(route)
    return routes


def _links(state: State) -> tuple[Ints, Ints]:
    """Heads of the routes, and what follows each visit."""
    return state.route["head"].copy(), state.stop["after"].copy()


def _state(data: Data, day: Day, laid: Plan) -> tuple[State, float]:
    """A state with the plan's routes and times, and its cost as the search counts it."""
    state, starts = empty(data), data.visit["early"].copy()
    for visit, stop in laid.stops.items():
        starts[visit] = stop.begins
    flat = np.array([visit for route in laid.order for visit in route], np.int64)
    ends = np.cumsum([len(route) for route in laid.order]).astype(np.int64)
    cost = float(compiled.rebuild(data, state, flat, ends, np.array(held(day, laid)), starts))
    own = laid.cost.total
    assert abs(cost - own) <= TOLERANCE * max(1.0, own), f"the search counts {cost}, the plan costs {own}"
    return state, cost
