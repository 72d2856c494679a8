"""The operator's caps on hours and rest, and what they say of one piece of work beside the rest of a worker's.

Services of a day or longer (a live-in carer) have their own terms. `queries.hours` says the same to the database.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from anxin.kit.clock import SHANGHAI
from anxin.kit.text import gettext_noop
from anxin.policies.values import Policy
from anxin.workers.values.span import Span

LONG = timedelta(days=1)

DAY_CAP = Policy(
    "workers.day_minutes", 720, unit=gettext_noop("分钟"), low=0, high=1440,
    meaning=gettext_noop("每天最多工作多少分钟，0 表示不限"),
)  # fmt: skip
WEEK_CAP = Policy(
    "workers.week_minutes", 4320, unit=gettext_noop("分钟"), low=0, high=10_080,
    meaning=gettext_noop("每周最多工作多少分钟，0 表示不限"),
)  # fmt: skip
REST = Policy(
    "workers.rest_minutes", 480, unit=gettext_noop("分钟"), low=0, high=1440,
    meaning=gettext_noop("两天的工作之间至少休息多少分钟，0 表示不限"),
)  # fmt: skip


def service_days(span: Span) -> tuple[date, date]:
    """First and last calendar day in Asia/Shanghai that the span touches (its end is exclusive)."""
    last = span.end - timedelta(microseconds=1)
    return span.start.astimezone(SHANGHAI).date(), last.astimezone(SHANGHAI).date()


@dataclass(frozen=True, slots=True)
class CapWindow:
    """A local day or week that a service touches, and how many seconds of it the service takes."""

    start: datetime
    end: datetime
    own_seconds: int
    week: bool


def cap_windows(span: Span) -> list[CapWindow]:
    """The days, then the weeks (Monday first), local time, over which hours are counted; of long services the ends."""
    first, last = service_days(span)
    days = [(day, day + timedelta(days=1)) for day in sorted({first, last})]
    mondays = sorted({day - timedelta(days=day.weekday()) for day in (first, last)})
    found = []
    for a, b, week in [(*d, False) for d in days] + [(m, m + timedelta(days=7), True) for m in mondays]:
        start, end = (datetime(d.year, d.month, d.day, tzinfo=SHANGHAI) for d in (a, b))
        own = min(span.end, end) - max(span.start, start)
        found.append(CapWindow(start, end, int(own.total_seconds()), week))
    return found


class Excess(StrEnum):
    """Which cap a piece of work breaks."""

    DAY = "day"
    WEEK = "week"
    REST = "rest"


EXCESS_LABELS = {
    Excess.DAY: gettext_noop("这样一天要工作 %(minutes)s 分钟，上限 %(cap)s 分钟"),
    Excess.WEEK: gettext_noop("这样一周要工作 %(minutes)s 分钟，上限 %(cap)s 分钟"),
    Excess.REST: gettext_noop("这样两天的工作之间只休息 %(minutes)s 分钟，至少要 %(cap)s 分钟"),
}


@dataclass(frozen=True, slots=True)
class TooMuch:
    """The cap that work would break, and the minutes that it would come to."""

    kind: Excess
    minutes: int
    cap: int


@dataclass(frozen=True, slots=True)
class Caps:
    """Minutes a day and a week, and of rest between the work of two days; 0: no cap."""

    day: int = DAY_CAP.default
    week: int = WEEK_CAP.default
    rest: int = REST.default

    def broken(self, span: Span, others: Iterable[Span]) -> TooMuch | None:
        """What a piece of work breaks beside a worker's other work; None if it may be. The first that is found."""
        if span.end - span.start >= LONG:
            return None
        rest = [one for one in others if one.end - one.start < LONG]
        windows = cap_windows(span)
        for window in windows:
            cap = self.week if window.week else self.day
            minutes = (window.own_seconds + sum(_inside(one, window) for one in rest)) / 60
            if 0 < cap < minutes:
                return TooMuch(Excess.WEEK if window.week else Excess.DAY, round(minutes), cap)
        days = [one for one in windows if not one.week]
        before = [span.start - one.end for one in rest if one.end <= days[0].start]
        after = [one.start - span.end for one in rest if one.start >= days[-1].end]
        least = min([*before, *after], default=None)
        if least is not None and least < timedelta(minutes=self.rest):
            return TooMuch(Excess.REST, int(least.total_seconds() // 60), self.rest)
        return None


def _inside(span: Span, window: CapWindow) -> float:
    return max(0.0, (min(span.end, window.end) - max(span.start, window.start)).total_seconds())
