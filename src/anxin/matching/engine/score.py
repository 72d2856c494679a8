"""Near first, best rated first, fair to both sides: the score of one candidate and the order of many. Pure.

total = 100 · Σ weight · value, each value in 0…1 (A-6.4.2, E-6; standards §6.3):
near = half ÷ (half + distance); rating = Bayesian mean of stars with a prior, scaled from 1…5 to 0…1;
experience = years ÷ full, at most 1; credit = score ÷ 100; fairness = 1 − recent orders ÷ bound, at least 0.
Ties break by recent orders, then number, so that the same facts always give the same order.
"""

from __future__ import annotations

from collections.abc import Iterable

from anxin.kit.geo import Point, distance_m
from anxin.kit.text import gettext_noop
from anxin.matching.values import Component, Order, Ranked, Rules, Score
from anxin.workers.values import CandidateFacts

# A home that is not known ranks as one at the far side of the county, not as one next door.
UNKNOWN_DISTANCE_M = 60_000.0
RATED = gettext_noop("%(count)s 条评价，平均 %(mean)s 星")
UNRATED = gettext_noop("还没有评价，按起步分计")


def near(metres: float, half_m: int) -> float:
    """1 at the door, ½ at `half_m`, towards 0 far away; strictly falling."""
    return half_m / (half_m + max(0.0, metres))


def rating(total: float, count: int, prior_mean: float, prior_count: int) -> float:
    """Stars with a prior, scaled to 0…1: one perfect review does not beat fifty good ones."""
    if count + prior_count == 0:
        return (prior_mean - 1) / 4
    mean = (total + prior_mean * prior_count) / (count + prior_count)
    return min(1.0, max(0.0, (mean - 1) / 4))


def score(candidate: CandidateFacts, place: Point, rules: Rules) -> Ranked:
    """The candidate's total and components, each with its fact in words."""
    standing = candidate.standing
    metres = distance_m(candidate.point, place) if candidate.point else None
    weights = rules.weights
    scores = (
        Score(
            Component.NEAR,
            near(UNKNOWN_DISTANCE_M if metres is None else metres, rules.half_distance_m),
            weights["near"],
            gettext_noop("离服务地址约 %(km)s 公里")
            if metres is not None
            else gettext_noop("常住地点未登记"),
            {"km": f"{(metres or 0) / 1000:.1f}"},
        ),
        Score(
            Component.RATING,
            rating(standing.rating_sum, standing.rating_count, rules.prior_mean, rules.prior_count),
            weights["rating"],
            RATED if standing.rating_count else UNRATED,
            {"count": str(standing.rating_count), "mean": f"{standing.rating or 0:.2f}"},
        ),
        Score(
            Component.EXPERIENCE,
            min(1.0, candidate.years / rules.full_years),
            weights["experience"],
            gettext_noop("从业 %(years)s 年，完成 %(completed)s 单"),
            {"years": f"{candidate.years:.1f}", "completed": str(standing.completed)},
        ),
        Score(
            Component.CREDIT,
            min(100, max(0, standing.credit_score)) / 100,
            weights["credit"],
            gettext_noop("信用分 %(credit)s"),
            {"credit": str(standing.credit_score)},
        ),
        Score(
            Component.FAIRNESS,
            max(0.0, 1 - standing.recent_orders / rules.fair_orders),
            weights["fairness"],
            gettext_noop("近 30 天接了 %(orders)s 单"),
            {"orders": str(standing.recent_orders)},
        ),
    )
    total = sum(part.points for part in scores)
    return Ranked(candidate.worker_id, candidate.number, total, metres, scores)


def rank(
    candidates: Iterable[CandidateFacts], place: Point, rules: Rules, order: Order = Order.BEST
) -> list[Ranked]:
    """All candidates, best first by the chosen order; deterministic for the same facts."""
    recent = {}
    scored = []
    for candidate in candidates:
        recent[candidate.worker_id] = candidate.standing.recent_orders
        scored.append(score(candidate, place, rules))
    far = UNKNOWN_DISTANCE_M
    keys = {
        Order.BEST: lambda r: (-r.total, recent[r.worker_id], r.number),
        Order.NEAREST: lambda r: (far if r.distance_m is None else r.distance_m, -r.total, r.number),
        Order.RATED: lambda r: (-value_of(r, Component.RATING), -r.total, r.number),
        Order.PLAIN: lambda r: (r.number,),
    }
    return sorted(scored, key=keys[order])


def value_of(ranked: Ranked, component: Component) -> float:
    """The value of one component."""
    return next(part.value for part in ranked.scores if part.component == component)
