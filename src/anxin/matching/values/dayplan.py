"""Words, prices and policies of day plans. Plain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from math import isfinite
from typing import Any

from anxin.kit.text import gettext_noop
from anxin.policies.values import Policy

MOST_DAYS = 7
MOST_WIDE = 12 * 60

PROMISED_MINUTES = Policy(
    "matching.plan_promised_minutes", 0, gettext_noop("分钟"),
    gettext_noop("排班时，已约定服务员的上门时间最多可以前后挪多少分钟；挪了要客户同意"), "DEF", low=0, high=120,
)  # fmt: skip
OPEN_MINUTES = Policy(
    "matching.plan_open_minutes", 0, gettext_noop("分钟"),
    gettext_noop("排班时，还没有选派服务员的上门时间最多可以前后挪多少分钟；挪了要客户同意"), "DEF", low=0, high=240,
)  # fmt: skip
BREAK = Policy(
    "matching.plan_break", {"minutes": 30, "after": 360, "from": 660, "until": 810}, gettext_noop("分钟"),
    gettext_noop("排班时给服务员留的休息"), "DEF", low=0, high=1440,
    labels={
        "minutes": gettext_noop("休息多久，0 表示不留"), "after": gettext_noop("班次多长才留"),
        "from": gettext_noop("最早几点开始（从零点起的分钟数）"),
        "until": gettext_noop("最晚几点开始（从零点起的分钟数）"),
    },
)  # fmt: skip
STEPS = Policy(
    "matching.plan_steps", 3000, gettext_noop("次"), gettext_noop("排班时平均每次上门试多少次改动"), "DEF",
    low=10, high=1_000_000,
)  # fmt: skip


@dataclass(frozen=True)
class PlanPrices:
    """What counts how much, in minutes of way: a minute late, a visit that nobody makes, a worker who suits least, a
    visit that goes to another than before; unequal: per minute² of work, so that hours are shared evenly."""

    way: float = 1.0
    late: float = 30.0
    unserved: float = 1000.0
    liking: float = 60.0
    change: float = 60.0
    unequal: float = 0.0

    @property
    def sound(self) -> bool:
        return all(isfinite(one) and 0 <= one <= 1_000_000 for one in asdict(self).values())

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> PlanPrices:
        return cls(**{one.name: float(data[one.name]) for one in fields(cls) if one.name in data})

    def to_json(self) -> dict[str, float]:
        return asdict(self)


class Happening(StrEnum):
    """Why a published plan is made anew."""

    ILL = "ill"
    NO_SHOW = "no_show"
    LATE = "late"
    ORDERS = "orders"


HAPPENING_LABELS = {
    Happening.ILL: gettext_noop("服务员生病或临时有事"),
    Happening.NO_SHOW: gettext_noop("服务员没有到"),
    Happening.LATE: gettext_noop("上一户拖延，服务员晚到"),
    Happening.ORDERS: gettext_noop("订单有增减"),
}


class Turn(StrEnum):
    """What becomes of a visit when a plan is published."""

    SAME = "same"
    NEW = "new"
    OTHER = "other"
    REPLACED = "replaced"
    MOVED = "moved"
    BOTH = "both"
    NOBODY = "nobody"


TURN_LABELS = {
    Turn.SAME: gettext_noop("不变"),
    Turn.NEW: gettext_noop("选派服务员"),
    Turn.OTHER: gettext_noop("改派（原选派撤回）"),
    Turn.REPLACED: gettext_noop("换人，等客户同意"),
    Turn.MOVED: gettext_noop("改时间，等客户同意"),
    Turn.BOTH: gettext_noop("时间和服务员，等客户一并同意"),
    Turn.NOBODY: gettext_noop("没人去"),
}


class Beyond(StrEnum):
    """Where a visit of a plan cannot be, however it suits."""

    SHIFT = "shift"
    CLOSED = "closed"
    KEPT = "kept"


BEYOND_LABELS = {
    Beyond.SHIFT: gettext_noop("不在服务员的可服务时段内"),
    Beyond.CLOSED: gettext_noop("机构在这个时间不提供这项服务"),
    Beyond.KEPT: gettext_noop("客户同意换人之前，服务员这段时间还是原来的安排"),
}

# Time of a worker that is no visit of the plan.
BUSY_LABELS = {
    "booked": gettext_noop("别的上门"),
    "leave": gettext_noop("请假"),
    "interview": gettext_noop("面试"),
    "class": gettext_noop("上课"),
    "exam": gettext_noop("考试"),
    "gap": gettext_noop("不在班"),
    "away": gettext_noop("不能来"),
    "delayed": gettext_noop("晚到"),
    "break": gettext_noop("中途休息"),
}
