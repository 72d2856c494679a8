"""The clock, read at the edge only (pages, API, jobs); everything below takes `at`."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The present moment, aware, UTC."""
    return datetime.now(UTC)


class Steady:
    """Tells a clock that was set from time that went by: against the machine's own count of seconds.

    After a jump of more than `jump_s` it says no for `doubt_s`; by then somebody has put the clock right, or it is the
    time that was wrong before. What cannot be undone (deadlines, retention) waits for a yes.
    """

    def __init__(self, *, jump_s: float = 300.0, doubt_s: float = 600.0) -> None:
        self.jump_s, self.doubt_s = jump_s, doubt_s
        self._apart: float | None = None
        self._jumped: tuple[float, float] | None = None

    def look(self, wall_s: float, counted_s: float) -> bool:
        """Whether the clock may be believed, given what it shows and how long the machine has counted."""
        apart = wall_s - counted_s
        if self._apart is None or abs(apart - self._apart) <= self.jump_s:
            self._apart, self._jumped = apart, None
            return True
        if self._jumped is None or abs(apart - self._jumped[0]) > self.jump_s:
            self._jumped = apart, counted_s
        if counted_s - self._jumped[1] < self.doubt_s:
            return False
        self._apart, self._jumped = apart, None
        return True


_steady = Steady()


def believed() -> bool:
    """Whether this process has seen the machine's clock jump in the last minutes; False: wait with what is final."""
    # The count goes on while the machine sleeps, where the system has such a count.
    counter = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return _steady.look(now().timestamp(), time.clock_gettime(counter))


def local(at: datetime) -> datetime:
    """The moment as people here read it."""
    return at.astimezone(SHANGHAI)


def local_date(at: datetime) -> date:
    """The calendar day in Asia/Shanghai on which `at` falls."""
    return at.astimezone(SHANGHAI).date()


def at_local(day: date, hour: int, minute: int = 0) -> datetime:
    """The UTC moment of a wall-clock time here."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI).astimezone(UTC)
