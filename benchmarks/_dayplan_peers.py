"""The planners beside which ours is measured, each on one core for the same seconds of processor, however busy the
machine is. One a process, so that its memory is its own.

PyVRP has no visits by two, no price of lateness and no persons; it is measured on routes with time windows alone.

usage: python -m benchmarks._dayplan_peers <planner> <file of Solomon's format> <seconds>     prints one line of JSON
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from anxin.matching.engine.dayplan.check import check
from anxin.matching.engine.dayplan.plan import plan
from anxin.matching.engine.dayplan.problem import FORBIDDEN, Day
from benchmarks import _dayplan_vrptw as vrptw
from benchmarks._assignment_peers import memory
from benchmarks._dayplan_vrptw import Instance

Routes = list[list[int]]
TRIAL = 20_000
TINY = Instance("tiny", 2, 9, np.array([(0, 0, 0, 0, 99, 0), (3, 4, 1, 0, 90, 1), (4, 3, 1, 0, 90, 1)]))


class Until:
    """Says whether so many seconds of processor have gone since it was first asked; PyVRP asks with its best cost."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.begun = time.process_time()

    def __call__(self, best_cost: int = 0) -> bool:
        return self.left() <= 0

    def left(self) -> float:
        return self.begun + self.seconds - time.process_time()


def anxin(instance: Instance, seconds: float) -> Routes:
    """Our plan with as many steps as the seconds hold; trials, paid from them, tell how many those are."""
    day, until = vrptw.day(instance), Until(seconds)
    _timed(day, TRIAL)  # the first one touches its memory for the first time
    few, begins = TRIAL, _timed(day, TRIAL)
    many = few + max(TRIAL, int(0.3 * until.left() / begins * few))
    per_step = max(1e-7, (_timed(day, many) - begins) / (many - few))
    found = plan(day, steps=few + max(TRIAL, int((until.left() - begins) / per_step)))
    if faults := check(day, found):
        raise AssertionError(faults)
    return [[stop.visit + 1 for stop in route] for route in found.routes]


def _timed(day: Day, steps: int) -> float:
    begun = time.process_time()
    plan(day, steps=steps)
    return time.process_time() - begun


def pyvrp(instance: Instance, seconds: float) -> Routes:
    """PyVRP's iterated local search as it comes."""
    import pyvrp as peer

    table = instance.table.tolist()
    clients = [
        peer.Client(place, [demand], service_duration=10 * service, tw_early=10 * opens, tw_late=10 * closes)
        for place, (_, _, demand, opens, closes, service) in enumerate(table)
        if place
    ]
    fleet = peer.VehicleType(
        instance.vehicles, [instance.capacity], tw_early=10 * table[0][3], tw_late=10 * table[0][4]
    )
    data = peer.ProblemData(
        [peer.Location(x, y) for x, y, *_ in table], clients, [peer.Depot(0)], [fleet],
        [instance.tenths], [instance.tenths],
    )  # fmt: skip
    best = peer.solve(data, Until(seconds), seed=1, collect_stats=False).best
    if not best.is_feasible():
        return []
    return [[stop.idx + 1 for stop in route if stop.is_client()] for route in best.routes()]


def ortools(instance: Instance, seconds: float) -> Routes:
    routes = by_ortools(vrptw.day(instance), seconds, 10)
    return [[visit + 1 for visit in route] for route in routes]


