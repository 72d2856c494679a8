"""Words, bounds and policies of batches that are kept rolling. Plain."""

from __future__ import annotations

from enum import StrEnum

from anxin.kit.text import gettext_noop
from anxin.policies.values import Policy

# Minutes that demands are gathered for before all that is open is decided anew.
LEAST_WINDOW, USUAL_WINDOW, MOST_WINDOW = 1, 10, 120

ROLLING_ROUNDS = Policy(
    "matching.rolling_rounds", 300, gettext_noop("轮"),
    gettext_noop("滚动派单最多记录多少轮有变化的结果，到了就自动关闭"), "DEF", low=1, high=2000,
)  # fmt: skip
ROLLING_AGENCIES = Policy(
    "matching.rolling_agencies", 100, gettext_noop("家"),
    gettext_noop("最多多少家机构同时开着滚动派单；0 表示停用，开着的也会关闭"), "DEF", low=0, high=10_000,
)  # fmt: skip
ROLLING_LOYALTY = Policy(
    "matching.rolling_loyalty", 0.05, "",
    gettext_noop("滚动派单时，双方满意度合计多出多少才值得改掉上一轮给出的派法"), "DEF", low=0, high=1,
)  # fmt: skip


class Ended(StrEnum):
    """Why a rolling batch is off."""

    ASKED = "asked"
    ROUNDS = "rounds"
    NOBODY = "nobody"
    OPERATOR = "operator"


ENDED_LABELS = {
    Ended.ASKED: gettext_noop("派单员关闭"),
    Ended.ROUNDS: gettext_noop("记录的轮数已到上限，自动关闭"),
    Ended.NOBODY: gettext_noop("本机构已没有能派单的人，自动关闭"),
    Ended.OPERATOR: gettext_noop("平台停用了滚动派单，自动关闭"),
}


class Trouble(StrEnum):
    """Why the latest round did not come about."""

    STILL_WORKING = "still_working"
    FAILED = "failed"


TROUBLE_LABELS = {
    Trouble.STILL_WORKING: gettext_noop(
        "上一轮到点时还没有算完，这一轮没有开始，下一轮照常。可以把间隔设长一些。"
    ),
    Trouble.FAILED: gettext_noop("这一轮没有算成，会自动再试。上一轮的结果仍然有效。"),
}


class Turn(StrEnum):
    """What a round changed about one order."""

    NEW = "new"
    SERVED = "served"
    MOVED = "moved"
    UNSERVED = "unserved"
    GONE = "gone"


TURN_LABELS = {
    Turn.NEW: gettext_noop("新加入"),
    Turn.SERVED: gettext_noop("现在派得出"),
    Turn.MOVED: gettext_noop("换了人"),
    Turn.UNSERVED: gettext_noop("现在派不出"),
    Turn.GONE: gettext_noop("不再等待"),
}


class Why(StrEnum):
    """Why a round changed it."""

    ARRIVED = "arrived"
    WAITS_AGAIN = "waits_again"
    AS_PLANNED = "as_planned"
    OTHERWISE = "otherwise"
    CLOSED = "closed"
    CANNOT = "cannot"
    ELSEWHERE = "elsewhere"
    BETTER = "better"
    FREED = "freed"


WHY_LABELS = {
    Why.ARRIVED: gettext_noop("新接的单"),
    Why.WAITS_AGAIN: gettext_noop("重新等待选派"),
    Why.AS_PLANNED: gettext_noop("已按上一轮派给%(worker)s"),
    Why.OTHERWISE: gettext_noop("已派给%(worker)s"),
    Why.CLOSED: gettext_noop("订单已取消，或不再由本机构选派"),
    Why.CANNOT: gettext_noop("原来的%(before)s现在不能接这一单"),
    Why.ELSEWHERE: gettext_noop("原来的%(before)s改派给 %(other)s，合起来更好"),
    Why.BETTER: gettext_noop("改派后双方合起来更满意"),
    Why.FREED: gettext_noop("有人能接这一单了"),
}
