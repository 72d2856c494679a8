"""The clock of applications, read from their history and the calendar."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta

from anxin.kit.clock import local_date
from anxin.places.public import day_kinds
from anxin.places.values import DayKind
from anxin.safetycode.models import Application
from anxin.safetycode.rules import applying as rules
from anxin.safetycode.states import ApplicationState
from anxin.safetycode.values.applying import CLOSED, Cause, Halt, Reading, Step

# How far a limit may reach beyond today: its most working days with every holiday between.
AHEAD = timedelta(days=200)


def workdays(first: date, last: date) -> Callable[[date], bool]:
    """Whether offices work on a day between the two, make-up days included. One query."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    kinds = day_kinds(days)
    return lambda day: kinds[day] is DayKind.WORKDAY


def clocks(rows: Iterable[Application], at: datetime) -> list[Reading]:
    """What the clock of each shows; rows that carry history, pauses and extensions (DETAILED). One query."""
    found = list(rows)
    if not found:
        return []
    today = local_date(at)
    starts = [local_date(row.submitted_at) for row in found if row.submitted_at]
    is_workday = workdays(min(starts, default=today), today + AHEAD)
    return [reading_of(row, at, is_workday) for row in found]


def clock_of(row: Application, at: datetime) -> Reading:
    """The same for one row, as the database has it now. Four queries."""
    fresh = Application.objects.prefetch_related("history", "pauses", "extensions").get(pk=row.pk)
    return clocks([fresh], at)[0]


def reading_of(row: Application, at: datetime, is_workday: Callable[[date], bool]) -> Reading:
    """The clock of a row from what it carries. What is closed stands still. No query."""
    moves = sorted(row.history.all(), key=lambda one: one.pk)
    steps = [Step(one.at, ApplicationState(one.to_state)) for one in moves]
    halts = [Halt(one.started_at, one.ended_at, Cause(one.cause)) for one in row.pauses.all()]
    limit = row.limit_days + sum(one.days for one in row.extensions.all())
    until = min(at, row.state_at) if row.state in CLOSED else at
    return rules.reading(steps, halts, limit, at=until, is_workday=is_workday)
