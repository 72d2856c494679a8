"""The state tables of day plans and of batches kept rolling. Plain Python."""

from __future__ import annotations

from enum import StrEnum

from anxin.kit.states import Machine
from anxin.kit.text import gettext_noop


class PlanState(StrEnum):
    DRAFT = "draft"
    SEARCHING = "searching"
    READY = "ready"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    DROPPED = "dropped"


P = PlanState
PLAN = Machine(
    "day_plan",
    P.DRAFT,
    {
        P.DRAFT: {P.SEARCHING: "search", P.DROPPED: "drop"},
        P.SEARCHING: {P.READY: "find", P.DRAFT: "fail", P.DROPPED: "drop"},
        P.READY: {P.SEARCHING: "search", P.PUBLISHED: "publish", P.DROPPED: "drop"},
        P.PUBLISHED: {P.SUPERSEDED: "supersede"},
    },
)
PLAN_LABELS = {
    P.DRAFT: gettext_noop("草稿"),
    P.SEARCHING: gettext_noop("计算中"),
    P.READY: gettext_noop("待发布"),
    P.PUBLISHED: gettext_noop("已发布"),
    P.SUPERSEDED: gettext_noop("已被新排班取代"),
    P.DROPPED: gettext_noop("已放弃"),
}


class RollingState(StrEnum):
    ON = "on"
    OFF = "off"


ROLLING = Machine("rolling", RollingState.ON, {RollingState.ON: {RollingState.OFF: "end"}})
ROLLING_LABELS = {RollingState.ON: gettext_noop("开着"), RollingState.OFF: gettext_noop("关着")}
