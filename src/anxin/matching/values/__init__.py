"""Words and weights of the ranking. Plain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from anxin.kit.text import gettext_noop
from anxin.policies.values import Policy, sums_to_one
from anxin.workers.values import CREDIT_GRADES


class Component(StrEnum):
    NEAR = "near"
    RATING = "rating"
    EXPERIENCE = "experience"
    CREDIT = "credit"
    FAIRNESS = "fairness"
    CONTINUITY = "continuity"


COMPONENT_LABELS = {
    Component.NEAR: gettext_noop("距离近"),
    Component.RATING: gettext_noop("评价好"),
    Component.EXPERIENCE: gettext_noop("经验多"),
    Component.CREDIT: gettext_noop("信用高"),
    Component.FAIRNESS: gettext_noop("近期派单少"),
    Component.CONTINUITY: gettext_noop("来过这家"),
}


class Order(StrEnum):
    """Sort orders a reader may choose; PLAIN uses nothing personal but the number's order."""

    BEST = "best"
    NEAREST = "nearest"
    RATED = "rated"
    PLAIN = "plain"


ORDER_LABELS = {
    Order.BEST: gettext_noop("综合排序"),
    Order.NEAREST: gettext_noop("距离优先"),
    Order.RATED: gettext_noop("好评优先"),
    Order.PLAIN: gettext_noop("不按个人特征（按编号）"),
}

# Whoever lives from the ranking learns of a change before it holds (电子商务法 art. 34: seven days).
AHEAD_DAYS = 7

WEIGHTS = Policy(
    "matching.weights",
    {"near": 0.30, "rating": 0.20, "experience": 0.10, "credit": 0.15, "fairness": 0.15, "continuity": 0.10},
    gettext_noop("权重"),
    gettext_noop("服务员排序各项得分的权重，合计为 1"),
    "DEF §6.3",
    low=0,
    high=1,
    labels={str(k): v for k, v in COMPONENT_LABELS.items()},
    check=sums_to_one,
    ahead_days=AHEAD_DAYS,
)
HALF_DISTANCE_M = Policy(
    "matching.half_distance_m",
    5000,
    gettext_noop("米"),
    gettext_noop("距离得分降为一半的路程"),
    "DEF",
    low=100,
    high=100_000,
    ahead_days=AHEAD_DAYS,
)
PRIOR_MEAN = Policy(
    "matching.prior_mean",
    4.5,
    gettext_noop("星"),
    gettext_noop("没有评价时按多少星计"),
    "DEF",
    low=1,
    high=5,
    ahead_days=AHEAD_DAYS,
)
PRIOR_COUNT = Policy(
    "matching.prior_count",
    10,
    gettext_noop("条评价"),
    gettext_noop("先验相当于多少条评价"),
    "DEF §3.3",
    low=0,
    high=1000,
    ahead_days=AHEAD_DAYS,
)
FULL_YEARS = Policy(
    "matching.full_years",
    8,
    gettext_noop("年"),
    gettext_noop("从业多少年经验得满分"),
    "DEF",
    low=1,
    high=50,
    ahead_days=AHEAD_DAYS,
)
FAIR_ORDERS = Policy(
    "matching.fair_orders",
    12,
    gettext_noop("单"),
    gettext_noop("30 天内多少单时公平得分为零"),
    "DEF",
    low=1,
    high=500,
    ahead_days=AHEAD_DAYS,
)
FULL_VISITS = Policy(
    "matching.full_visits",
    3,
    gettext_noop("次"),
    gettext_noop("来过同一家多少次，熟悉得满分"),
    "DEF",
    low=1,
    high=100,
    ahead_days=AHEAD_DAYS,
)
# What a version of the ranking is made of.
NUMBERS = (WEIGHTS, HALF_DISTANCE_M, PRIOR_MEAN, PRIOR_COUNT, FULL_YEARS, FAIR_ORDERS, FULL_VISITS)


@dataclass(frozen=True)
class Rules:
    """The published numbers of one ranking, as they held when it was made. Distances in metres."""

    weights: dict[str, float]
    half_distance_m: int
    prior_mean: float
    prior_count: int
    full_years: int
    fair_orders: int
    full_visits: int

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Rules:
        """From values by the keys of `NUMBERS`."""
        numbers = {policy.key.removeprefix("matching."): values[policy.key] for policy in NUMBERS}
        return cls(**numbers | {"weights": dict(numbers["weights"])})

    def values(self) -> dict[str, Any]:
        """The values by the keys of `NUMBERS`."""
        return {policy.key: getattr(self, policy.key.removeprefix("matching.")) for policy in NUMBERS}

    def to_json(self) -> dict[str, Any]:
        return dict(self.__dict__)


