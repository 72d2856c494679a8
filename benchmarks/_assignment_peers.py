"""The solvers beside which ours is measured, each fed the same integers. One a process, so that its memory is its own.

usage: python -m benchmarks._assignment_peers <solver> <orders> <workers> <each> [seed]     prints one line of JSON
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from anxin.matching.engine.assignment import certificate, exact, simple, stable
from anxin.matching.engine.assignment.measures import gini
from anxin.matching.engine.assignment.problem import UNIT, Ints, Problem

EMPTY = 1.0
ROUNDS = 5


def trade(orders: int, workers: int, each: int, seed: int = 1) -> Problem:
    """Candidates drawn from all workers, both sides' satisfaction drawn evenly: the hard case, nobody lives near."""
    rng = np.random.default_rng(seed)
    drawn = np.sort(rng.integers(0, workers, (orders, each + 10)), axis=1)
    lots = rng.random(drawn.shape)
    lots[:, 1:][drawn[:, 1:] == drawn[:, :-1]] = 2
    worker = np.take_along_axis(drawn, np.sort(np.argsort(lots, axis=1)[:, :each], axis=1), 1).ravel()
    sides = rng.random((2, orders * each))
    return Problem(
        np.arange(0, orders * each + 1, each), worker, sides[0], sides[1],
        np.full(orders, EMPTY), np.ones(orders, dtype=np.int64), workers, seed=seed,
    )  # fmt: skip


def anxin(problem: Problem) -> tuple[Callable[[], Ints], dict[str, float]]:
    def run() -> Ints:
        problem.__dict__.pop("lots", None)  # kept with the problem; drawing them is part of solving
        return exact.solve(problem).chosen

    return run, {}


def _costs(problem: Problem) -> Ints:
    return UNIT - problem.points


def _dear(problem: Problem) -> Ints:
    return UNIT + exact.empty_points(problem)


def lapmod(problem: Problem) -> tuple[Callable[[], Ints], dict[str, float]]:
    """lapx's sparse Jonker-Volgenant, squared: every order has a dear column of its own, every worker a free row."""
    import lap

    orders, workers = problem.orders, problem.workers
    n, candidates = orders + workers, len(problem.worker)
    by_worker = np.argsort(problem.worker, kind="stable")
    starts = np.cumsum(np.diff(problem.first) + 1)
    many = np.bincount(problem.worker, minlength=workers)
    first = np.concatenate([[0], starts, starts[-1] + np.cumsum(many + 1)]).astype(np.int32)
    column = np.empty(first[-1], np.int32)
    cost = np.zeros(first[-1])
    own = np.arange(candidates) + problem.order
    column[own], cost[own] = problem.worker, _costs(problem)
    dear = starts - 1
    column[dear], cost[dear] = workers + np.arange(orders), _dear(problem)
    # A worker's row: themselves, then the dear columns of the orders that could have them.
    column[first[orders:-1]] = np.arange(workers)
    theirs = np.arange(candidates) + np.repeat(np.arange(workers), many) + starts[-1] + 1
    column[theirs] = workers + problem.order[by_worker]

    def run() -> Ints:
        _, chosen, _ = lap.lapmod(n, cost, first, column, fast=True, return_cost=True)
        return _entries(problem, np.asarray(chosen[:orders], dtype=np.int64))

    return run, {}


