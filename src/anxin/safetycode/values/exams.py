"""Words and facts of health checks at institutions. Plain."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
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
    meaning=gettext_noop("90 天内爽约满几次后，体检改由所属机构代为预约。"), low=1, high=20,
)  # fmt: skip
MISSES_WITHIN = timedelta(days=90)
# Later than this before the check, a place is no longer given up or exchanged: it could not be given to anybody.
LATEST_CHANGE = timedelta(hours=2)
# How long after its session a check that nobody came to is held open.
MISSED_AFTER = timedelta(hours=2)
# What a check takes of the worker's time beside the session itself.
TURNOVER_MINUTES = 30


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
