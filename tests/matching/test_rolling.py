"""A batch kept rolling: open demands are decided anew as they arrive, what was promised stays, every round says why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from anxin.accounts import public as accounts
from anxin.kit.actor import SYSTEM
from anxin.kit.errors import Forbidden
from anxin.kit.geo import Point
from anxin.matching import actions, queries
from anxin.matching import public as matching
from anxin.matching.actions import rolling as making
from anxin.matching.actions.rolling import AlreadyRolling, TooManyRolling, WindowWrong
from anxin.matching.engine.batching import Batch as Problem
from anxin.matching.engine.demands import Demand, Wish
from anxin.matching.models import Batch, Rolling, Round
from anxin.matching.rules.rolling import Decided, changes
from anxin.matching.states import RollingState
from anxin.matching.values import Fairness
from anxin.matching.values.rolling import ROLLING_AGENCIES, ROLLING_ROUNDS, Ended, Trouble, Turn, Why
from anxin.notices.models import Notice
from anxin.orders import public as orders
from anxin.orders.models import Assignment
from anxin.workers import public as workers
from tests.cast import NOON
from tests.matching.rolling import (
    AWAY,
    LATER,
    MUCH_LATER,
    accepted,
    goes_to,
    kept,
    latest,
    next_round,
    ruled,
    turns,
)
from tests.stage import Stage

At = Callable[..., Client]
pytestmark = pytest.mark.usefixtures("at_noon")


@pytest.mark.requirement("A-6.4.2", "C-6.1.2")
def test_the_first_round_comes_at_once_and_a_demand_that_arrives_joins_the_next(stage: Stage) -> None:
    first = accepted(stage)
    found = kept(stage)
    assert found.rounds == 1 and found.due_at == NOON + timedelta(minutes=10)
    assert turns(latest(found)) == {str(first.pk): (Turn.NEW, Why.ARRIVED)}
    second = accepted(stage, NOON + timedelta(minutes=5))
    assert next_round(found, NOON + timedelta(minutes=9)) is None, "the window is not over"
    made = next_round(found, LATER)
    assert made is not None and made.number == 2
    assert set(goes_to(made)) == {str(first.pk), str(second.pk)}
    assert turns(made)[str(second.pk)] == (Turn.NEW, Why.ARRIVED)
    assert not Assignment.objects.exists(), "a round proposes nobody"


def test_a_round_that_changes_nothing_is_not_kept_but_told(stage: Stage) -> None:
    accepted(stage)
    found = kept(stage)
    assert next_round(found, LATER) is None
    assert found.looked_at == LATER and Batch.objects.count() == 1


def test_what_was_accepted_stays_and_the_rest_is_decided_beside_it(stage: Stage) -> None:
    first, second = accepted(stage), accepted(stage)
    found = kept(stage)
    proposed, refused = actions.accept_pairs(
        latest(found).batch, order_id=first.pk, by=stage.head.actor, at=NOON
    )
    assert len(proposed) == 1 and not refused
    promised = proposed[0].worker_id
    third = accepted(stage, NOON + timedelta(minutes=5))
    made = next_round(found, LATER)
    assert made is not None
    assert str(first.pk) not in goes_to(made)
    assert turns(made)[str(first.pk)] == (Turn.GONE, Why.AS_PLANNED)
    assert str(promised) not in goes_to(made).values(), "at that hour they are promised"
    assert Assignment.objects.get(order=first).worker_id == promised
    assert len(goes_to(made)) == 1 and {str(second.pk), str(third.pk)} > set(goes_to(made))


def test_who_can_no_longer_come_is_replaced_and_the_round_says_why(stage: Stage) -> None:
    order = accepted(stage)
    found = kept(stage)
    before = goes_to(latest(found))[str(order.pk)]
    workers.take_leave(
        worker_id=UUID(before), span=AWAY, by=SYSTEM, at=NOON,
    )  # fmt: skip
    made = next_round(found, LATER)
    assert made is not None
    (change,) = made.changes
    assert (change["turn"], change["why"]) == (Turn.MOVED, Why.CANNOT)
    assert change["before"] == before and change["worker"] == goes_to(made)[str(order.pk)] != before


def test_a_demand_whose_worker_was_withdrawn_waits_again(stage: Stage) -> None:
    order, other = accepted(stage), accepted(stage)
    found = kept(stage)
    proposed, _ = actions.accept_pairs(latest(found).batch, order_id=order.pk, by=stage.head.actor, at=NOON)
    assert next_round(found, LATER) is not None
    orders.withdraw(proposed[0], reason="改派", by=stage.head.actor, at=LATER)
    made = next_round(found, MUCH_LATER)
    assert made is not None
    assert turns(made)[str(order.pk)] == (Turn.NEW, Why.WAITS_AGAIN)
    assert set(goes_to(made)) == {str(order.pk), str(other.pk)}


def test_what_was_shown_is_not_changed_for_a_gain_that_is_worth_nothing(stage: Stage) -> None:
    home = stage.address
    one, two = (worker.pk for worker in stage.workers)
    demand = Demand(
        home.id, 0.0, 60.0, Point(30.2, 119.7), 1.0,
        (Wish(one, 0.80, 0.80), Wish(two, 0.82, 0.82)),
    )  # fmt: skip
    plain, _ = Problem([demand], {}, share=0.5, seed=1).plan(Fairness.NONE, 1.0)
    loyal, _ = Problem([demand], {}, share=0.5, seed=1, shown={home.id: one}, loyalty=0.05).plan(
        Fairness.NONE, 1.0
    )
    worth, _ = Problem([demand], {}, share=0.5, seed=1, shown={home.id: one}, loyalty=0.01).plan(
        Fairness.NONE, 1.0
    )
    assert [plan.pairs[0].worker for plan in (plain, loyal, worth)] == [two, one, two]
    assert loyal.proven and loyal.satisfaction == pytest.approx(0.80), "loyalty is no satisfaction"


def test_changes_are_told_order_by_order_with_their_reason() -> None:
    before = Decided({"a": "w1", "b": "w2", "c": "", "d": "w3", "e": "w4"})
    now = Decided({"a": "w2", "b": "w1", "c": "w5", "d": "", "f": "w4"})
    found = changes(
        before, now, can={"a": {"w1", "w2"}, "b": {"w1", "w2"}, "c": {"w5"}, "d": set()}, arrived={"f"},
        promised={"e": "w6"},
    )  # fmt: skip
    told = {one["order"]: (one["turn"], one["why"], one["other"]) for one in found}
    assert told == {
        "a": ("moved", "elsewhere", "b"), "b": ("moved", "elsewhere", "a"), "c": ("served", "freed", ""),
        "d": ("unserved", "cannot", ""), "f": ("new", "arrived", ""), "e": ("gone", "otherwise", ""),
    }  # fmt: skip


# ── bounds ──────────────────────────────────────────────────────────────────────────────────────────
def test_one_agency_keeps_one(stage: Stage) -> None:
    found = kept(stage)
    with pytest.raises(AlreadyRolling):
        kept(stage)
    twin = Rolling(
        organisation=stage.head.organisation, asked_at=NOON, fairness="none", limit=0, window_minutes=5, due_at=NOON,
        state="on", state_at=NOON,
    )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save(force_insert=True)
    actions.end_rolling(rolling_id=found.pk, by=stage.head.actor, at=NOON)
    assert kept(stage).state == RollingState.ON


@pytest.mark.parametrize("minutes", [0, 121])
def test_a_window_out_of_bounds_is_refused_and_nothing_kept(stage: Stage, minutes: int) -> None:
    with pytest.raises(WindowWrong):
        kept(stage, window_minutes=minutes)
    assert not Rolling.objects.exists()


def test_who_may_not_dispatch_is_refused(stage: Stage) -> None:
    with pytest.raises(Forbidden):
        actions.keep_rolling(
            fairness=Fairness.NONE, limit=0, window_minutes=5, by=stage.customer.actor, at=NOON
        )


def test_the_operators_bound_on_agencies_holds_and_zero_ends_what_runs(stage: Stage, operations: Any) -> None:
    found = kept(stage)
    ruled(ROLLING_AGENCIES, 1, operations, NOON)
    with pytest.raises(TooManyRolling):
        actions.keep_rolling(
            fairness=Fairness.NONE, limit=0, window_minutes=5, by=stage.rival.actor, at=LATER
        )
    ruled(ROLLING_AGENCIES, 0, operations, LATER)
    assert next_round(found, MUCH_LATER) is None
    assert (found.state, found.ended) == (RollingState.OFF, Ended.OPERATOR)
    assert Notice.objects.filter(person=stage.head.id, kind="matching.rolling_ended").exists()


def test_after_the_last_round_allowed_it_ends_by_itself(stage: Stage, operations: Any) -> None:
    ruled(ROLLING_ROUNDS, 1, operations, NOON - timedelta(minutes=1))
    accepted(stage)
    found = kept(stage)
    accepted(stage, NOON + timedelta(minutes=5))
    assert next_round(found, LATER) is None
    assert (found.state, found.ended) == (RollingState.OFF, Ended.ROUNDS)


def test_an_agency_that_nobody_dispatches_for_any_more_ends(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = kept(stage)
    monkeypatch.setattr(accounts, "staff_ids", lambda *_, **__: set())
    next_round(found, LATER)
    assert (found.state, found.ended) == (RollingState.OFF, Ended.NOBODY)


# ── two at once, off meanwhile ──────────────────────────────────────────────────────────────────────
def test_of_two_rounds_at_once_one_does_nothing(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    accepted(stage)
    found = kept(stage)
    second: list[Round | None] = []
    real = making.make_plan

    def meanwhile(*given: Any, **how: Any) -> Any:
        second.append(actions.roll(rolling_id=found.pk, at=LATER))
        return real(*given, **how)

    monkeypatch.setattr(making, "make_plan", meanwhile)
    accepted(stage, NOON + timedelta(minutes=5))
    assert actions.roll(rolling_id=found.pk, at=LATER) is not None
    assert second == [None]
    assert Round.objects.filter(rolling=found).count() == 2


def test_a_round_that_is_due_while_the_one_before_still_runs_is_left_out_and_told(
    stage: Stage, client_of: At
) -> None:
    accepted(stage)
    found = kept(stage)
    Rolling.objects.filter(pk=found.pk).update(working_since=LATER - timedelta(minutes=1))
    assert actions.tick(at=LATER) == 0
    found.refresh_from_db()
    assert (found.skipped, found.trouble) == (1, Trouble.STILL_WORKING)
    assert found.due_at == LATER + timedelta(minutes=10)
    assert "还没有算完" in client_of(stage.head).get(f"/desk/dispatch/rolling/{found.pk}/").content.decode()
    # Whose process died holds the row for ten minutes only.
    assert actions.tick(at=LATER + timedelta(minutes=10)) == 1


def test_the_clock_that_ticks_twice_begins_one_round(stage: Stage) -> None:
    accepted(stage)
    kept(stage)
    assert [actions.tick(at=LATER), actions.tick(at=LATER)] == [1, 0]


def test_what_was_turned_off_while_a_round_was_madekeeps_no_round(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    accepted(stage)
    found = kept(stage)
    accepted(stage, NOON + timedelta(minutes=5))
    real = making.make_plan

    def meanwhile(*given: Any, **how: Any) -> Any:
        actions.end_rolling(rolling_id=found.pk, by=stage.head.actor, at=LATER)
        return real(*given, **how)

    monkeypatch.setattr(making, "make_plan", meanwhile)
    assert actions.roll(rolling_id=found.pk, at=LATER) is None
    assert Round.objects.filter(rolling=found).count() == 1
    assert actions.tick(at=MUCH_LATER) == 0


def test_a_round_that_fails_is_told_and_leaves_the_row_free(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    accepted(stage)
    found = kept(stage)

    def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("no")

    accepted(stage, NOON + timedelta(minutes=5))
    with monkeypatch.context() as patch:
        patch.setattr(making, "make_plan", broken)
        with pytest.raises(RuntimeError):
            actions.roll(rolling_id=found.pk, at=LATER)
    found.refresh_from_db()
    assert (found.trouble, found.working_since, found.rounds) == (Trouble.FAILED, None, 1)
    assert actions.roll(rolling_id=found.pk, at=LATER) is not None
    found.refresh_from_db()
    assert found.trouble == ""


# ── accepting ───────────────────────────────────────────────────────────────────────────────────────
def test_an_older_rounds_pair_is_refused_once_a_newer_one_decided_otherwise(stage: Stage) -> None:
    order = accepted(stage)
    found = kept(stage)
    old = latest(found)
    workers.take_leave(
        worker_id=UUID(goes_to(old)[str(order.pk)]), span=AWAY, by=SYSTEM, at=NOON,
    )  # fmt: skip
    assert next_round(found, LATER) is not None
    made, refused = actions.accept_pairs(old.batch, order_id=None, by=stage.head.actor, at=LATER)
    assert made == [] and "新的一轮" in str(refused[0].refusal)
    assert not Assignment.objects.exists()


def test_what_is_promised_counts_as_had_when_the_next_round_is_fair(stage: Stage) -> None:
    first = accepted(stage)
    one, two = (worker.pk for worker in stage.workers)
    matching.propose(order=first, worker_id=one, by=stage.head.actor, at=NOON)
    assert queries.held([one, two], NOON) == {one: 1.0, two: 0.0}
