"""Fairness in one number, and who would have to get more or less for it to hold. Pure.

y is what each worker got in the window (income, orders, hours, or any of them per hour they were free), this batch
included. Every measure is a convex condition max over c of Σ c · y ≤ 0, where `worst` names such a c; workers with
c > 0 have much, those with c < 0 little. That form gives both a price to steer by and a ceiling that proves how good
a fair plan can be at all (fair.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from anxin.matching.engine.assignment.problem import Floats


class Measure(StrEnum):
    GINI = "gini"
    FLOOR = "floor"
    ENVY = "envy"


@dataclass(frozen=True)
class Bound:
    """GINI: at most `limit` (0 all equal … 1 one has all). FLOOR: the worst-off has at least `limit` of the mean.

    ENVY: nobody has more than the worst-off by more than `limit` times the mean.
    """

    measure: Measure
    limit: float

    def value(self, y: Floats) -> float:
        """The measure itself; where nobody has anything all are equal."""
        mean = y.mean() if len(y) else 0.0
        if mean <= 0:
            return 1.0 if self.measure is Measure.FLOOR else 0.0
        if self.measure is Measure.GINI:
            return gini(y)
        low = y.min() / mean
        return float(low if self.measure is Measure.FLOOR else y.max() / mean - low)

    def holds(self, y: Floats) -> bool:
        value = self.value(y)
        return value >= self.limit - 1e-9 if self.measure is Measure.FLOOR else value <= self.limit + 1e-9

    def distance(self, y: Floats) -> float:
        """How far from holding: 0 and less when it holds."""
        value = self.value(y)
        return self.limit - value if self.measure is Measure.FLOOR else value - self.limit

    def worst(self, y: Floats) -> Floats:
        """A c for which Σ c · y ≤ 0 must hold and is hardest at y, spread over all who are equally badly placed."""
        n = len(y)
        if self.measure is Measure.GINI:
            return ranks(y) - self.limit
        mean, half = y.mean(), self.limit / 2
        if self.measure is Measure.FLOOR:
            return self.limit - n * _spread(-y, -self.limit * mean)
        return n * (_spread(y, mean * (1 + half)) - _spread(-y, -mean * (1 - half))) - self.limit


def ranks(y: Floats) -> Floats:
    """−1 for the one with least to 1 for the one with most; equals share their mean rank."""
    n = len(y)
    order = np.argsort(y, kind="stable")
    begins = np.flatnonzero(np.concatenate([[True], np.diff(y[order]) > 0]))
    many = np.diff(np.concatenate([begins, [n]]))
    found = np.empty(n)
    found[order] = np.repeat((2 * begins + many - n) / n, many)
    return found


def gini(y: Floats) -> float:
    """Mean difference of two, over twice the mean: 0 all equal, towards 1 one has all."""
    whole = y.sum()
    return float(ranks(y) @ y / whole) if whole > 0 else 0.0


def _spread(y: Floats, above: float) -> Floats:
    """Weight 1 shared by all above; by the greatest where there are none."""
    those = y > above
    if not those.any():
        those = y == y.max()
    return those.astype(np.float64) / int(those.sum())
