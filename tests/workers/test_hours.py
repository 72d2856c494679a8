"""Hours and rest: who would work too long, or too soon again, is no candidate and is told so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anxin.catalogue.values import HealthTier
from anxin.kit.actor import SYSTEM
from anxin.kit.ids import new_id
from anxin.orders import public as orders
from anxin.policies import public as policies
from anxin.workers import public as workers
from anxin.workers.models import Booking
from anxin.workers.values import Gate, ItemNeeds, Span
from anxin.workers.values.hours import DAY_CAP, REST, Caps, Excess, TooMuch, cap_windows
from tests import thorough
from tests.cast import BEGIN, NOON, Member
from tests.orders import played
from tests.stage import START, Stage

HOUR = timedelta(hours=1)
NOTHING = ItemNeeds(code="0101", min_level=0, health_tier=HealthTier.HOME, insurance_class=3)
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


# Quarter hours from the Monday before the service: where whole days, weeks and rests are broken now and then.
PIECES = st.lists(st.tuples(st.integers(-40, 4 * 24 * 9), st.integers(1, 60)), max_size=14)


@settings(
    max_examples=thorough.examples(60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(pieces=PIECES, begins=st.integers(4 * 24 * 3, 4 * 24 * 5), length=st.integers(1, 40))
def test_the_rule_for_plans_says_what_the_gate_says(
    stage: Stage, pieces: list[tuple[int, int]], begins: int, length: int
) -> None:
    worker, monday = stage.workers[0], cap_windows(Span(START, START + HOUR))[-1].start
    start = monday + begins * HOUR / 4
    span = Span(start, start + length * HOUR / 4)
    others: list[Span] = []
    Booking.objects.all().delete()
    for at, long in sorted(pieces):
        other = Span(monday + at * HOUR / 4, monday + (at + long) * HOUR / 4)
        if not any(one.overlaps(other) for one in [span, *others]):
            others.append(other)
            works(worker, other.start, long / 4)
    need = workers.Wanted(
        needs=NOTHING, town_code="330112001", span=span, organisation_id=stage.head.organisation.pk
    )
    stopped = Gate.HOURS in workers.why_not([worker.pk], need)[worker.pk]
    assert stopped is (Caps().broken(span, others) is not None)


def test_the_rule_says_which_cap_and_by_how_much() -> None:
    morning = datetime(2026, 3, 16, 0, tzinfo=UTC)  # Monday, eight in the morning

    def day(n: int, hours: float) -> Span:
        return Span(morning + n * 24 * HOUR, morning + (n * 24 + hours) * HOUR)

    caps = Caps(day=600, week=1800, rest=480)
    assert caps.broken(day(0, 9), []) is None
    assert caps.broken(day(0, 11), []) == TooMuch(Excess.DAY, 660, 600)
    assert caps.broken(day(3, 9), [day(n, 9) for n in range(3)]) == TooMuch(Excess.WEEK, 2160, 1800)
    late = Span(morning - 12 * HOUR, morning - 9 * HOUR)  # until eleven at night
    assert caps.broken(Span(morning - 3 * HOUR, morning), [late]) == TooMuch(Excess.REST, 360, 480)
    assert Caps(0, 0, 0).broken(day(0, 20), [late, *(day(n, 9) for n in range(1, 7))]) is None
    assert caps.broken(day(0, 24), []) is None, "a live-in carer has terms of their own"
