"""What a desk's batch is made from, and the plan that comes of it. Pure; read without the compiled search."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from anxin.kit.geo import Point


@dataclass(frozen=True)
class Wish:
    """A worker who could take the demand, and how content both sides would be, 0 … 1."""

    worker: UUID
    customer: float
    service: float


@dataclass(frozen=True)
class Demand:
    """start, end: minutes since any moment, turnover included. priority: what leaving it unserved costs, 0 … 1,000."""

    key: UUID
    start: float
    end: float
    point: Point
    priority: float
    wishes: tuple[Wish, ...]


@dataclass(frozen=True)
class Pair:
    demand: UUID
    worker: UUID
    customer: float
    service: float


@dataclass(frozen=True)
class Plan:
    """satisfaction: mean of both sides over the pairs, 0 … 1. measure: Gini of what workers have in the window.

    price: share of the satisfaction given up for the bound. proven: no plan has more (or more within the bound).
    gap: how far from the best the plan is at most, where that is not proven. knob: (limit, price) of other limits.
    """

    pairs: tuple[Pair, ...]
    unserved: tuple[UUID, ...]
    satisfaction: float
    value: float
    value_free: float
    price: float
    reached: bool
    gap: float
    knob: tuple[tuple[float, float], ...]

    @property
    def proven(self) -> bool:
        return self.gap == 0
