"""One candidate's score in words, and the order of many: the numbers are those of `ranking.points`. Pure.

total = Σ weight · value (A-6.4.2, E-6; standards §6.3): near = half ÷ (half + distance); rating = Bayesian mean of
stars with a prior, 1…5 as 0…1; experience = years ÷ full; credit = score ÷ 100; fairness = 1 − recent orders ÷ bound;
continuity = visits to this household ÷ full. Equals stand by fewer recent orders, then by number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from anxin.kit.geo import Point
from anxin.kit.text import gettext_noop
from anxin.matching.engine.ranking import points
from anxin.matching.engine.ranking.points import WHOLE, Weights
from anxin.matching.values import Component, Order, Ranked, Rules, Score
from anxin.workers.values import CandidateFacts

RATED = gettext_noop("%(count)s 条评价，平均 %(mean)s 星")
UNRATED = gettext_noop("还没有评价，按起步分计")
KNOWN = gettext_noop("来过这家 %(visits)s 次")
NEW_HERE = gettext_noop("没有来过这家")


def weights(rules: Rules) -> Weights:
    """The published numbers as whole ones."""
    shares = {name: round(share * WHOLE) for name, share in rules.weights.items()}
    return Weights(
        **shares, half_m=rules.half_distance_m, prior_mean=round(rules.prior_mean * 100),
        prior_count=rules.prior_count, full_years=rules.full_years, fair_orders=rules.fair_orders,
        full_visits=rules.full_visits,
    )  # fmt: skip


def _millionths(degrees: float) -> int:
    return round(degrees * 1_000_000)


def metres(home: Point | None, place: Point) -> int:
    """From a home to the place of service, `points.FAR_M` where the home is not known."""
    if home is None:
        return points.FAR_M
    lat, lng = _millionths(place.lat), _millionths(place.lng)
    return points.metres(_millionths(home.lat), _millionths(home.lng), lat, lng, *points.turned(lat))


def score(candidate: CandidateFacts, place: Point, rules: Rules, visits: int = 0) -> Ranked:
    """The candidate's total and components, each with its fact in words. visits: to this household before."""
    standing, w = candidate.standing, weights(rules)
    away = metres(candidate.point, place)
    known = candidate.point is not None
    hundredths, days = round(standing.rating_sum * 100), round(candidate.years * 365.25)
    values = {
        Component.NEAR: points.near(away, w.half_m),
        Component.RATING: points.rating(hundredths, standing.rating_count, w.prior_mean, w.prior_count),
        Component.EXPERIENCE: points.experience(days, w.full_years),
        Component.CREDIT: points.credit(standing.credit_score),
        Component.FAIRNESS: points.fairness(standing.recent_orders, w.fair_orders),
        Component.CONTINUITY: points.continuity(visits, w.full_visits),
    }
    words = {
        Component.NEAR: gettext_noop("离服务地址约 %(km)s 公里") if known else gettext_noop("常住地点未登记"),
        Component.RATING: RATED if standing.rating_count else UNRATED,
        Component.EXPERIENCE: gettext_noop("从业 %(years)s 年，完成 %(completed)s 单"),
        Component.CREDIT: gettext_noop("信用分 %(credit)s"),
        Component.FAIRNESS: gettext_noop("近 30 天接了 %(orders)s 单"),
        Component.CONTINUITY: KNOWN if visits else NEW_HERE,
    }
    facts = {
        Component.NEAR: {"km": f"{away / 1000:.1f}"} if known else {},
        Component.RATING: {"count": str(standing.rating_count), "mean": f"{standing.rating or 0:.2f}"},
        Component.EXPERIENCE: {"years": f"{candidate.years:.1f}", "completed": str(standing.completed)},
        Component.CREDIT: {"credit": str(standing.credit_score)},
        Component.FAIRNESS: {"orders": str(standing.recent_orders)},
        Component.CONTINUITY: {"visits": str(visits)},
    }
    scores = tuple(
        Score(part, value / WHOLE, rules.weights[part], words[part], facts[part])
        for part, value in values.items()
    )
    total = sum(value * int(getattr(w, part)) for part, value in values.items())
    return Ranked(candidate.worker_id, candidate.number, total, away if known else None, scores)


def rank(
    candidates: Iterable[CandidateFacts], place: Point, rules: Rules, order: Order = Order.BEST,
    known: Mapping[UUID, int] | None = None,
) -> list[Ranked]:  # fmt: skip
    """All candidates, best first by the chosen order; the same for the same facts.

    known: visits to this household by worker.
    """
    recent, visits = {}, known or {}
    scored = []
    for candidate in candidates:
        recent[candidate.worker_id] = candidate.standing.recent_orders
        scored.append(score(candidate, place, rules, visits.get(candidate.worker_id, 0)))
    far = points.FAR_M
    keys = {
        Order.BEST: lambda r: (-r.points, recent[r.worker_id], r.number),
        Order.NEAREST: lambda r: (far if r.distance_m is None else r.distance_m, -r.points, r.number),
        Order.RATED: lambda r: (-value_of(r, Component.RATING), -r.points, r.number),
        Order.PLAIN: lambda r: (r.number,),
    }
    return sorted(scored, key=keys[order])


def value_of(ranked: Ranked, component: Component) -> float:
    """The value of one component, 0…1."""
    return next(part.value for part in ranked.scores if part.component == component)
