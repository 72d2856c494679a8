"""Publishing and planning anew: all or nothing, nobody is replaced without the customer's word."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from anxin.kit import jobs
from anxin.kit.errors import Conflict, Refusal
from anxin.matching import actions, queries
from anxin.matching.actions.dayplan import MinutesWrong, NotOfPlan, NotPublished, TimeWrong
from anxin.matching.actions.dayplan_publish import PlanRefused
from anxin.matching.engine.dayplan import plan as engine
from anxin.matching.models import DayPlan
from anxin.matching.states import PlanState
from anxin.matching.values.dayplan import Happening, Turn
from anxin.notices.models import Notice
from anxin.orders.actions import assign
from anxin.orders.actions.change import cancel
from anxin.orders.models import Assignment, Order
from anxin.orders.states import AssignmentState
from anxin.workers import public as workers
from anxin.workers.states import WorkerState
from tests.cast import NOON
from tests.matching.test_dayplan_desk import board, change, goes, planned, promised, published, waiting
from tests.stage import START, Stage

pytestmark = [pytest.mark.usefixtures("at_noon"), pytest.mark.requirement("E-21c")]


def live(order: Order) -> dict[Any, str]:
    """Worker → state of the live assignments."""
    return dict(Assignment.objects.filter(order=order).live().values_list("worker_id", "state"))


def test_an_order_cancelled_since_stops_everything_and_the_rest_can_be_published(stage: Stage) -> None:
    first, second = waiting(stage), waiting(stage)
    found = planned(stage)
    cancel(first, reason="不需要了", by=stage.customer.actor, at=NOON)
    with pytest.raises(PlanRefused) as refused:
        published(stage, found)
    assert [one.number for one in refused.value.refused] == [first.number]
    assert not Assignment.objects.exists(), "nothing half published"
    found.refresh_from_db()
    assert found.state == PlanState.READY
    published(stage, found, leave_out=[first.pk])
    assert list(live(second).values()) == [AssignmentState.PROPOSED]


@pytest.mark.parametrize("stops", ["paused", "leave"])
def test_a_worker_who_stops_after_the_search_is_told_and_nothing_published(stage: Stage, stops: str) -> None:
    from anxin.workers.values import Span

    first, second = waiting(stage), waiting(stage)
    found = planned(stage)
    gone = stage.workers[0]
    if stops == "paused":
        workers.set_state(worker_id=gone.pk, to=WorkerState.PAUSED, why="休养", by=stage.head.actor, at=NOON)
    else:
        workers.take_leave(
            worker_id=gone.pk, span=Span(START, START + timedelta(hours=1)), by=stage.people[0].actor, at=NOON
        )
    order = next(o for o in (first, second) if goes(board(stage, found))[o.pk][0] == gone.pk)
    with pytest.raises(PlanRefused) as refused:
        published(stage, found)
    assert [one.order_id for one in refused.value.refused] == [order.pk]
    assert not Assignment.objects.exists() and not Notice.objects.filter(kind="matching.day_planned").exists()


def test_a_worker_who_leaves_during_the_search_is_in_no_plan(stage: Stage, monkeypatch: Any) -> None:
    orders = [waiting(stage), waiting(stage)]
    gone, searched = stage.workers[0], engine.plan

    def leaving(*args: Any, **more: Any) -> Any:
        found = searched(*args, **more)
        gone.refresh_from_db()
        if gone.state == WorkerState.ACTIVE:
            workers.set_state(
                worker_id=gone.pk, to=WorkerState.PAUSED, why="休养", by=stage.head.actor, at=NOON
            )
        return found

    monkeypatch.setattr(engine, "plan", leaving)
    shown = board(stage, planned(stage))
    assert {worker for worker, _ in goes(shown).values()} == {stage.workers[1].pk}
    assert len(shown.left) == 1 and shown.left[0].order.pk in {one.pk for one in orders}


def test_an_order_cancelled_during_the_search_is_in_no_plan(stage: Stage, monkeypatch: Any) -> None:
    first, second = waiting(stage), waiting(stage)
    searched = engine.plan

    def cancelling(*args: Any, **more: Any) -> Any:
        found = searched(*args, **more)
        first.refresh_from_db()
        if first.state == "accepted":
            cancel(first, reason="不需要了", by=stage.customer.actor, at=NOON)
        return found

    monkeypatch.setattr(engine, "plan", cancelling)
    assert set(goes(board(stage, planned(stage)))) == {second.pk}


def test_a_plan_dropped_during_the_search_stays_dropped(stage: Stage, monkeypatch: Any) -> None:
    waiting(stage)
    searched = engine.plan

    def dropping(*args: Any, **more: Any) -> Any:
        actions.drop_plan(plan_id=DayPlan.objects.get().pk, by=stage.head.actor, at=NOON)
        return searched(*args, **more)

    monkeypatch.setattr(engine, "plan", dropping)
    found = planned(stage)
    assert (found.state, found.plan) == (PlanState.DROPPED, None)


def test_a_search_that_is_stopped_keeps_the_best_so_far(stage: Stage, monkeypatch: Any) -> None:
    order = waiting(stage)
    searched = engine.plan
    heard: list[float] = []

    def stopping(day: Any, *, told: Any, **more: Any) -> Any:
        def stop(progress: Any) -> bool:
            heard.append(progress.done)
            if len(heard) == 3:
                actions.stop_plan(plan_id=DayPlan.objects.get().pk, by=stage.head.actor, at=NOON)
            return bool(told(progress))

        return searched(day, told=stop, **more)

    monkeypatch.setattr(engine, "plan", stopping)
    monkeypatch.setattr("anxin.matching.actions.dayplan.TOLD_EVERY_S", 0)
    found = planned(stage)
    assert found.state == PlanState.READY and len(heard) == 3
    assert order.pk in goes(board(stage, found))


def test_nobody_is_replaced_without_the_customers_word(stage: Stage) -> None:
    order = waiting(stage)
    kept = promised(stage, order, 0)
    found = planned(stage)
    change(stage, found, order, lock=False)
    tried = change(stage, found, order, worker_id=stage.workers[1].pk)
    assert "换人，等客户同意" in tried.notes
    published(stage, found)
    assert live(order) == {
        stage.workers[0].pk: AssignmentState.AGREED,
        stage.workers[1].pk: AssignmentState.PROPOSED,
    }
    kept.refresh_from_db()
    assert kept.state == AssignmentState.AGREED


def both_at_once(stage: Stage) -> tuple[Order, DayPlan, Any]:
    """An order that 王芳 was promised at 14:00 is planned for 李梅, two hours earlier, and published."""
    order = waiting(stage)
    kept = promised(stage, order, 0)
    found = planned(stage)
    change(stage, found, order, lock=False, sooner=120, later=0)
    change(stage, found, order, worker_id=stage.workers[1].pk)
    return order, published(stage, found), kept


def test_another_time_and_another_worker_are_asked_for_in_one_word(stage: Stage) -> None:
    order, _found, kept = both_at_once(stage)
    then = START - timedelta(hours=2)
    made = Assignment.objects.get(order=order, worker=stage.workers[1].pk)
    asked = order.changes.get()
    assert (asked.starts_at, asked.state, asked.worker_id) == (then, "asked", stage.workers[1].pk)
    assert (made.starts_at, made.replaces_id) == (then, kept.pk)
    kept.refresh_from_db()
    assert (kept.state, kept.starts_at) == (AssignmentState.AGREED, START), "nothing moved without the word"
    again = planned(stage)
    assert {one.turn for one in board(stage, again).differences} == {Turn.SAME}, "it stands as it was asked"


def test_what_is_asked_in_one_word_can_be_planned_anew(stage: Stage) -> None:
    order, base, kept = both_at_once(stage)
    found = actions.replan(plan_id=base.pk, why=Happening.ORDERS, by=stage.head.actor, at=NOON)
    jobs.drain(NOON)
    assert goes(board(stage, found))[order.pk] == (stage.workers[1].pk, START - timedelta(hours=2))
    cancel(Order.objects.get(pk=order.pk), reason="不需要了", by=stage.customer.actor, at=NOON)
    assert live(order) == {} and order.changes.get().state == "withdrawn"
    with pytest.raises(PlanRefused):
        published(stage, found)


def test_two_proposals_change_places(stage: Stage) -> None:
    orders = [waiting(stage), waiting(stage)]
    for order, worker in zip(orders, stage.workers, strict=True):
        assign.propose(order, worker_id=worker.pk, score={}, by=stage.head.actor, at=NOON)
    found = planned(stage)
    for order in orders:
        change(stage, found, order, lock=False)
    change(stage, found, orders[0], worker_id=stage.workers[1].pk)
    change(stage, found, orders[1], worker_id=stage.workers[0].pk)
    assert {one.turn for one in board(stage, found).differences} == {Turn.OTHER}
    published(stage, found)
    assert [list(live(order)) for order in orders] == [[stage.workers[1].pk], [stage.workers[0].pk]]


def test_illness_frees_only_what_comes_after_and_moves_little(stage: Stage) -> None:
    early, late = waiting(stage, -5, 2), waiting(stage)
    promised(stage, early, 0), promised(stage, late, 0)
    base = published(stage, planned(stage))
    found = actions.replan(
        plan_id=base.pk, why=Happening.ILL, worker_id=stage.workers[0].pk, since=START - timedelta(hours=1),
        by=stage.head.actor, at=NOON,
    )  # fmt: skip
    jobs.drain(NOON)
    shown = board(stage, found)
    assert goes(shown)[early.pk][0] == stage.workers[0].pk
    assert goes(shown)[late.pk] == (stage.workers[1].pk, START)
    changed = [one for one in shown.differences if one.turn is not Turn.SAME]
    assert [(one.order.pk, one.turn) for one in changed] == [(late.pk, Turn.REPLACED)]
    published(stage, found)
    base.refresh_from_db()
    assert base.state == PlanState.SUPERSEDED
    assert live(late) == {
        stage.workers[0].pk: AssignmentState.AGREED,
        stage.workers[1].pk: AssignmentState.PROPOSED,
    }
    assert list(live(early)) == [stage.workers[0].pk]


def test_a_worker_who_runs_late_asks_the_next_customer_for_another_time(stage: Stage) -> None:
    early, late = waiting(stage, -4, 3), waiting(stage)
    promised(stage, early, 0), promised(stage, late, 0)
    base = published(stage, planned(stage))
    found = actions.replan(
        plan_id=base.pk, why=Happening.LATE, worker_id=stage.workers[0].pk, since=START - timedelta(hours=2),
        minutes=90, by=stage.head.actor, at=NOON,
    )  # fmt: skip
    jobs.drain(NOON)
    shown = board(stage, found)
    worker, begins = goes(shown)[late.pk]
    # The first visit ends at 13:00; ninety minutes later and a way they are there.
    assert worker == stage.workers[0].pk and begins >= START + timedelta(minutes=30)
    published(stage, found)
    assert late.changes.get().starts_at == begins
    assert late.visits.get().starts_at == START, "until the customer agrees"


def test_a_new_order_and_a_cancellation_leave_the_others_alone(stage: Stage) -> None:
    first, second = waiting(stage), waiting(stage, -5, 2)
    base = published(stage, planned(stage))
    before = goes(board(stage, base))
    cancel(Order.objects.get(pk=second.pk), reason="不需要了", by=stage.customer.actor, at=NOON)
    third = waiting(stage, -3, 2)
    found = actions.replan(plan_id=base.pk, why=Happening.ORDERS, by=stage.head.actor, at=NOON)
    jobs.drain(NOON)
    after = goes(board(stage, found))
    assert set(after) == {first.pk, third.pk} and after[first.pk] == before[first.pk]


def test_replanning_refuses_what_makes_no_sense(stage: Stage) -> None:
    waiting(stage)
    found = planned(stage)
    by = stage.head.actor

    def again(why: Happening = Happening.ILL, worker: Any = None, **more: Any) -> None:
        actions.replan(plan_id=found.pk, why=why, worker_id=worker, by=by, at=NOON, **more)

    with pytest.raises(NotPublished):
        again(worker=stage.workers[0].pk, since=START)
    published(stage, found)
    with pytest.raises(NotOfPlan):
        again(since=START)
    with pytest.raises(TimeWrong):
        again(worker=stage.workers[0].pk, since=START + timedelta(days=3))
    for minutes in (-5, 0, 721):
        with pytest.raises(MinutesWrong):
            again(Happening.LATE, stage.workers[0].pk, since=START, minutes=minutes)
    assert DayPlan.objects.count() == 1


def test_changes_that_make_no_sense_are_refused_and_nothing_changed(stage: Stage) -> None:
    order = waiting(stage)
    found = planned(stage)
    before = found.plan, found.wishes
    for what in (
        {"sooner": -1}, {"later": 721}, {"out": True, "lock": True},
        {"out": True, "worker_id": stage.workers[0].pk}, {"worker_id": order.pk},
    ):  # fmt: skip
        with pytest.raises(Refusal):
            change(stage, found, order, **what)
    with pytest.raises(Refusal):
        actions.change_visit(
            plan_id=found.pk,
            order_id=found.pk,
            version=found.version,
            lock=True,
            by=stage.head.actor,
            at=NOON,
        )
    found.refresh_from_db()
    assert (found.plan, found.wishes) == before


def test_who_may_not_go_is_refused_with_each_gate(stage: Stage) -> None:
    order = waiting(stage)
    found = planned(stage)
    workers.set_areas(worker_id=stage.workers[1].pk, town_codes=("330112002",), by=stage.head.actor, at=NOON)
    with pytest.raises(Conflict, match="不能派这位服务员去"):
        change(stage, found, order, worker_id=stage.workers[1].pk)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_publish_at_once_one_wins(stage: Stage) -> None:
    waiting(stage)
    one, other = planned(stage), planned(stage)
    assert isinstance(stage, Stage)
    outcomes: list[str] = []
    gate = threading.Barrier(2)

    def publish(found: DayPlan) -> None:
        try:
            gate.wait(20)
            actions.publish_plan(plan_id=found.pk, version=found.version, by=stage.head.actor, at=NOON)
            outcomes.append("published")
        except Refusal as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=publish, args=[found]) for found in (one, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == ["plan_refused", "published"]
    assert Assignment.objects.count() == 1
    assert sorted(DayPlan.objects.values_list("state", flat=True)) == [PlanState.PUBLISHED, PlanState.READY]
    assert queries.plans(stage.head.actor).count() == 2