def scipy_sparse(problem: Problem) -> tuple[Callable[[], Ints], dict[str, float]]:
    """SciPy's min_weight_full_bipartite_matching, every order with a dear column of its own."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    orders, workers = problem.orders, problem.workers
    rows = np.concatenate([problem.order, np.arange(orders)])
    columns = np.concatenate([problem.worker, workers + np.arange(orders)])
    # No cost may be 0: it would be no edge.
    costs = np.concatenate([_costs(problem), _dear(problem)]) + 1
    graph = csr_array((costs, (rows, columns)), shape=(orders, workers + orders))

    def run() -> Ints:
        found, to = min_weight_full_bipartite_matching(graph)
        chosen = np.empty(orders, dtype=np.int64)
        chosen[found] = to
        return _entries(problem, chosen)

    return run, {}


def ortools(problem: Problem) -> tuple[Callable[[], Ints], dict[str, float]]:
    """OR-Tools' min-cost flow: orders to workers to the sink, or to the sink at the price of staying unserved."""
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

    orders, workers = problem.orders, problem.workers
    sink = orders + workers
    tails = np.concatenate([problem.order, np.arange(orders), orders + np.arange(workers)])
    heads = np.concatenate([orders + problem.worker, np.full(orders + workers, sink)])
    costs = np.concatenate([_costs(problem), _dear(problem), np.zeros(workers, dtype=np.int64)])

    def run() -> Ints:
        flow = SimpleMinCostFlow()
        arcs = flow.add_arcs_with_capacity_and_unit_cost(tails, heads, np.ones(len(tails), np.int64), costs)
        flow.set_nodes_supplies(np.arange(orders), np.ones(orders, np.int64))
        flow.set_node_supply(sink, -orders)
        if flow.solve() != flow.OPTIMAL:
            raise AssertionError("the flow was not solved")
        return np.flatnonzero(flow.flows(arcs[: len(problem.worker)]))

    return run, {}


def _entries(problem: Problem, to: Ints) -> Ints:
    """Entries of the problem for the worker of each order; columns past the workers are the dear ones."""
    served = np.flatnonzero(to < problem.workers)
    key = problem.order * problem.workers + problem.worker
    sorter = np.argsort(key)
    found = np.searchsorted(key, served * problem.workers + to[served], sorter=sorter)
    return np.sort(sorter[found])


SOLVERS: dict[str, Callable[[Problem], tuple[Callable[[], Ints], dict[str, float]]]] = {
    "anxin": anxin,
    "lapmod": lapmod,
    "ortools": ortools,
    "scipy": scipy_sparse,
    "greedy": lambda problem: (lambda: simple.greedy(problem), {}),
    "first": lambda problem: (lambda: simple.first_come(problem), {}),
    "stable": lambda problem: (lambda: stable.solve(problem), {}),
}


def memory(*, anew: bool = False) -> float:
    """Megabytes at their highest, since they were last asked for anew."""
    if anew:
        Path("/proc/self/clear_refs").write_text("5")
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def measured(solver: str, orders: int, workers: int, each: int, seed: int = 1) -> dict[str, float]:
    """Median seconds of the processor (all are single-threaded; the clock would tell how busy the machine is),
    megabytes above those of the problem itself, and how good the plan is for whom."""
    problem = trade(orders, workers, each, seed)
    _ = problem.points, problem.order
    small = trade(20, 40, 5)
    begun = time.perf_counter()
    SOLVERS[solver](small)[0]()  # loads libraries and, ours, compiles
    started = time.perf_counter() - begun
    before = memory(anew=True)
    run, told = SOLVERS[solver](problem)
    told["start_s"] = started
    times: list[float] = []
    while len(times) < ROUNDS and sum(times) < 20:
        begun = time.process_time()
        chosen = run()
        times.append(time.process_time() - begun)
    told["mb"] = memory() - before
    if solver == "anxin":
        solution = exact.solve(problem)
        begun = time.process_time()
        proof = certificate.check(problem, solution)
        told |= {"gap": proof.gap, "check_s": time.process_time() - begun}
        if not proof.proven:
            raise AssertionError(proof)
    if certificate.faults(problem, chosen):
        raise AssertionError(certificate.faults(problem, chosen))
    has = np.bincount(problem.worker[chosen], minlength=workers)
    return told | {
        "seconds": float(np.median(times)), "points": exact.total(problem, chosen), "served": len(chosen),
        "customer_worst": float(problem.customer[chosen].min()),
        "worker_worst": float(problem.service[chosen].min()),
        "customer_low": float(np.quantile(problem.customer[chosen], 0.05)),
        "worker_low": float(np.quantile(problem.service[chosen], 0.05)),
        "gini": gini(has.astype(float)), "nothing": float((has == 0).mean()),
    }  # fmt: skip


if __name__ == "__main__":
    name, *numbers = sys.argv[1:]
    print(json.dumps(measured(name, *[int(number) for number in numbers])))
