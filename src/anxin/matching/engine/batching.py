"""A desk's batch: waiting demands and who could take each, to a plan with fairness, its price and proof. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from uuid import UUID

import numpy as np

from anxin.kit.geo import Point, travel_minutes
from anxin.matching.engine.assignment import days, exact, fair, window
from anxin.matching.engine.assignment.measures import Bound, Measure
from anxin.matching.engine.assignment.problem import Floats, Ints, Problem, from_lists, part
from anxin.matching.engine.demands import Demand, Pair, Plan
from anxin.matching.values import Fairness

KNOB = (0.9, 0.75, 0.6)
MOST_ORDERS = 6


class Batch:
    """The demands as a problem: everything sorted by key, so that the same facts and seed give the same plan.

    shown: demand → worker of a plan shown before; each such pair is worth `loyalty` satisfactions more.
    """

    def __init__(
        self, demands: Iterable[Demand], held: Mapping[UUID, float], *, share: float, seed: int,
        shown: Mapping[UUID, UUID] | None = None, loyalty: float = 0.0,
    ) -> None:  # fmt: skip
        self.demands = sorted(demands, key=lambda demand: demand.key)
        self.workers = sorted(set(held) | {wish.worker for demand in self.demands for wish in demand.wishes})
        self.number = {worker: index for index, worker in enumerate(self.workers)}
        self.held = np.array([float(held.get(worker, 0)) for worker in self.workers])
        rows = [
            [(self.number[w.worker], w.customer, w.service) for w in sorted(d.wishes, key=lambda w: w.worker)]
            for d in self.demands
        ]
        self.problem = from_lists(
            rows, len(self.workers), unserved=[d.priority for d in self.demands], share=share, seed=seed
        )
        if shown and loyalty:
            before = [shown.get(demand.key) for demand in self.demands]
            kept = [
                entry
                for entry, (order, worker) in enumerate(
                    zip(self.problem.order.tolist(), self.problem.worker.tolist(), strict=True)
                )
                if self.workers[worker] == before[order]
            ]
            self.problem = window.keeping(self.problem, np.array(kept, dtype=np.int64), loyalty)
        self.starts = np.array([demand.start for demand in self.demands])
        self.ends = np.array([demand.end for demand in self.demands])
        self.gain = np.ones(len(self.problem.worker))

    @cached_property
    def minutes(self) -> Floats:
        """Whole minutes between the homes of every two demands."""
        points = [demand.point for demand in self.demands]
        return np.array([[float(travel_minutes(a, b)) for b in points] for a in points])

    def travel(self, start: Ints, to: Ints) -> Floats:
        found: Floats = self.minutes[start, to]
        return found

    def free(self) -> days.Day:
        """The greatest satisfaction without a bound."""
        return days.solve(self.problem, self.starts, self.ends, self.travel, most=MOST_ORDERS)

    def fair(self, bound: Bound) -> tuple[Ints, fair.Fair]:
        """The first order of every worker within the bound, then further ones to whom they are fair."""
        first = fair.solve(self.problem, bound, self.held, self.gain)
        chosen = first.chosen
        while True:
            open_ = days.free(self.problem, self.starts, self.ends, self.travel, chosen, MOST_ORDERS)
            open_ &= ~np.isin(self.problem.order, self.problem.order[chosen])
            if not open_.any():
                break
            rest, entries = part(self.problem, open_)
            had = fair.got(self.problem, chosen, self.held, self.gain)
            more = entries[fair.solve(rest, bound, had, self.gain[entries]).chosen]
            if not len(more):
                break
            chosen = np.union1d(chosen, more)
        return chosen, first

    def worth(self, chosen: Ints) -> int:
        return int(self.problem.points[chosen].sum())

    def measure(self, bound: Bound, chosen: Ints) -> float:
        return bound.value(fair.got(self.problem, chosen, self.held, self.gain))

    def plan(self, fairness: Fairness, limit: float) -> tuple[Plan, Ints]:
        """The plan and its entries."""
        free = self.free()
        bound = Bound(Measure.GINI if fairness is Fairness.NONE else Measure(fairness.value), limit)
        before = self.measure(bound, free.chosen)
        chosen, gap = free.chosen, _share(free.ceiling - free.points, free.ceiling)
        if fairness is not Fairness.NONE and not bound.holds(self.got(free.chosen)):
            chosen, first = self.fair(bound)
            single = len(chosen) == len(first.chosen)
            gap = (
                first.gap
                if single and first.reached
                else _share(free.ceiling - self.total(chosen), free.ceiling)
            )
        served = np.zeros(len(self.demands), dtype=bool)
        served[self.problem.order[chosen]] = True
        return Plan(
            pairs=tuple(self._pair(entry) for entry in chosen.tolist()),
            unserved=tuple(d.key for d, there in zip(self.demands, served, strict=True) if not there),
            satisfaction=float(self._both(chosen).mean()) if len(chosen) else 0.0,
            value=self.measure(bound, chosen), value_free=before,
            price=max(0.0, _share(self.worth(free.chosen) - self.worth(chosen), self.worth(free.chosen))),
            reached=fairness is Fairness.NONE or bound.holds(self.got(chosen)), gap=gap,
            knob=self._knob(free.chosen),
        ), chosen  # fmt: skip

    def got(self, chosen: Ints) -> Floats:
        return fair.got(self.problem, chosen, self.held, self.gain)

    def total(self, chosen: Ints) -> int:
        return exact.total(self.problem, chosen)

    def has_time(self, chosen: Ints, worker: UUID, start: float, end: float, point: Point) -> bool:
        """Whether the worker could do something else then and there, beside what the plan gives them."""
        number = self.number.get(worker)
        for order in self.problem.order[chosen[self.problem.worker[chosen] == number]].tolist():
            mine = self.demands[order]
            way = travel_minutes(mine.point, point)
            if mine.start - way < end and start < mine.end + way:
                return False
        return True

    def _both(self, chosen: Ints) -> Floats:
        share = self.problem.share
        return share * self.problem.customer[chosen] + (1 - share) * self.problem.service[chosen]

    def _pair(self, entry: int) -> Pair:
        problem: Problem = self.problem
        return Pair(
            self.demands[int(problem.order[entry])].key, self.workers[int(problem.worker[entry])],
            float(problem.customer[entry]), float(problem.service[entry]),
        )  # fmt: skip

    def _knob(self, free: Ints) -> tuple[tuple[float, float], ...]:
        """What other bounds on the Gini coefficient would cost."""
        now, found = self.measure(Bound(Measure.GINI, 1.0), free), []
        for share in KNOB:
            bound = Bound(Measure.GINI, round(share * now, 2))
            if bound.limit > 0 and not bound.holds(self.got(free)):
                chosen, _ = self.fair(bound)
                if bound.holds(self.got(chosen)):
                    given_up = _share(self.worth(free) - self.worth(chosen), self.worth(free))
                    found.append((bound.limit, max(0.0, given_up)))
        return tuple(found)


def _share(part_: int, whole: int) -> float:
    return max(0.0, part_ / whole) if whole > 0 else 0.0
