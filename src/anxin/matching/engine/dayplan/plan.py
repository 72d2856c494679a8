"""From a day to a plan: search with progress and stop, the plan with its cost in parts, an independent check."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from anxin.matching.engine.dayplan import anneal, moves
from anxin.matching.engine.dayplan.problem import BadDay, Complaint, Day, Fault, compiled
from anxin.matching.engine.dayplan.routes import mark
from anxin.matching.engine.dayplan.state import CHANGES, EVENNESS, LARGEST, LATE, LIKING, OVERTIME, TRAVEL, UNSERVED
from anxin.matching.engine.dayplan.state import Data, State, empty, settle, total

# Shares of the kinds of change: relocate, swap, cross, carry, together, begin; a trace leaves a visit out.
KINDS = np.cumsum(np.array([0.36, 0.20, 0.14, 0.08, 0.18, 0.0395]))
ROUNDS = 40
TOLERANCE = 1e-6


@dataclass(frozen=True)
class Stop:
    """One visit on a route: who (index of the shift), which, when it begins (minutes), how late, free before it."""

    shift: int
    visit: int
    begins: float
    late: float


@dataclass(frozen=True)
class Cost:
    """What a plan costs, in parts; `total` is what the search made small."""

    way: float
    late: float
    largest: float
    overtime: float
    unserved: float
    liking: float
    unequal: float
    change: float

    @property
    def total(self) -> float:
        return sum(vars(self).values())


@dataclass(frozen=True)
class Plan:
    """Routes (one tuple of stops a shift, in order), who is not served, the cost in parts."""

    routes: tuple[tuple[Stop, ...], ...]
    unserved: tuple[int, ...]
    cost: Cost


@dataclass(frozen=True)
class Progress:
    """How far a search is: 0..1, cost of the best plan so far."""

    done: float
    cost: float


def plan(
    day: Day, *, steps: int = 400_000, seed: int = 1, hot: float | None = None, cold: float | None = None,
    begin: Sequence[Sequence[int]] | None = None, told: Callable[[Progress], bool] | None = None,
) -> Plan:  # fmt: skip
    """The best plan that `steps` tried changes find. Same day, steps and seed: same plan.

    `begin`: routes to start from (visits a shift, in order), for replanning; then the search begins cool, so that
    little changes. `told` hears of the progress and ends the search by returning False. Raises BadDay.
    """
    data = compiled(day)
    if not day.visits or not day.shifts:
        return _read(data, empty(data))
    state = _from_routes(data, begin) if begin is not None else _first(data)
    best = _from_routes(data, _visits(state))
    hot, cold = _warmth(data, state, hot, cold, begin is not None)
    for done, steps_now, warm, cool, again in _rounds(steps, hot, cold):
        if again:
            state = _from_routes(data, _visits(best))
        least = anneal.anneal(data, state, best, KINDS, steps_now, warm, cool, (seed * 1_000_003 + done) % 2**31)
        state = _from_routes(data, _visits(state))
        if told and not told(Progress((done + 1) / ROUNDS, least)):
            break
    return _read(data, _from_routes(data, _visits(best)))


def _rounds(steps: int, hot: float, cold: float) -> Iterator[tuple[int, int, float, float, bool]]:
    """Round, tries, warmth at begin and end, whether it starts from the best: one long cooling, then two short ones."""
    legs = ((0, 24, hot), (24, 32, hot * 0.12), (32, ROUNDS, hot * 0.06))
    for first, last, warm in legs:
        count = last - first
        fall = (cold / warm) ** (1 / count) if warm > cold else 1.0
        for n in range(count):
            yield first + n, max(1, steps // ROUNDS), warm * fall**n, warm * fall ** (n + 1), n == 0 and first > 0


def _warmth(data: Data, state: State, hot: float | None, cold: float | None, kept: bool) -> tuple[float, float]:
    """From the price of an ordinary way: an eighth of it changes nothing any more, some of them are worth a try."""
    served = max(1, int((state.shift >= 0).sum()))
    scale = max(1e-6, (state.sums[TRAVEL] + state.sums[LATE]) / served)
    return (hot or scale * (0.05 if kept else 0.6)), (cold or scale * 0.004)


def _first(data: Data) -> State:
    state = empty(data)
    mark(state)
    anneal.greet(data, state, np.lexsort((np.arange(len(data.place)), data.late, data.early)).astype(np.int32))
    return _from_routes(data, _visits(state))


def _visits(state: State) -> list[list[int]]:
    routes = []
    for head in state.head:
        route, visit = [], int(head)
        while visit >= 0:
            route.append(visit)
            visit = int(state.after[visit])
        routes.append(route)
    return routes


def _from_routes(data: Data, routes: Sequence[Sequence[int]]) -> State:
    """A state with these routes and exact sums. Raises BadDay for routes that nobody can follow."""
    state = empty(data)
    flat = np.array([visit for route in routes for visit in route], np.int32)
    mark(state)
    moves.rebuild(data, state, flat, np.cumsum([len(route) for route in routes]).astype(np.int32))
    if not settle(data, state):
        raise BadDay([Complaint(Fault.LAG, -1)])
    mark(state)
    return state


def _read(data: Data, state: State) -> Plan:
    routes = tuple(
        tuple(
            Stop(shift, visit, float(state.start[visit]), float(max(0.0, state.start[visit] - data.late[visit])))
            for visit in route
        )
        for shift, route in enumerate(_visits(state))
    )
    sums = state.sums
    cost = Cost(
        way=float(sums[TRAVEL]), late=float(sums[LATE]), largest=float(data.largest_price * sums[LARGEST]),
        overtime=float(sums[OVERTIME]), unserved=float(sums[UNSERVED]), liking=float(sums[LIKING]),
        unequal=float(data.even_price * sums[EVENNESS]), change=float(data.change_price * sums[CHANGES]),
    )  # fmt: skip
    assert abs(cost.total - total(data, state)) < TOLERANCE * max(1.0, cost.total)
    return Plan(routes, tuple(int(v) for v in np.flatnonzero(state.shift < 0)), cost)
