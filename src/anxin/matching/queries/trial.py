"""Other weights tried on what was served: what would have changed. Nothing is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import fmean
from uuid import UUID

from anxin.kit.geo import Point
from anxin.matching.engine import score as engine
from anxin.matching.queries.choosing import passing, rules_at
from anxin.matching.values import Component, Ranked, Rules
from anxin.orders import public as orders

DAYS = 30
# One second or two of a page; the latest orders say most about today.
TRIED = 40
FIRST = 5


@dataclass(frozen=True)
class Changed:
    """One order in which another would stand first: the numbers of both workers.

    place: of who served, before and after; None = not among the candidates any more.
    """

    number: str
    item_name: str
    before: str
    after: str
    place: tuple[int | None, int | None]


@dataclass(frozen=True)
class Trial:
    """What other rules would have done to the orders of the last `DAYS` days.

    orders: how many had candidates. other_first: in how many another would stand first. kept: the share of the first
    five that stay among them. metres, rating, recent: means over who stands first, before and after: metres of known
    homes, the value of the rating (0…1), the share of fairness (0…1, 1 = no orders lately).
    """

    since: datetime
    orders: int
    other_first: int
    kept: float
    metres: tuple[float, float]
    rating: tuple[float, float]
    fairness: tuple[float, float]
    rows: tuple[Changed, ...]


def trial(rules: Rules, *, at: datetime) -> Trial:
    """Rank the candidates of the latest served orders by the rules that hold and by `rules`.

    Who could come is asked of today's records, with the time of the order counted as free for who served it; so both
    rankings see the same people, and only the order differs. About seven queries for each order.
    """
    since, now = at - timedelta(days=DAYS), rules_at(at)
    pairs: list[tuple[list[Ranked], list[Ranked]]] = []
    rows: list[Changed] = []
    for order, served_by, reference in orders.served_between(since, at, TRIED):
        need = orders.wanted(order, moving=reference)
        eligible, known = passing(order, need), orders.visits_before(order)
        place = Point(order.lat, order.lng)
        before, after = (engine.rank(eligible, place, each, known=known) for each in (now, rules))
        if not before:
            continue
        pairs.append((before, after))
        if before[0].worker_id != after[0].worker_id:
            standing = _place(before, served_by), _place(after, served_by)
            rows.append(Changed(order.number, order.item_name, before[0].number, after[0].number, standing))
    return Trial(
        since=since, orders=len(pairs), other_first=len(rows), kept=_mean(pairs, _kept),
        metres=_both(pairs, lambda one: float(one.distance_m or 0)),
        rating=_both(pairs, lambda one: engine.value_of(one, Component.RATING)),
        fairness=_both(pairs, lambda one: engine.value_of(one, Component.FAIRNESS)),
        rows=tuple(rows),
    )  # fmt: skip


Pair = tuple[list[Ranked], list[Ranked]]


def _place(ranked: list[Ranked], worker_id: UUID) -> int | None:
    return next((i for i, one in enumerate(ranked, start=1) if one.worker_id == worker_id), None)


def _kept(pair: Pair) -> float:
    before, after = ({one.worker_id for one in each[:FIRST]} for each in pair)
    return len(before & after) / len(before)


def _mean(pairs: list[Pair], of: Callable[[Pair], float]) -> float:
    return fmean(map(of, pairs)) if pairs else 0.0


def _both(pairs: list[Pair], of: Callable[[Ranked], float]) -> tuple[float, float]:
    """The mean over who stands first, by the rules before and after."""
    return _mean(pairs, lambda pair: of(pair[0][0])), _mean(pairs, lambda pair: of(pair[1][0]))