def by_ortools(day: Day, seconds: float, unit: int, begin: Routes | None = None) -> Routes:
    """Routes by OR-Tools routing (guided local search), times in whole `unit`ths of a minute; none if it finds none.

    It can say: windows, lateness at a price and the largest lateness, loads, who may go, two visits within a lag.
    Everybody starts from one base, is served, and back in time. begin: routes to start from; where visits are bound to
    each other it finds none of its own, or very late ones.
    """
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    place = np.array([day.shifts[0].base, *[visit.place for visit in day.visits]], np.int64)
    ways = np.ceil(day.ways[np.ix_(place, place)] * unit - 1e-6).astype(np.int64)
    lasts = np.array([0, *[visit.minutes * unit for visit in day.visits]], np.int64)
    index = pywrapcp.RoutingIndexManager(len(place), len(day.shifts), 0)
    model = pywrapcp.RoutingModel(index)
    solver, nodes = model.solver(), [index.NodeToIndex(n) for n in range(1, len(place))]
    model.SetArcCostEvaluatorOfAllVehicles(model.RegisterTransitMatrix(ways.tolist()))
    took = model.RegisterTransitMatrix((ways + lasts[:, None]).tolist())
    ends = int(min(max(shift.ends for shift in day.shifts), day.horizon) * unit)
    model.AddDimension(took, ends, ends, False, "time")
    at = model.GetDimensionOrDie("time")
    for node, visit in zip(nodes, day.visits, strict=True):
        late = int(visit.late * unit)
        at.CumulVar(node).SetMin(int(visit.early * unit))
        if visit.late_price >= FORBIDDEN:
            at.CumulVar(node).SetMax(late)
        else:
            at.SetCumulVarSoftUpperBound(node, late, round(visit.late_price / day.prices.way))
        if len(visit.liking) < len(day.shifts):
            model.VehicleVar(node).SetValues(list(visit.liking))
    for pair in day.pairs:
        one, two = (at.CumulVar(nodes[half]) for half in (pair.first, pair.second))
        solver.Add(two - one >= int(pair.least * unit))
        solver.Add(two - one <= int(pair.most * unit))
    if any(visit.load for visit in day.visits):
        loads = model.RegisterUnaryTransitVector([0, *[int(visit.load) for visit in day.visits]])
        most = [int(shift.most) for shift in day.shifts]
        model.AddDimensionWithVehicleCapacity(loads, 0, most, True, "load")
    if day.prices.largest:
        _largest(day, model, nodes, unit)
    return _searched(model, index, seconds, routing_enums_pb2, begin)


def _largest(day: Day, model: Any, nodes: list[int], unit: int) -> None:
    """Along a route the largest lateness so far may only grow; what is paid is how far that spreads over all routes."""
    ends = int(day.horizon * unit)
    at = model.GetDimensionOrDie("time")
    model.AddConstantDimensionWithSlack(0, ends, ends, True, "largest")
    largest = model.GetDimensionOrDie("largest")
    for node, visit in zip(nodes, day.visits, strict=True):
        late = int(visit.late * unit)
        model.solver().Add(largest.CumulVar(node) >= at.CumulVar(node) - late)
    largest.SetGlobalSpanCostCoefficient(round(day.prices.largest / day.prices.way))


def _searched(model: Any, index: Any, seconds: float, names: Any, begin: Routes | None) -> Routes:
    from ortools.constraint_solver import pywrapcp

    asked = pywrapcp.DefaultRoutingSearchParameters()
    # Processor time stops it; the clock is there only lest it run for ever.
    asked.time_limit.FromSeconds(int(20 * seconds) + 60)
    asked.first_solution_strategy = names.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    asked.local_search_metaheuristic = names.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    until = Until(seconds)
    model.AddSearchMonitor(model.solver().CustomLimit(until))
    model.CloseModelWithParameters(asked)
    first = begin and model.ReadAssignmentFromRoutes([[n + 1 for n in route] for route in begin], True)
    found = (
        model.SolveFromAssignmentWithParameters(first, asked) if first else model.SolveWithParameters(asked)
    )
    routes: Routes = []
    for vehicle in range(model.vehicles() if found else 0):
        routes.append([])
        node = found.Value(model.NextVar(model.Start(vehicle)))
        while not model.IsEnd(node):
            routes[-1].append(index.IndexToNode(node) - 1)
            node = found.Value(model.NextVar(node))
    return routes


PLANNERS: dict[str, Callable[[Instance, float], Routes]] = {
    "anxin": anxin,
    "pyvrp": pyvrp,
    "ortools": ortools,
}


def measured(planner: str, path: Path, seconds: float) -> dict[str, float]:
    """Cost by a plain recount (NaN: no routes in that time), vehicles, seconds of processor, megabytes beyond those of
    the instance."""
    instance = vrptw.read(path)
    _ = instance.tenths
    PLANNERS[planner](TINY, 0.1)  # loads libraries and, ours, compiles
    before, begun, clock = memory(anew=True), time.process_time(), time.perf_counter()
    routes = PLANNERS[planner](instance, seconds)
    told = {
        "seconds": time.process_time() - begun,
        "clock": time.perf_counter() - clock,
        "mb": memory() - before,
    }
    cost = vrptw.distance(instance, routes) if routes else float("nan")
    return told | {"customers": instance.customers, "cost": cost, "vehicles": sum(map(bool, routes))}


if __name__ == "__main__":
    name, file, budget = sys.argv[1:]
    print(json.dumps(measured(name, Path(file), float(budget))))
