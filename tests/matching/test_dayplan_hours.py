"""Hours and rest in a plan: its own visits count, so that nothing is drawn up that publishing would refuse."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from anxin.kit import jobs
from anxin.kit.clock import local
from anxin.matching import actions
from anxin.matching.actions.dayplan_change import CannotBe
from anxin.matching.actions.dayplan_publish import PlanRefused
from anxin.matching.rules.dayplan import Asked, Busy, Drawn, Duty, Facts
from anxin.matching.rules.dayplan_caps import rested
from anxin.matching.rules.dayplan_hours import too_much
from anxin.orders.models import Assignment, Order
from anxin.orders.values import MIN_NOTICE_MINUTES
from anxin.policies import public as policies
from anxin.workers import public as workers
from anxin.workers.values import DAY_CAP, REST, WEEK_CAP, Caps
from tests.cast import BEGIN, NOON, Member
from tests.matching.test_dayplan_desk import board, change, goes, planned, promised, published, waiting
from tests.stage import START, Stage
from tests.workers.test_hours import works

pytestmark = [
    pytest.mark.usefixtures("at_noon"), pytest.mark.requirement("E-21c"), pytest.mark.requirement("A-6.4.2"),
]  # fmt: skip


def cap(operations: Member, policy: Any, minutes: int) -> None:
    since = BEGIN + timedelta(minutes=1)
    policies.change(
        policy=policy, value=minutes, valid_from=since, reason="试行", by=operations.actor, at=BEGIN
    )


@pytest.fixture
def six_hours(operations: Member) -> None:
    """Nobody works more than six hours a day."""
    cap(operations, DAY_CAP, 360)


@pytest.fixture
def search_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """What follows the search mends nothing."""
    monkeypatch.setattr("anxin.matching.actions.dayplan.allowed", lambda problem, drawn: drawn)


def alone(stage: Stage, who: int = 1) -> None:
    """That worker has no shift, so that the other one is the only one who could go."""
    workers.set_shifts(worker_id=stage.workers[who].pk, shifts=[], by=stage.head.actor, at=NOON)


def hours_of(shown: Any) -> dict[Any, float]:
    """Worker → hours of visits in a plan."""
    found: dict[Any, float] = {}
    for shift in shown.shifts:
        minutes = sum(stop.minutes for stop in shift.stops if stop.order)
        found[shift.person.worker_id] = found.get(shift.person.worker_id, 0) + minutes / 60
    return found


def test_the_plan_s_own_visits_count_and_what_is_drawn_up_can_be_published(
    stage: Stage, six_hours: None
) -> None:
    alone(stage)
    made = [waiting(stage, hours, 2) for hours in (-5, -2.5, 0, 2.5)]
    found = planned(stage)
    shown = board(stage, found)
    assert hours_of(shown) == {stage.workers[0].pk: 6}
    (left,) = shown.left
    assert left.order.pk in {one.pk for one in made} and "工时到了上限" in left.reason
    published(stage, found)
    assert Assignment.objects.count() == 3


def test_another_worker_takes_what_is_too_much_for_one(stage: Stage, six_hours: None) -> None:
    # By liking alone everything would go to the first worker: the second lives further away.
    for hours in (-5, -2.5, 0, 2.5):
        waiting(stage, hours, 2)
    shown = board(stage, planned(stage))
    assert not shown.left and sum(hours_of(shown).values()) == 8
    assert max(hours_of(shown).values()) <= 6


def test_the_search_itself_keeps_the_hours_of_a_day(
    stage: Stage, six_hours: None, search_alone: None
) -> None:
    works(stage.workers[0], START - timedelta(hours=5), 4)
    for hours in (0, 3):
        waiting(stage, hours, 2)
    assert hours_of(board(stage, planned(stage))) == {stage.workers[0].pk: 2, stage.workers[1].pk: 2}


def test_the_search_itself_keeps_the_hours_of_a_week(
    stage: Stage, operations: Member, search_alone: None
) -> None:
    cap(operations, WEEK_CAP, 360)
    works(stage.workers[0], START - timedelta(days=1), 4)
    for hours in (0, 3):
        waiting(stage, hours, 2)
    assert hours_of(board(stage, planned(stage))) == {stage.workers[0].pk: 2, stage.workers[1].pk: 2}


def test_what_stands_on_another_day_of_the_plan_is_taken_off_the_week(
    stage: Stage, operations: Member, search_alone: None
) -> None:
    cap(operations, WEEK_CAP, 300)
    alone(stage)
    stands = waiting(stage, 0, 3)
    promised(stage, stands, 0)
    for hours in (20, 23):
        waiting(stage, hours, 2)
    shown = board(stage, planned(stage, days=2))
    assert hours_of(shown) == {stage.workers[0].pk: 5} and len(shown.left) == 1


def test_a_shift_is_cut_by_rest_from_and_to_other_days_but_not_under_what_stands_in_it() -> None:
    day = 1440
    duties = tuple(Duty("w", n, n * day + 480, n * day + 1260, 0, 0) for n in (0, 1))
    # Until 21:00 the day before, and from 6:00 on the day after.
    work = {"w": ((19 * 60 - day, 21 * 60 - day), (2 * day + 360, 2 * day + 420))}
    facts = Facts((), duties, (), (), first="2026-03-20", caps=Caps(0, 0, 15 * 60), work=work)
    assert rested(facts, 0, duties[0]) == (12 * 60, 1260)
    assert rested(facts, 1, duties[1]) == (day + 480, day + 15 * 60)
    stands = Asked("o", 0, 600, 600, 600, 60, 0, {}, {}, held="w", firm=True)
    assert rested(replace(facts, visits=(stands,)), 0, duties[0]) == (600, 1260)
    assert rested(replace(facts, caps=Caps(0, 0, 0)), 0, duties[0]) == (480, 1260)
    busy = Busy(1, "interview", day + 1000, day + 1000, 60)
    assert rested(replace(facts, busy=(busy,)), 1, duties[1]) == (day + 480, day + 1060)


def test_work_beside_the_plan_counts_and_only_once(stage: Stage, six_hours: None) -> None:
    alone(stage)
    works(stage.workers[0], START - timedelta(hours=5), 4)
    late = waiting(stage, 0, 3)
    shown = board(stage, planned(stage))
    assert [one.order.pk for one in shown.left] == [late.pk]
    assert "工时" in shown.left[0].reason
    short = waiting(stage, 3.5, 2)
    kept = promised(stage, short, 0)
    shown = board(stage, planned(stage))
    assert goes(shown) == {short.pk: (stage.workers[0].pk, START + timedelta(hours=3.5))}
    assert kept.state == "agreed"


def test_the_board_says_in_words_that_it_is_too_much(stage: Stage, six_hours: None) -> None:
    made = [waiting(stage, hours, 2) for hours in (-5, -2.5, 0, 2.5)]
    found = planned(stage)
    before = goes(board(stage, found))
    first = [order for order in made if before[order.pk][0] == stage.workers[0].pk]
    other = next(order for order in made if before[order.pk][0] == stage.workers[1].pk)
    for order in [one for one in made if one not in first and one != other]:
        change(stage, found, order, worker_id=stage.workers[0].pk)
    with pytest.raises(CannotBe, match="480 分钟，上限 360 分钟"):
        change(stage, found, other, worker_id=stage.workers[0].pk, dry=True)
    with pytest.raises(CannotBe):
        change(stage, found, other, worker_id=stage.workers[0].pk)
    assert goes(board(stage, found))[other.pk][0] == stage.workers[1].pk


def test_rest_between_the_days_of_a_plan(stage: Stage, operations: Member) -> None:
    cap(operations, REST, 16 * 60)
    alone(stage)
    evening, morning = waiting(stage, 3, 3), waiting(stage, 18, 2)
    assert morning.starts_at - evening.ends_at == timedelta(hours=12)
    shown = board(stage, planned(stage, days=2))
    assert len(goes(shown)) == 1 and len(shown.left) == 1


def test_a_firm_visit_given_to_another_still_counts_until_the_customer_agrees(
    stage: Stage, operations: Member
) -> None:
    cap(operations, DAY_CAP, 300)
    kept, free = waiting(stage, -5, 3), waiting(stage, 0, 3)
    promised(stage, kept, 0)
    found = planned(stage)
    change(stage, found, free, out=True)
    change(stage, found, kept, lock=False)
    change(stage, found, kept, worker_id=stage.workers[1].pk)
    with pytest.raises(CannotBe):
        change(stage, found, free, worker_id=stage.workers[0].pk)


def test_a_plan_made_before_hours_were_known_is_still_read(stage: Stage) -> None:
    waiting(stage)
    found = planned(stage)
    assert found.facts is not None and found.plan is not None
    old = {key: value for key, value in found.facts.items() if key not in ("first", "caps", "work")}
    assert too_much(Facts.of(old), Drawn.of(found.plan)) == {}


def wide(stage: Stage, order: Order, sooner: int, later: int) -> tuple[Asked, Any]:
    """The visit after the desk widened its window, and when it begins by the plan."""
    found = planned(stage)
    change(stage, found, order, sooner=sooner, later=later)
    found.refresh_from_db()
    assert found.facts is not None
    facts = Facts.of(found.facts)
    n = facts.index(str(order.pk))
    assert n is not None
    return facts.visits[n], goes(board(stage, found)).get(order.pk)


def test_a_widened_window_stays_inside_the_opening_hours(stage: Stage) -> None:
    order = waiting(stage)
    one, _goes = wide(stage, order, 720, 720)
    assert (one.early, one.late + one.minutes, one.closes) == (8 * 60, 20 * 60, 20 * 60)


def test_a_widened_window_begins_no_sooner_than_the_notice(stage: Stage) -> None:
    order = waiting(stage)
    found = planned(stage)
    now = START - timedelta(hours=2)
    soonest = now + timedelta(minutes=policies.read(MIN_NOTICE_MINUTES, at=now))
    actions.change_visit(
        plan_id=found.pk, order_id=order.pk, version=found.version, sooner=300, later=0, by=stage.head.actor, at=now
    )  # fmt: skip
    begins = goes(board(stage, found))[order.pk][1]
    assert soonest <= begins <= START


@pytest.mark.parametrize("shift", [(13 * 60, 21 * 60), (8 * 60, 17 * 60)])
def test_a_widened_visit_stays_inside_its_worker_s_shift(stage: Stage, shift: tuple[int, int]) -> None:
    alone(stage)
    workers.set_shifts(
        worker_id=stage.workers[0].pk, shifts=[(d, *shift) for d in range(7)], by=stage.head.actor, at=NOON
    )
    orders = [waiting(stage, 0, 2), waiting(stage, 0, 2)]
    found = planned(stage)
    for order in orders:
        change(stage, found, order, sooner=360, later=360)
    found.refresh_from_db()
    actions.search_again(plan_id=found.pk, version=found.version, by=stage.head.actor, at=NOON)
    jobs.drain(NOON)
    shown = board(stage, found)
    assert len(goes(shown)) == 2, "there is room for both"
    for _worker, begins in goes(shown).values():
        minute = (local(begins) - local(begins).replace(hour=0, minute=0)).total_seconds() / 60
        assert shift[0] <= minute and minute + 120 <= shift[1]
    published(stage, found)


def test_who_works_at_another_time_only_is_no_choice_unless_the_window_reaches_there(stage: Stage) -> None:
    alone(stage)
    workers.set_shifts(
        worker_id=stage.workers[0].pk, shifts=[(d, 480, 840) for d in range(7)], by=stage.head.actor, at=NOON
    )
    order = waiting(stage, 0, 2)
    assert wide(stage, order, 60, 0)[1] is None
    _one, there = wide(stage, order, 240, 0)
    assert there is not None and local(there[1]).hour + 2 <= 14


def test_a_move_beyond_the_opening_hours_is_told_and_not_published(stage: Stage) -> None:
    first, second = waiting(stage, 2, 2), waiting(stage, 2, 2)
    found = planned(stage)
    there = goes(board(stage, found))[first.pk][0]
    tried = change(stage, found, second, worker_id=there)
    assert "机构在这个时间不提供这项服务" in tried.notes
    with pytest.raises(PlanRefused):
        published(stage, found)
    assert not Assignment.objects.exists()


def test_a_day_without_room_for_a_visit_is_told_and_nothing_changed(stage: Stage, operations: Member) -> None:
    cap(operations, DAY_CAP, 0)
    alone(stage)
    made = [waiting(stage, -6, 3) for _ in range(6)]
    found = planned(stage)
    for order in made:
        change(stage, found, order, out=True)
    for order in made[:5]:
        change(stage, found, order, worker_id=stage.workers[0].pk)
    before = goes(board(stage, found))
    assert len(before) == 5
    # The sixth would begin more than ten hours after its window.
    with pytest.raises(CannotBe, match="时间排不开"):
        change(stage, found, made[5], worker_id=stage.workers[0].pk)
    assert goes(board(stage, found)) == before


def test_time_that_is_kept_until_the_customer_agrees_is_given_to_nobody_else(stage: Stage) -> None:
    kept, free = waiting(stage), waiting(stage)
    promised(stage, kept, 0)
    found = planned(stage)
    change(stage, found, free, out=True)
    change(stage, found, kept, lock=False)
    change(stage, found, kept, worker_id=stage.workers[1].pk)
    tried = change(stage, found, free, worker_id=stage.workers[0].pk)
    assert "客户同意换人之前，服务员这段时间还是原来的安排" in tried.notes
    with pytest.raises(PlanRefused):
        published(stage, found)
    found.refresh_from_db()
    actions.search_again(plan_id=found.pk, version=found.version, by=stage.head.actor, at=NOON)
    jobs.drain(NOON)
    assert set(goes(board(stage, found))) == {kept.pk}, "nothing is drawn up that would be refused"
    published(stage, found)
