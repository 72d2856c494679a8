"""The clock of ten working days, read from history alone: properties over any history, and the calendar's traps."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anxin.kit.clock import at_local, local_date
from anxin.safetycode.rules.applying import reading
from anxin.safetycode.states import ApplicationState as A
from anxin.safetycode.values.applying import Cause, Halt, Reading, Step

START = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # A Monday, 10:00 here
HOLIDAYS = {date(2026, 3, 11), date(2026, 3, 12)}
MADE_UP = {date(2026, 3, 14)}  # A Saturday on which offices work


def workday(day: date) -> bool:
    return day in MADE_UP or (day.weekday() < 5 and day not in HOLIDAYS)


def read(steps: list[Step], halts: list[Halt], at: datetime, limit: int = 10) -> Reading:
    return reading(steps, halts, limit, at=at, is_workday=workday)


def on(day: int, hour: int = 10) -> datetime:
    return at_local(date(2026, 3, day), hour)


SUBMITTED = [Step(START - timedelta(days=3), A.DRAFT), Step(START, A.AGENCY_REVIEW)]


@pytest.mark.requirement("D-5b")
def test_ten_working_days_from_the_next_with_holidays_and_a_make_up_saturday() -> None:
    assert read(SUBMITTED, [], START).due_on == date(2026, 3, 17)
    for day, used in ((2, 0), (3, 1), (6, 4), (8, 4), (12, 6), (13, 7), (14, 8), (15, 8), (17, 10)):
        assert read(SUBMITTED, [], on(day)).used == used, day
    assert read(SUBMITTED, [], on(17, 23)).late_since is None
    assert read(SUBMITTED, [], on(18, 0)).late_since == date(2026, 3, 18)


def test_a_limit_that_ends_on_friday_is_late_on_saturday() -> None:
    found = read(SUBMITTED, [], on(7), limit=4)
    assert (found.late_since, found.due_on) == (date(2026, 3, 7), date(2026, 3, 6))


def test_waiting_for_the_worker_counts_for_nobody() -> None:
    steps = [*SUBMITTED, Step(on(4), A.RETURNED), Step(on(10), A.AGENCY_REVIEW)]
    found = read(steps, [], on(16))
    # The 3rd and 4th, then the 13th, 14th and 16th: the 10th, on which it came back, does not count.
    assert (found.used, found.waited) == (5, {Cause.WORKER: 4})
    assert read(steps, [], on(6)).due_on is None


def test_the_day_of_a_resumption_is_given_whole() -> None:
    halts = [Halt(on(17), on(24), Cause.INSTITUTION)]
    used_up = read(SUBMITTED, halts, on(24, 20))
    assert (used_up.used, used_up.late_since, used_up.due_on) == (10, None, date(2026, 3, 24))
    assert read(SUBMITTED, halts, on(25)).late_since == date(2026, 3, 25)


def test_days_are_told_by_desk() -> None:
    steps = [*SUBMITTED, Step(on(5), A.ASSOCIATION_REVIEW), Step(on(9), A.BUREAU_REVIEW)]
    found = read(steps, [], on(10))
    assert found.at_desk == {A.AGENCY_REVIEW: 3, A.ASSOCIATION_REVIEW: 2, A.BUREAU_REVIEW: 1}


def test_a_refusal_ends_it_and_an_appeal_that_led_on_was_no_time_of_a_desk() -> None:
    refused = [*SUBMITTED, Step(on(4), A.REJECTED)]
    assert read(refused, [], on(20)).waited == {}
    again = read([*refused, Step(on(16), A.AGENCY_REVIEW)], [], on(17))
    assert (again.used, again.waited) == (3, {Cause.APPEAL: 7})


RUN = [A.AGENCY_REVIEW, A.ASSOCIATION_REVIEW, A.BUREAU_REVIEW, A.EXAM_PENDING, A.APPROVED]
hours = st.integers(min_value=0, max_value=24 * 40)


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Step], list[Halt]]:
    times = sorted(draw(st.lists(hours, max_size=6, unique=True)))
    states = draw(st.lists(st.sampled_from([*RUN, A.RETURNED]), min_size=len(times), max_size=len(times)))
    steps = [*SUBMITTED, *(Step(START + timedelta(hours=h), s) for h, s in zip(times, states, strict=True))]
    cuts = sorted(draw(st.lists(hours, max_size=6, unique=True)))
    pairs = zip(cuts[::2], cuts[1::2], strict=False)
    causes = st.sampled_from([Cause.WORKER, Cause.INSTITUTION])
    halts = [Halt(START + timedelta(hours=a), START + timedelta(hours=b), draw(causes)) for a, b in pairs]
    return steps, halts


@given(histories(), hours, hours)
def test_time_only_adds_and_lateness_stays(history: tuple[list[Step], list[Halt]], a: int, b: int) -> None:
    sooner, later = (read(*history, START + timedelta(hours=h)) for h in sorted((a, b)))
    assert sooner.used <= later.used
    if sooner.late_since:
        assert later.late_since == sooner.late_since


@given(histories(), hours)
def test_every_working_day_is_somebodys(history: tuple[list[Step], list[Halt]], now: int) -> None:
    at = START + timedelta(hours=now)
    found = read(*history, at)
    days = (local_date(at) - local_date(START)).days
    working = sum(workday(local_date(START) + timedelta(days=n)) for n in range(1, days + 1))
    assert found.used + sum(found.waited.values()) == working
    assert found.used == sum(found.at_desk.values())


@given(histories(), hours)
def test_a_halt_never_makes_it_later(history: tuple[list[Step], list[Halt]], now: int) -> None:
    steps, halts = history
    at = START + timedelta(hours=now)
    held, free = read(steps, halts, at), read(steps, [], at)
    assert held.used <= free.used
    assert not (held.late and not free.late)


@given(histories(), hours, st.integers(min_value=1, max_value=10))
def test_an_extension_gives_exactly_its_days(
    history: tuple[list[Step], list[Halt]], now: int, more: int
) -> None:
    at = START + timedelta(hours=now)
    before, after = read(*history, at), read(*history, at, limit=10 + more)
    assert after.used == before.used
    assert not (after.late and not before.late)
    if before.due_on and not before.late and not after.late and before.used <= 10:
        day, n = max(before.due_on, local_date(at)), more
        while n:
            day += timedelta(days=1)
            n -= workday(day)
        if before.used < 10 or local_date(at) == before.due_on:
            assert after.due_on == day


@given(histories(), hours)
def test_what_stands_beside_the_row_is_what_history_says(
    history: tuple[list[Step], list[Halt]], now: int
) -> None:
    """The last day kept for lists, read at the latest event, tells late and in time as the whole history does."""
    steps, halts = history
    at = START + timedelta(hours=now)
    events = [s.at for s in steps] + [h.start for h in halts] + [h.end for h in halts if h.end]
    last = max(one for one in events if one <= at) if any(one <= at for one in events) else START
    past_halts = [
        Halt(h.start, h.end if h.end and h.end <= at else None, h.cause) for h in halts if h.start <= at
    ]
    kept = read([s for s in steps if s.at <= at], past_halts, last).due_on
    whole = read(steps, halts, at)
    assert whole.late == (kept is not None and kept < local_date(at))
