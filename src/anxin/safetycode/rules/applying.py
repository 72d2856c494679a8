"""Decisions about applications as pure functions: the clock of working days, what is missing, whose turn it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta

from anxin.kit.clock import at_local, local_date
from anxin.safetycode.states import ApplicationState as A
from anxin.safetycode.states import CodeState
from anxin.safetycode.values.applying import (
    BEFORE,
    RUNNING,
    Cause,
    Condition,
    Halt,
    Need,
    Reading,
    Step,
)

DAY = timedelta(days=1)
WAITS = {A.RETURNED: Cause.WORKER, A.REJECTED: Cause.APPEAL}


def renewable(state: str, valid_to: date, today: date, days: int) -> bool:
    """Whether a code may be applied for anew: it is over, or ends within `days`; not while it lies suspended."""
    if state in (CodeState.ISSUED, CodeState.SUSPENDED):
        return state == CodeState.ISSUED and valid_to < today + timedelta(days=days)
    return True


def unmet(conditions: Iterable[Condition], state: str) -> list[Need]:
    """What still stands in the way out of `state`, in the order in which it is asked for."""
    met = {one.need for one in conditions if one.met}
    return [need for need in BEFORE.get(A(state), ()) if need not in met]


def reading(
    steps: Sequence[Step],
    halts: Sequence[Halt],
    limit: int,
    *,
    at: datetime,
    is_workday: Callable[[date], bool],
) -> Reading:
    """The clock of an application at a moment, from its history (oldest first) alone.

    A working day counts if the clock ran as it began: so the day of submission does not count, nor the day on which
    a halt ends, but the day on which one begins does (the desk had that morning); stopping and starting within a day
    changes nothing. A case is late from the first day on that begins with the clock running and the limit used up by
    the days before: the day of a resumption is still given whole.
    Source: working-day limits count from the next working day; 10 working days (浙商务发〔2020〕21号 §5).
    """
    started = next((step.at for step in steps if step.state in RUNNING), None)
    if started is None:
        return Reading(0, limit, {}, {}, None, None, running=False)
    waited: Counter[Cause] = Counter()
    at_desk: Counter[A] = Counter()
    late_since: date | None = None
    day, today = local_date(started) + DAY, local_date(at)
    while day <= today:
        state, cause = _standing(steps, halts, at_local(day, 0))
        runs = cause is None and state in RUNNING
        if runs and late_since is None and at_desk.total() >= limit:
            late_since = day
        if is_workday(day):
            if runs and state is not None:
                at_desk[state] += 1
            elif cause is not None:
                waited[cause] += 1
        day += DAY
    used = at_desk.total()
    state, cause = _standing(steps, halts, at)
    running = cause is None and state in RUNNING
    if late_since is not None:
        due_on: date | None = late_since - DAY
    else:
        due_on = _ahead(today, limit - used, is_workday) if running else None
    return Reading(used, limit, dict(waited), dict(at_desk), due_on, late_since, running=running)


def _standing(steps: Sequence[Step], halts: Sequence[Halt], at: datetime) -> tuple[A | None, Cause | None]:
    """The state at a moment, and for what the clock stood still, if it did."""
    past = [step.state for step in steps if step.at <= at]
    state = past[-1] if past else None
    for halt in halts:
        if halt.start <= at and (halt.end is None or at < halt.end):
            return state, halt.cause
    # A refusal is the end, unless an appeal led on from it.
    if state is A.REJECTED and len(past) == len(steps):
        return state, None
    return state, WAITS.get(state) if state else None


def _ahead(day: date, n: int, is_workday: Callable[[date], bool]) -> date:
    """The n-th working day after `day`."""
    while n > 0:
        day += DAY
        n -= is_workday(day)
    return day
