"""The clock, read at the edge only (pages, API, jobs); everything below takes `at`."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The present moment, aware, UTC."""
    return datetime.now(UTC)


def local(at: datetime) -> datetime:
    """The moment as people here read it."""
    return at.astimezone(SHANGHAI)


def local_date(at: datetime) -> date:
    """The calendar day in Asia/Shanghai on which `at` falls."""
    return at.astimezone(SHANGHAI).date()


def at_local(day: date, hour: int, minute: int = 0) -> datetime:
    """The UTC moment of a wall-clock time here."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI).astimezone(UTC)
