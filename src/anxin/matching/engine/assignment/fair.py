"""The most satisfied plan that keeps a bound of fairness, and what the bound costs. Pure.

Satisfaction + λ · deficit: what a worker has too little of raises their pairs, what they have too much of lowers them.
The deficits are those the bound itself names (measures.Bound.worst), averaged over the tries so that they settle, and λ
is bisected. For every λ and deficit the plain optimum is also a proof: no plan within the bound is worth more than its
value less λ times the bound's slack (Lagrange); the least of these is the `ceiling`. What bisecting leaves between the
last plan beyond the bound and the best one within it is closed by exchanging what differs piece by piece.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anxin.matching.engine.assignment import exact
from anxin.matching.engine.assignment.exchange import improve
from anxin.matching.engine.assignment.measures import Bound, Measure
from anxin.matching.engine.assignment.problem import MOST, UNIT, Floats, Ints, Problem

# Tries with one λ; where each costs little, more of them settle nearer to the best.
TRIES = 6
TRIES_OF_FEW = 16
FEW = 5_000
HALVINGS = 9
DEAREST = 64.0
STARTS = 6
BANDS = 24


@dataclass(frozen=True)
class Fair:
    """A plan and what its fairness costs, in points.

    free: the optimum without a bound. ceiling: no plan within the bound has more. value: the measure with the plan.
    reached: the bound holds. weight: the λ it was found at. proof: the unbound optimum, where that is the plan.
    """

    chosen: Ints
    points: int
    free: int
    ceiling: int
    value: float
    value_free: float
    reached: bool
    weight: float
    proof: exact.Solution | None

    @property
    def price(self) -> float:
        """Share of the satisfaction given up for fairness."""
        return (self.free - self.points) / self.free if self.free > 0 else 0.0

    @property
    def gap(self) -> float:
        """How far below the best plan within the bound it may at most be, as a share."""
        return (self.ceiling - self.points) / self.ceiling if self.ceiling > 0 else 0.0


def got(problem: Problem, chosen: Ints, held: Floats, gain: Floats) -> Floats:
    """What each worker has in the window with this plan. held by worker, gain by candidate."""
    return held + np.bincount(problem.worker[chosen], weights=gain[chosen], minlength=problem.workers)


class _Search:
    """The best plan found so far within the bound, the best beyond it, and the ceiling."""

    def __init__(self, problem: Problem, bound: Bound, held: Floats, gain: Floats) -> None:
        self.problem, self.bound, self.held, self.gain = problem, bound, held, gain
        self.proof = exact.solve(problem)
        self.free = exact.total(problem, self.proof.chosen)
        self.ceiling = self.free
        self.inside: dict[int, Ints] = {}
        self.nearest = (np.inf, self.proof.chosen)
        self.outside: list[Ints] = []
        self.weight = 0.0

    def seen(self, chosen: Ints) -> Floats:
        """Take note of a plan."""
        y = got(self.problem, chosen, self.held, self.gain)
        distance = self.bound.distance(y)
        if self.bound.holds(y):
            self.inside.setdefault(exact.total(self.problem, chosen), chosen)
        else:
            self.outside.append(chosen)
        if distance < self.nearest[0]:
            self.nearest = distance, chosen
        return y

    @property
    def most(self) -> int:
        """The greatest extra, in points, with which sums still fit into 64 bits."""
        seats = max(1, int(self.problem.seats.sum()))
        dearest = 2 + int(np.ceil(self.problem.unserved.max(initial=0)))
        return min(2 * seats * dearest, MOST // (UNIT * self.problem.lot_size * seats) - dearest) * UNIT

    def between(self, low: float, high: float) -> None:
        """A try in which who is below `low` must come above it, if they can, and nobody new comes above `high`."""
        before, after = self.held[self.problem.worker], self.held[self.problem.worker] + self.gain
        lifts = (before < low) & (after >= low)
        extra = self.most * (lifts.astype(np.int64) - (after > high))
        chosen = exact.solve(self.problem, extra).chosen
        self.seen(chosen)
        if low <= self.bound.limit * self.held.mean() and high == np.inf:
            # A plan within the bound lifts all who are below: this is the best of those, lifts not counted.
            must = int((self.held < low).sum())
            top = exact.total(self.problem, chosen) + int(extra[chosen].sum()) - self.most * must
            self.ceiling = min(self.ceiling, top)

    def at(self, weight: float, c: Floats, y: Floats) -> tuple[Floats, Floats, bool]:
        """Some tries with one λ: the deficits and the shares as they settled, and whether a plan kept the bound."""
        kept = False
        for step in range(TRIES_OF_FEW if len(self.problem.worker) <= FEW else TRIES):
            price = weight * c
            wanted = np.rint(-UNIT * price[self.problem.worker] * self.gain)
            extra = np.clip(wanted, -self.most, self.most).astype(np.int64)
            chosen = exact.solve(self.problem, extra).chosen
            now = self.seen(chosen)
            kept = kept or self.bound.holds(now)
            # Every pair's extra is rounded by half a point at most.
            value = exact.total(self.problem, chosen) + int(extra[chosen].sum())
            slack = UNIT * float(price @ self.held)
            top = value - slack + 0.5 * int(self.problem.seats.sum())
            if (extra == wanted).all():
                self.ceiling = min(self.ceiling, int(np.ceil(top)))
            share = 2 / (step + 3)
            y = y + (now - y) * share
            c = c + (self.bound.worst(y) - c) * share
        return c, y, kept


def solve(problem: Problem, bound: Bound, held: Floats, gain: Floats) -> Fair:
    """The plan with the most points that keeps the bound; where none is found, the one that comes nearest to it.

    held: what each worker got in the window before (by worker); gain: what the pair would add (by candidate).
    """
    search = _Search(problem, bound, held, gain)
    y = search.seen(search.proof.chosen)
    before = bound.value(y)
    if bound.holds(y) or not len(problem.worker):
        return Fair(
            search.proof.chosen, search.free, search.free, search.free, before, before, bound.holds(y), 0.0,
            search.proof,
        )  # fmt: skip
    c = bound.worst(y)
    usual = float(gain.mean()) or 1.0
    low, high, kept = 0.0, 0.02 / usual, False
    while high * usual <= DEAREST:
        c_high, y_high, kept = search.at(high, c, y)
        if kept:
            break
        low, high, c, y = high, 2 * high, c_high, y_high
    for _ in range(HALVINGS if kept else 0):
        middle = (low + high) / 2
        c_middle, y_middle, within = search.at(middle, c, y)
        if within:
            high = middle
        else:
            low, c, y = middle, c_middle, y_middle
    _bands(search)
    return _finish(search, before, high if kept else low)


def _bands(search: _Search) -> None:
    """Floor and envy say directly who must get more and who may not: an assignment again, for a given mean."""
    bound, held = search.bound, search.held
    if bound.measure is Measure.FLOOR:
        search.between(bound.limit * held.mean(), np.inf)
        for plan in (search.proof.chosen, search.nearest[1]):
            mean = got(search.problem, plan, held, search.gain).mean()
            search.between(bound.limit * mean, np.inf)
            search.between(bound.limit * float((held.sum() + search.gain.max()) / len(held)), np.inf)
    elif bound.measure is Measure.ENVY:
        mean = got(search.problem, search.proof.chosen, held, search.gain).mean()
        width = bound.limit * mean
        for low in np.linspace(max(held.min(), held.max() - width), min(2 * mean, held.max() + width), BANDS):
            search.between(float(low), float(low + width))


def _finish(search: _Search, before: float, weight: float) -> Fair:
    problem, bound = search.problem, search.bound
    if not search.inside:
        chosen = search.nearest[1]
    else:

        def within(plan: Ints) -> bool:
            return bound.holds(got(problem, plan, search.held, search.gain))

        starts = [search.inside[points] for points in sorted(search.inside, reverse=True)[:STARTS]]
        tries = [improve(problem, plan, search.outside, within) for plan in starts]
        chosen = max(tries, key=lambda plan: (exact.total(problem, plan), plan.tolist()))
    points = exact.total(problem, chosen)
    value = bound.value(got(problem, chosen, search.held, search.gain))
    return Fair(chosen, points, search.free, search.ceiling, value, before, bool(search.inside), weight, None)
