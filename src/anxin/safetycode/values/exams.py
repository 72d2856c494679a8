"""Words and facts of health checks at institutions. Plain."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from anxin.kit.text import gettext_noop
from anxin.policies.values import Policy
from anxin.workers.values import HealthTier

# Letters, then digits, and nothing else: a finding or a value does not fit in.
REPORT_NO = r"^[A-Z]{2,4}[0-9]{8,16}$"
# How long a check is good for (standards §3.5).
VALID_DAYS = Policy(
    "safetycode.exam_valid_days", 365, unit=gettext_noop("天"),
    meaning=gettext_noop("一次健康检查的结论有效多少天。"), source="standards §3.5", low=30, high=730,
)  # fmt: skip
MISSES_ALLOWED = Policy(
    "safetycode.exam_misses", 2, unit=gettext_noop("次"),
    meaning=gettext_noop("近期爽约满几次后，体检改由所属机构代为预约。"), low=1, high=20,
)  # fmt: skip
MISSES_DAYS = Policy(
    "safetycode.exam_misses_days", 90, unit=gettext_noop("天"),
    meaning=gettext_noop("体检爽约的次数按最近多少天计算。"), low=7, high=365,
)  # fmt: skip
CHANGE_HOURS = Policy(
    "safetycode.exam_change_hours", 2, unit=gettext_noop("小时"),
    meaning=gettext_noop("体检开始前多少小时内不能再改约或取消：名额来不及给别人。"), low=0, high=72,
)  # fmt: skip
MISSED_HOURS = Policy(
    "safetycode.exam_missed_hours", 2, unit=gettext_noop("小时"),
    meaning=gettext_noop("体检场次结束后多少小时还没有登记到检，记为爽约。"), low=0, high=72,
)  # fmt: skip
TURNOVER_MINUTES = Policy(
    "safetycode.exam_turnover_minutes", 30, unit=gettext_noop("分钟"),
    meaning=gettext_noop("体检场次之后为服务员预留的时间，不派上门。"), low=0, high=240,
)  # fmt: skip


class ExamConclusion(StrEnum):
    """What an institution says: no value, no finding."""

    PASSED = "passed"
    FAILED = "failed"
    RECHECK = "recheck"


EXAM_CONCLUSION_LABELS = {
    ExamConclusion.PASSED: gettext_noop("合格"),
    ExamConclusion.FAILED: gettext_noop("不合格"),
    ExamConclusion.RECHECK: gettext_noop("需要复检"),
}


@dataclass(frozen=True, slots=True)
class ExamResult:
    """All that is ever said of a check: tier, conclusion, two dates and the number of the report."""

    tier: HealthTier
    conclusion: ExamConclusion
    exam_date: date
    report_no: str
    valid_until: date | None = None

    @property
    def is_numbered(self) -> bool:
        return re.fullmatch(REPORT_NO.strip("^$"), self.report_no, re.ASCII) is not None


@dataclass(frozen=True, slots=True)
class NewSlot:
    """A session that an institution offers: half-open time, aware; the strictest tier it does; so many places."""

    starts_at: datetime
    ends_at: datetime
    tier: HealthTier
    capacity: int
    opens_at: datetime


@dataclass(frozen=True, slots=True)
class SlotRow:
    """A session as it is offered. `left`: free places."""

    id: UUID
    institution: str
    place: str
    town_code: str
    starts_at: datetime
    ends_at: datetime
    tier: HealthTier
    left: int