@dataclass(frozen=True)
class Score:
    """One component: value 0–1, its weight, and the fact in words (source string and its values)."""

    component: Component
    value: float
    weight: float
    fact: str
    params: dict[str, str]

    @property
    def points(self) -> float:
        """What it adds to the total, out of 100."""
        return 100 * self.value * self.weight


@dataclass(frozen=True)
class Ranked:
    """A candidate with the total and what it is made of. distance_m is None when the home is unknown.

    points: the total in whole numbers (at most 10¹²), by which candidates are ordered.
    """

    worker_id: UUID
    number: str
    points: int
    distance_m: int | None
    scores: tuple[Score, ...]

    @property
    def total(self) -> float:
        """Out of 100."""
        return self.points / 10**10

    def to_json(self) -> dict[str, Any]:
        """What is kept with a proposal, so that it can be explained later as it stood."""
        return {
            "total": round(self.total, 2),
            "distance_m": self.distance_m,
            "scores": [
                {"component": str(s.component), "value": round(s.value, 4), "weight": s.weight,
                 "points": round(s.points, 2), "fact": s.fact, "params": s.params}
                for s in self.scores
            ],
        }  # fmt: skip


BATCH_SHARE = Policy(
    "matching.batch_share",
    0.5,
    "",
    gettext_noop("批量派单时客户一方满意度占多少，其余为服务员一方"),
    "DEF",
    low=0,
    high=1,
)
BATCH_WORKER = Policy(
    "matching.batch_worker",
    {"near": 0.6, "pay": 0.4},
    gettext_noop("权重"),
    gettext_noop("批量派单时服务员满意度由哪些部分组成，合计为 1"),
    "DEF",
    low=0,
    high=1,
    labels={"near": gettext_noop("路近"), "pay": gettext_noop("每小时金额高")},
    check=sums_to_one,
)
BATCH_HURRY_HOURS = Policy(
    "matching.batch_hurry_hours",
    24,
    gettext_noop("小时"),
    gettext_noop("批量派单时，接单后等了多久的订单优先程度加倍"),
    "DEF",
    low=1,
    high=720,
)


class Fairness(StrEnum):
    """What a batch holds fair; NONE asks for the greatest satisfaction only."""

    NONE = "none"
    GINI = "gini"
    FLOOR = "floor"
    ENVY = "envy"


FAIRNESS_LABELS = {
    Fairness.NONE: gettext_noop("不设公平线，满意度最高"),
    Fairness.GINI: gettext_noop("近 30 天派单的基尼系数不高于"),
    Fairness.FLOOR: gettext_noop("派单最少的人不低于平均的"),
    Fairness.ENVY: gettext_noop("最多与最少的差不超过平均的"),
}


class Change(StrEnum):
    """What could be changed about a demand that nobody can take."""

    HOUR = "hour"
    PLACE = "place"
    QUALIFICATION = "qualification"
    LEVEL = "level"


CHANGE_LABELS = {
    Change.HOUR: gettext_noop("改到%(what)s上门，有人能来"),
    Change.PLACE: gettext_noop("请服务区域在%(what)s的服务员跨镇街接这一单"),
    Change.QUALIFICATION: gettext_noop("不要求“%(what)s”证书，有人能来"),
    Change.LEVEL: gettext_noop("技能等级放宽到%(what)s级，有人能来"),
}


BETTER_LATER = gettext_noop("信用好的不能比信用差的晚开放。")


def _better_first(minutes: Mapping[str, float]) -> str | None:
    ahead = [minutes[grade] for grade, _least in CREDIT_GRADES]
    return None if ahead == sorted(ahead, reverse=True) else BETTER_LATER


HEAD_START: Policy[Mapping[str, float]] = Policy(
    "matching.head_start",
    {"A": 10, "B": 7, "C": 3, "D": 0, "E": 0},
    gettext_noop("分钟"),
    gettext_noop("开放抢单时，各信用等级的服务员和机构比所有人早多少分钟可以抢"),
    "E-8 DEF",
    low=0,
    high=60,
    check=_better_first,
    ahead_days=AHEAD_DAYS,
)


class CreditOf(StrEnum):
    """Whose credit score."""

    WORKER = "worker"
    AGENCY = "agency"


CREDIT_OF_LABELS = {CreditOf.WORKER: gettext_noop("服务员"), CreditOf.AGENCY: gettext_noop("机构")}

# Of the time to the service, what a head start may take at most: who needs help soon is not made to wait.
HEAD_START_SHARE = 12


def opening(ahead: Mapping[str, float], until_start: timedelta) -> tuple[tuple[int, int], ...]:
    """When a demand opens for whom: (least credit score, minutes from now), best first; () = for all at once (E-8).

    ahead: minutes by grade that each is before everybody. None where the service begins soon.
    """
    longest = round(max(ahead.values()))
    if not longest or until_start < HEAD_START_SHARE * timedelta(minutes=longest):
        return ()
    return tuple((least, longest - round(ahead[grade])) for grade, least in CREDIT_GRADES)
