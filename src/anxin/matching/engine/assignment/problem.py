"""What an assignment is asked: orders, for each its candidates, and how content either side would be with the other.

Sparse throughout: the candidates of order i are the entries first[i] to first[i + 1] of the other columns.
All optimising is done on integers, so that an optimum can be proven to the last digit: a satisfaction of 1 counts
UNIT points, and below one point a lot drawn from the seed decides between what is equally good.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
UNIT = 100_000
LOTS = 256
MOST = 2**61
"""No sum of the solver may pass this; 64-bit integers would turn negative at four times as much."""


class Impossible(ValueError):
    """The numbers contradict each other; the words say where."""


@dataclass(frozen=True)
class Problem:
    """A batch. Arrays by candidate have the length of `worker`, arrays by order the length of `first` less one.

    first: where each order's candidates begin. worker: index 0 … workers − 1, each at most once per order.
    customer, service: satisfaction of the customer's and of the worker's side, 0 … 1.
    unserved: what leaving one seat of the order empty costs, in satisfactions (0 … 1,000): the priority.
    seats: how many workers the order wants. share: weight of the customer's side in the sum, 0 … 1.
    bonus: points by candidate on top of the satisfactions (0 … UNIT), or None: what keeping a pair is worth.
    """

    first: Ints
    worker: Ints
    customer: Floats
    service: Floats
    unserved: Floats
    seats: Ints
    workers: int
    share: float = 0.5
    seed: int = 0
    bonus: Ints | None = None

    def __post_init__(self) -> None:
        first, orders = self.first, len(self.first) - 1
        if orders < 0 or first[0] != 0 or first[-1] != len(self.worker) or (np.diff(first) < 0).any():
            raise Impossible("first does not divide the candidates")
        if not len(self.worker) == len(self.customer) == len(self.service):
            raise Impossible("candidates and their satisfactions differ in number")
        if not orders == len(self.unserved) == len(self.seats):
            raise Impossible("orders, their priorities and their seats differ in number")
        if len(self.worker) and not (self.worker.min() >= 0 and self.worker.max() < self.workers):
            raise Impossible("a candidate is no worker of this batch")
        for name, column, most in (
            ("customer", self.customer, 1.0), ("service", self.service, 1.0), ("unserved", self.unserved, 1000.0),
        ):  # fmt: skip
            if len(column) and not ((column >= 0) & (column <= most)).all():
                raise Impossible(f"{name} is outside 0 … {most:g}")
        if orders and self.seats.min() < 1:
            raise Impossible("an order wants nobody")
        if not 0 <= self.share <= 1:
            raise Impossible("share is outside 0 … 1")
        if self.bonus is not None and not (
            len(self.bonus) == len(self.worker) and ((self.bonus >= 0) & (self.bonus <= UNIT)).all()
        ):
            raise Impossible("bonus is outside 0 … UNIT")
        pairs = self.order * self.workers + self.worker
        if len(np.unique(pairs)) != len(pairs):
            raise Impossible("a worker stands twice among an order's candidates")
        dearest = 2 + (self.bonus is not None) + int(np.ceil(self.unserved.max(initial=0)))
        if dearest * UNIT * self.lot_size * max(1, int(self.seats.sum())) > MOST:
            raise Impossible("the batch is too large to be proven in 64 bits: divide it")

    @property
    def orders(self) -> int:
        return len(self.first) - 1

    @cached_property
    def order(self) -> Ints:
        """The order of every candidate."""
        return np.repeat(np.arange(len(self.first) - 1, dtype=np.int64), np.diff(self.first))

    @cached_property
    def points(self) -> Ints:
        """What each pair is worth: both sides' satisfaction by their shares, in points, and its bonus."""
        both = self.share * self.customer + (1 - self.share) * self.service
        points = np.rint(UNIT * both).astype(np.int64)
        return points if self.bonus is None else points + self.bonus

    @property
    def lot_size(self) -> int:
        """Points are multiplied by this before lots are added: all lots together stay below one point."""
        return LOTS * max(1, int(self.seats.sum()))

    @cached_property
    def lots(self) -> Ints:
        """0 … LOTS − 1 for every pair, drawn from the seed: who wins where points are equal. Nobody's number helps."""
        with np.errstate(over="ignore"):
            mixed = (
                self.order.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
                + self.worker.astype(np.uint64) * np.uint64(0xBF58476D1CE4E5B9)
                + np.uint64(self.seed % 2**63) * np.uint64(0x94D049BB133111EB)
            )
            for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
                mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
        return ((mixed >> np.uint64(33)) % np.uint64(LOTS)).astype(np.int64)


def from_lists(
    candidates: list[list[tuple[int, float, float]]],
    workers: int,
    *,
    unserved: list[float] | float = 0.0,
    seats: list[int] | None = None,
    share: float = 0.5,
    seed: int = 0,
) -> Problem:
    """A problem from (worker, customer's satisfaction, worker's satisfaction) per order."""
    flat = [one for row in candidates for one in row]
    price = [unserved] * len(candidates) if isinstance(unserved, float | int) else unserved
    return Problem(
        first=np.cumsum([0] + [len(row) for row in candidates], dtype=np.int64),
        worker=np.array([one[0] for one in flat], dtype=np.int64),
        customer=np.array([one[1] for one in flat], dtype=np.float64),
        service=np.array([one[2] for one in flat], dtype=np.float64),
        unserved=np.array(price, dtype=np.float64),
        seats=np.array(seats if seats is not None else [1] * len(candidates), dtype=np.int64),
        workers=workers, share=share, seed=seed,
    )  # fmt: skip


def part(problem: Problem, keep: NDArray[np.bool_], seats: Ints | None = None) -> tuple[Problem, Ints]:
    """The same batch with some candidates only, and for each of them its entry in the whole.

    seats: other numbers of seats by order; an order that wants nobody any more keeps one seat that costs nothing.
    """
    entries = np.flatnonzero(keep)
    wanted = problem.seats if seats is None else seats
    return Problem(
        first=np.concatenate([[0], np.cumsum(np.bincount(problem.order[entries], minlength=problem.orders))]),
        worker=problem.worker[entries],
        customer=problem.customer[entries],
        service=problem.service[entries],
        unserved=np.where(wanted > 0, problem.unserved, 0.0),
        seats=np.maximum(wanted, 1),
        workers=problem.workers, share=problem.share, seed=problem.seed,
        bonus=None if problem.bonus is None else problem.bonus[entries],
    ), entries  # fmt: skip
