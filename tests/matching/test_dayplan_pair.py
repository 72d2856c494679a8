"""Two who come at the same time in a day plan: both or neither, by two people, at the agreed time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from anxin.kit.actor import SYSTEM
from anxin.matching import actions
from anxin.matching.actions.dayplan_change import CannotBe, PairKeepsTime
from anxin.matching.rules.dayplan import Facts, Problem
from anxin.matching.values.dayplan import PlanPrices
from anxin.orders.models import Assignment
from anxin.orders.states import AssignmentState
from anxin.safetycode import public as safetycode
from tests.cast import NOON
from tests.matching.test_dayplan_desk import board, change, goes, planned, promised, published, waiting
from tests.orders.pairs import taken
from tests.stage import START, Stage

pytestmark = [pytest.mark.usefixtures("at_noon"), pytest.mark.requirement("E-21c")]


def nobody_of(shown: Any) -> set[Any]:
    return {row.order.pk for row in shown.left}


def test_both_go_at_the_same_time_and_both_are_proposed(stage: Stage) -> None:
    first, second = taken(stage)
    found = planned(stage)
    problem = Problem(Facts.of(found.facts), PlanPrices.of(found.prices))
    assert [(one.least, one.most, one.apart) for one in problem.day.pairs] == [(0.0, 0.0, True)]
    shown = goes(board(stage, found))
    assert set(shown) == {first.pk, second.pk}
    assert {worker for worker, _ in shown.values()} == {one.pk for one in stage.workers}
    assert {at for _, at in shown.values()} == {START}
    published(stage, found)
    made = Assignment.objects.filter(state=AssignmentState.PROPOSED)
    assert {one.order_id: one.worker_id for one in made} == {pk: worker for pk, (worker, _) in shown.items()}


def test_where_only_one_could_come_neither_is_sent(stage: Stage) -> None:
    safetycode.suspend(worker_id=stage.workers[1].pk, why="复核", by=SYSTEM, at=NOON)
    both = taken(stage)
    alone = waiting(stage, -5, 2)
    found = planned(stage)
    shown = board(stage, found)
    assert set(goes(shown)) == {alone.pk}
    assert nobody_of(shown) == {half.pk for half in both}
    published(stage, found)
    assert set(Assignment.objects.values_list("order_id", flat=True)) == {alone.pk}


def test_what_is_left_out_leaves_its_other_half_out_too(stage: Stage) -> None:
    first, _second = taken(stage)
    alone = waiting(stage, -5, 2)
    published(stage, planned(stage), leave_out=[first.pk])
    assert set(Assignment.objects.values_list("order_id", flat=True)) == {alone.pk}


def test_who_is_promised_stays_and_the_other_half_gets_somebody_else(stage: Stage) -> None:
    first, second = taken(stage)
    promised(stage, second, 0)
    found = planned(stage)
    assert goes(board(stage, found)) == {
        second.pk: (stage.workers[0].pk, START), first.pk: (stage.workers[1].pk, START),
    }  # fmt: skip
    published(stage, found)
    live = Assignment.objects.live().order_by("order__part")
    assert [one.worker_id for one in live] == [stage.workers[1].pk, stage.workers[0].pk]


def test_on_the_board_nobody_makes_both_and_the_time_stays(stage: Stage) -> None:
    first, second = taken(stage)
    found = planned(stage)
    before = goes(board(stage, found))
    # Sent to the other's place, the two change places.
    change(stage, found, first, worker_id=before[second.pk][0])
    after = goes(board(stage, found))
    assert after == {first.pk: before[second.pk], second.pk: before[first.pk]}
    for name in ("sooner", "later"):
        with pytest.raises(PairKeepsTime):
            change(stage, found, first, **{name: 60})
    assert goes(board(stage, found)) == after


def test_taken_down_both_stay_and_sent_again_both_go(stage: Stage) -> None:
    first, second = taken(stage)
    found = planned(stage)
    before = goes(board(stage, found))
    change(stage, found, first, out=True)
    assert goes(board(stage, found)) == {}
    change(stage, found, first, out=False, worker_id=before[first.pk][0])
    after = goes(board(stage, found))
    assert set(after) == {first.pk, second.pk} and len({worker for worker, _ in after.values()}) == 2
    assert {at for _, at in after.values()} == {START}


def test_where_the_other_half_finds_nobody_the_board_says_so(stage: Stage) -> None:
    first, _second = taken(stage)
    # The second worker's whole afternoon is promised to somebody else.
    busy = waiting(stage, 1, 2)
    promised(stage, busy, 1)
    found = planned(stage)
    assert set(goes(board(stage, found))) == {busy.pk}
    with pytest.raises(CannotBe) as caught:
        change(stage, found, first, worker_id=stage.workers[0].pk)
    assert "另一半" in str(caught.value)


def test_a_search_on_from_a_plan_keeps_both_together(stage: Stage) -> None:
    first, second = taken(stage)
    waiting(stage, -5, 2)
    found = planned(stage)
    found.refresh_from_db()
    actions.search_again(
        plan_id=found.pk, version=found.version, by=stage.head.actor, at=NOON + timedelta(minutes=1)
    )
    from anxin.kit import jobs

    jobs.drain(NOON + timedelta(minutes=1))
    shown = goes(board(stage, found))
    assert len({shown[half.pk][0] for half in (first, second)}) == 2
