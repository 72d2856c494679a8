"""The first visit that the words ask for: one day, one hour, a length, as a form takes them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from anxin.matching.engine.words.pieces import Clock, Days, Field, Understood

_PARTS = {"morning": 9 * 60, "noon": 11 * 60 + 30, "afternoon": 14 * 60, "evening": 18 * 60}
_FIRST, _LAST, _HALF = 6 * 60, 21 * 60 + 30, 30


@dataclass(frozen=True, slots=True)
class Visit:
    """What of it was said; minutes after midnight, on the half hour, between 6 and 21:30."""

    day: date | None
    start: int | None
    hours: float | None

    @property
    def start_text(self) -> str:
        return "" if self.start is None else f"{self.start // 60:02d}:{self.start % 60:02d}"


def first_visit(said: Understood, today: date) -> Visit:
    """A window is begun with; 月底前 is tomorrow; 每周二 is the next Tuesday. Nothing lies in the past."""
    clock: Clock | None = said.first(Field.TIME)
    start = None
    if clock is not None:
        minutes = _PARTS[clock.part] if clock.start is None else clock.start
        start = min(max(minutes - minutes % _HALF, _FIRST), _LAST)
    hours = said.first(Field.HOURS)
    if hours is None and clock is not None and clock.start is not None and (clock.end or 0) > clock.start:
        hours = (clock.end - clock.start) / 60 if clock.end else None
    return Visit(_day(said, today), start, hours)


def _day(said: Understood, today: date) -> date | None:
    days: Days | None = said.first(Field.DAY)
    tomorrow = today + timedelta(days=1)
    if days is not None:
        return max(days.first, today) if days.last >= today else None
    since: date | None = said.first(Field.SINCE)
    begin = max(since, today) if since else tomorrow
    every = said.first(Field.EVERY)
    if every:
        return _next(every, begin)
    until: date | None = said.first(Field.UNTIL)
    if since is None and until is not None:
        return min(tomorrow, until) if until >= today else None
    return begin if since else None


def _next(every: str, begin: date) -> date | None:
    """The first day of a rhythm; None where it leaves the day open."""
    if every.startswith(("w", "2w")) and any(sign.isdigit() for sign in every.removeprefix("2")):
        wanted = {
            int(sign) for sign in every.removeprefix("2").removeprefix("w").split(",") if sign.isdigit()
        }
    else:
        wanted = {"weekend": {6, 7}, "workday": {1, 2, 3, 4, 5}, "daily": set(range(1, 8))}.get(every, set())
    ahead = (begin + timedelta(days=n) for n in range(7))
    return next((day for day in ahead if day.isoweekday() in wanted), None)
