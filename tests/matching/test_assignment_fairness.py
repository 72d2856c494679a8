"""Fairness held by a bound: within 1 % of the exact constrained optimum, and the price told."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.optimize import LinearConstraint, milp

from anxin.matching.engine.assignment import certificate, exact, fair
from anxin.matching.engine.assignment.measures import Bound, Measure
from anxin.matching.engine.assignment.problem import Floats, Problem
from tests import thorough


def batch(orders: int, workers: int, each: int, seed: int) -> tuple[Problem, Floats, Floats]:
    """Workers whom everybody prefers and workers whom nobody does, with what they got before and would get."""
    rng = np.random.default_rng(seed)
    liked = rng.random(workers)
    rows = [np.sort(rng.choice(workers, each, replace=False)) for _ in range(orders)]
    worker = np.concatenate(rows)
    problem = Problem(
        np.arange(0, orders * each + 1, each), worker, 0.5 * liked[worker] + 0.5 * rng.random(len(worker)),
        rng.random(len(worker)), np.ones(orders), np.ones(orders, dtype=np.int64), workers, seed=seed,
    )  # fmt: skip
    held = np.round(4 * liked * rng.random(workers)) + 1
    return problem, held, np.repeat(rng.integers(1, 4, orders), each).astype(float)


def exact_within(problem: Problem, bound: Bound, held: Floats, gain: Floats) -> int | None:
    """The most points within the bound by HiGHS, or None. Variables: y, for Gini also every two workers' difference."""
    m, n = len(problem.worker), problem.workers
    pairs = list(itertools.combinations(range(n), 2)) if bound.measure is Measure.GINI else []
    columns = m + n + len(pairs) + 2  # pairs chosen, y, differences, least, most
    least, most = columns - 2, columns - 1
    rows, low, high = [], [], []

    def row(entries: dict[int, float], lo: float, hi: float) -> None:
        line = np.zeros(columns)
        for column, factor in entries.items():
            line[column] += factor
        rows.append(line), low.append(lo), high.append(hi)

    for i in range(problem.orders):
        row(dict.fromkeys(range(problem.first[i], problem.first[i + 1]), 1.0), -np.inf, 1)
    for j in range(n):
        mine = np.flatnonzero(problem.worker == j)
        row(dict.fromkeys(mine.tolist(), 1.0), -np.inf, 1)
        row({m + j: 1.0, **{int(e): -gain[e] for e in mine}}, held[j], held[j])
        row({least: 1.0, m + j: -1.0}, -np.inf, 0)
        row({most: -1.0, m + j: 1.0}, -np.inf, 0)
    for k, (a, b) in enumerate(pairs):
        row({m + n + k: 1.0, m + a: -1.0, m + b: 1.0}, 0, np.inf)
        row({m + n + k: 1.0, m + a: 1.0, m + b: -1.0}, 0, np.inf)
    share = {m + j: bound.limit / n for j in range(n)}
    if bound.measure is Measure.GINI:
        row(
            {m + n + k: 1 / n for k in range(len(pairs))} | {m + j: -bound.limit for j in range(n)},
            -np.inf,
            0,
        )
    elif bound.measure is Measure.FLOOR:
        row({**share, least: -1.0}, -np.inf, 0)
    else:
        row({**{c: -v for c, v in share.items()}, most: 1.0, least: -1.0}, -np.inf, 0)
    worth = np.zeros(columns)
    worth[:m] = -(problem.points + exact.empty_points(problem)[problem.order])
    found = milp(
        worth, integrality=np.arange(columns) < m,
        bounds=(0, np.where(np.arange(columns) < m, 1, np.inf)),
        constraints=LinearConstraint(np.array(rows), low, high), options={"mip_rel_gap": 0, "time_limit": 60},
    )  # fmt: skip
    return None if found.x is None else exact.total(problem, np.flatnonzero(found.x[:m] > 0.5))


@pytest.mark.parametrize("measure", list(Measure))
# The first takes HiGHS longest.
@pytest.mark.thorough
@pytest.mark.parametrize("seed", list(reversed(range(4)))[: thorough.examples(4)])
def test_where_the_bound_binds_the_plan_is_within_one_percent_of_highs(measure: Measure, seed: int) -> None:
    problem, held, gain = batch(22, 26, 7, seed)
    free = exact.solve(problem).chosen
    y = fair.got(problem, free, held, gain)
    loose = Bound(measure, 0.0).value(y)
    limit = {Measure.GINI: 0.85 * loose, Measure.FLOOR: min(0.35, loose + 0.1), Measure.ENVY: 0.8 * loose}[
        measure
    ]
    bound = Bound(measure, limit)
    best = exact_within(problem, bound, held, gain)
    found = fair.solve(problem, bound, held, gain)
    assert certificate.faults(problem, found.chosen) == ()
    assert found.reached == (best is not None)
    if best is not None:
        assert bound.holds(fair.got(problem, found.chosen, held, gain))
        assert found.points >= 0.99 * best
        assert best <= found.ceiling <= found.free
        assert found.price == pytest.approx((found.free - found.points) / found.free)
