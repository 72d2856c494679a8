"""Hours and rest: who would work too long, or too soon again, is no candidate and is told so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from anxin.kit.actor import SYSTEM
from anxin.kit.ids import new_id
from anxin.orders import public as orders
from anxin.policies import public as policies
from anxin.workers import public as workers
from anxin.workers.models import Booking
from anxin.workers.rules import cap_windows
from anxin.workers.values import Gate, Span
from anxin.workers.values.hours import DAY_CAP, REST
from tests.cast import BEGIN, NOON, Member
from tests.orders import played
from tests.stage import START, Stage

HOUR = timedelta(hours=1)
pytestmark = pytest.mark.requirement("A-6.4.2")


def works(worker: Any, start: datetime, hours: float, kind: str = "visit") -> None:
    span = DateTimeTZRange(start, start + hours * HOUR)
    Booking.objects.create(
        id=new_id(), worker=worker, kind=kind, state="firm", span=span, buffered=span, city_code="3301",
        created_at=NOON,
    )  # fmt: skip


def stops(stage: Stage, order: Any) -> list[Gate]:
    worker = stage.workers[0]
    need = orders.wanted(order)
    failed = workers.why_not([worker.pk], need)[worker.pk]
    among = {one.worker_id for one in workers.candidates(need)}
    assert (worker.pk in among) is (failed == [])
    return failed


def test_a_day_that_would_be_too_long_is_refused_and_one_of_just_twelve_hours_is_not(stage: Stage) -> None:
    order = played.accepted(stage)
    # The demand is of three hours.
    works(stage.workers[0], START + 3.5 * HOUR, 5)
    works(stage.workers[0], START - 4 * HOUR, 4)
    assert stops(stage, order) == []
    works(stage.workers[0], START + 8.5 * HOUR, 0.25)
    assert stops(stage, order) == [Gate.HOURS]


def test_leave_and_a_service_of_days_are_no_hours(stage: Stage) -> None:
    order = played.accepted(stage)
    works(stage.workers[0], START + 3.5 * HOUR, 10, "leave")
    works(stage.workers[0], START - 49 * HOUR, 48)
    assert stops(stage, order) == []


def test_a_week_that_would_be_too_long_is_refused(stage: Stage) -> None:
    order = played.accepted(stage)
    monday = cap_windows(Span(order.starts_at, order.ends_at))[-1].start
    others = [day for day in range(7) if (monday + timedelta(days=day)).date() != START.date()]
    for day in others:
        works(stage.workers[0], monday + timedelta(days=day, hours=8), 11.5)
    assert stops(stage, order) == []
    works(stage.workers[0], START + 3.5 * HOUR, 1)
    assert stops(stage, order) == [Gate.HOURS]


def test_work_until_late_leaves_the_next_morning_free(stage: Stage) -> None:
    order = played.accepted(stage)
    midnight = cap_windows(Span(order.starts_at, order.ends_at))[0].start
    rest = order.starts_at - midnight
    works(stage.workers[0], midnight - HOUR, 1)
    assert stops(stage, order) == ([Gate.HOURS] if rest < 8 * HOUR else [])
    policies.change(policy=REST, value=720, valid_from=BEGIN, reason="试", by=SYSTEM, at=BEGIN)
    assert (stops(stage, order) == [Gate.HOURS]) is (rest < 12 * HOUR)


def test_the_operator_s_cap_holds_on_the_days_it_is_valid_for(stage: Stage, operations: Member) -> None:
    order = played.accepted(stage)
    policies.change(
        policy=DAY_CAP, value=179, valid_from=order.starts_at, reason="试", by=operations.actor, at=BEGIN
    )
    assert stops(stage, order) == [Gate.HOURS]
    policies.change(
        policy=DAY_CAP, value=0, valid_from=order.starts_at, reason="不限", by=operations.actor, at=NOON
    )
    assert stops(stage, order) == []


def test_windows_are_local_days_and_weeks_with_the_seconds_the_service_takes() -> None:
    # Sunday 22:00 to Monday 02:00 in Shanghai.
    span = Span(datetime(2026, 3, 22, 14, tzinfo=UTC), datetime(2026, 3, 22, 18, tzinfo=UTC))
    found = cap_windows(span)
    assert [(one.week, one.own_seconds) for one in found] == [
        (False, 7200), (False, 7200), (True, 7200), (True, 7200),
    ]  # fmt: skip
    assert found[0].end == found[1].start == found[3].start
