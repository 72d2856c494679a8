"""A month of thirty batches: satisfaction beside fairness, as λ, the weight of what a worker has too little of, grows.

Two trades. In the plain one an order's candidates are its thirty nearest workers and customers are content by the
published weights of the ranking. In the unequal one satisfaction hangs for the greater part on the worker, and always
on the same: the most liked could do everything. λ is bisected on the month before (another seed) and then left alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from anxin.matching.engine.assignment import exact, simple, stable
from anxin.matching.engine.assignment.measures import gini, ranks
from anxin.matching.engine.assignment.problem import UNIT, Floats, Ints, Problem

ROUNDS, ORDERS, WORKERS, EACH = 30, 2000, 8000, 30


@dataclass(frozen=True)
class Month:
    """What the plans of a month came to. had: orders by worker; worst: the least content tenth of a percent."""

    points: int
    had: Floats
    customer_worst: float
    worker_worst: float

    @property
    def gini(self) -> float:
        return gini(self.had)

    @property
    def nothing(self) -> float:
        return float((self.had == 0).mean())


def batches(seed: int, *, unequal: bool) -> list[Problem]:
    return list(_batches(np.random.default_rng(seed), unequal))


def _batches(rng: np.random.Generator, unequal: bool) -> Iterator[Problem]:
    from scipy.spatial import cKDTree

    places, liked = rng.random((WORKERS, 2)), rng.random(WORKERS)
    rating = np.clip(rng.normal(0.85, 0.08, WORKERS), 0, 1)
    years, credit = np.minimum(1, rng.gamma(2, 2, WORKERS) / 8), rng.uniform(0.6, 1, WORKERS)
    tree = cKDTree(places)
    for number in range(ROUNDS):
        far, worker = tree.query(rng.random((ORDERS, 2)), EACH)
        turn = np.argsort(worker, axis=1)
        worker, far = np.take_along_axis(worker, turn, 1), np.take_along_axis(far, turn, 1)
        if unequal:
            near = 0.02 / (0.02 + far)
            customer = service = 0.7 + 0.3 * (0.65 * liked[worker] + 0.35 * near)
        else:
            near = 0.06 / (0.06 + far)
            customer = (
                0.30 * near + 0.25 * rating[worker] + 0.15 * years[worker] + 0.15 * credit[worker]
            ) / 0.85
            service = 0.6 * near + 0.4 * rng.random(worker.shape)
        yield Problem(
            np.arange(0, ORDERS * EACH + 1, EACH), worker.ravel().astype(np.int64), customer.ravel(),
            service.ravel(), np.ones(ORDERS), np.ones(ORDERS, dtype=np.int64), WORKERS, seed=number,
        )  # fmt: skip


def month(problems: list[Problem], way: str, weight: float = 0.0) -> Month:
    """Batch after batch; what was had so far counts with `weight` in the next."""
    had, points, customer, worker = np.zeros(WORKERS), 0, [], []
    for problem in problems:
        if way == "greedy":
            chosen = simple.greedy(problem)
        elif way == "first":
            chosen = simple.first_come(problem)
        elif way == "stable":
            chosen = stable.solve(problem)
        else:
            chosen = exact.solve(problem, _deficits(problem, had, weight)).chosen
        had += np.bincount(problem.worker[chosen], minlength=WORKERS)
        points += int(problem.points[chosen].sum())
        customer.append(problem.customer[chosen])
        worker.append(problem.service[chosen])
    return Month(
        points, had, float(np.quantile(np.concatenate(customer), 0.001)),
        float(np.quantile(np.concatenate(worker), 0.001)),
    )  # fmt: skip


def _deficits(problem: Problem, had: Floats, weight: float) -> Ints | None:
    if not weight:
        return None
    return np.rint(UNIT * weight * (had.mean() - had[problem.worker])).astype(np.int64)


def bisected(problems: list[Problem], most: float, halvings: int = 9) -> float:
    """The least λ with which the month ends at a Gini of at most `most`."""
    low, high = 0.0, 0.2
    for _ in range(halvings):
        middle = (low + high) / 2
        low, high = (low, middle) if month(problems, "exact", middle).gini <= most else (middle, high)
    return high


def ceiling(problems: list[Problem], most: float, prices: tuple[float, ...], tries: int = 16) -> int:
    """No plan of all thirty batches together, made with hindsight, with a Gini of at most `most` has more points.

    Lagrange's bound: the optimum with any price on having much, plus what the bound leaves (see `fair`).
    """
    least = exact_total = sum(int(p.points[exact.solve(p).chosen].sum()) for p in problems)
    for price in prices:
        c, had = np.zeros(WORKERS), np.zeros(WORKERS)
        for step in range(tries):
            value, now = 0, np.zeros(WORKERS)
            for problem in problems:
                extra = np.rint(-UNIT * price * (c - most)[problem.worker]).astype(np.int64)
                chosen = exact.solve(problem, extra).chosen
                # Half a point a pair for rounding.
                value += int((problem.points[chosen] + extra[chosen]).sum()) + len(chosen) // 2 + 1
                now += np.bincount(problem.worker[chosen], minlength=WORKERS)
            least = min(least, value)
            share = 2 / (step + 2)
            had += (now - had) * share
            c += (ranks(had) - c) * share
    return min(least, exact_total)
