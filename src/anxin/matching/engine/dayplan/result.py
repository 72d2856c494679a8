"""What a search answers: routes, times, who is not served and why, the cost in parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cached_property

from anxin.kit.text import gettext_noop as _


@dataclass(frozen=True)
class Stop:
    """One visit on a route: who (index of the shift), which, when it begins, minutes beyond its window."""

    shift: int
    visit: int
    begins: float
    late: float


@dataclass(frozen=True)
class Cost:
    """What a plan costs, in parts; `total` is what the search makes small. A difference of two plans is a Cost too."""

    way: float = 0.0
    late: float = 0.0
    largest: float = 0.0
    overtime: float = 0.0
    unserved: float = 0.0
    liking: float = 0.0
    unequal: float = 0.0
    faces: float = 0.0
    wish: float = 0.0
    moved: float = 0.0

    @property
    def total(self) -> float:
        return float(sum(vars(self).values()))

    def __sub__(self, other: Cost) -> Cost:
        return Cost(*(getattr(self, one.name) - getattr(other, one.name) for one in fields(Cost)))


PARTS = {
    "way": _("路程"),
    "late": _("迟到"),
    "largest": _("最长的迟到"),
    "overtime": _("超时"),
    "unserved": _("未安排"),
    "liking": _("适合程度"),
    "unequal": _("工作量不均"),
    "faces": _("陌生面孔"),
    "wish": _("偏离希望的时间"),
    "moved": _("改动原计划"),
}


class Why(StrEnum):
    """The gate at which a visit stayed out."""

    NOBODY = "nobody"
    NO_TIME = "no_time"
    DEAR = "dear"
    BY_HAND = "by_hand"


WHYS = {
    Why.NOBODY: _("没有人符合条件"),
    Why.NO_TIME: _("符合条件的人都没有时间"),
    Why.DEAR: _("不安排比安排代价小"),
    Why.BY_HAND: _("调度员取下"),
}


@dataclass(frozen=True)
class Left:
    """A visit that is not served, why, and what serving it in this plan would add to the cost at least (DEAR only)."""

    visit: int
    why: Why
    adds: float | None = None


@dataclass(frozen=True)
class Plan:
    """Routes (one tuple of stops a shift, in order), what is not served, the cost in parts."""

    routes: tuple[tuple[Stop, ...], ...]
    left: tuple[Left, ...]
    cost: Cost

    @cached_property
    def stops(self) -> dict[int, Stop]:
        """By visit."""
        return {stop.visit: stop for route in self.routes for stop in route}

    @property
    def order(self) -> list[list[int]]:
        """The visits of each shift in order."""
        return [[stop.visit for stop in route] for route in self.routes]


Routes = Sequence[Sequence[int]]
