"""What would stand open for ever, and who may not take part on both sides."""

from __future__ import annotations

from datetime import timedelta

import pytest

from anxin.kit.geo import Point
from anxin.matching import public as matching
from anxin.orders import queries
from anxin.orders.actions import assign, change, demand, grab, offer, refusals, visit
from anxin.orders.models import Assignment, Change, Order
from anxin.orders.states import ChangeState, OrderState
from anxin.safetycode import public as safetycode
from tests.cast import NOON
from tests.orders import played
from tests.orders.steps import accepted, signed
from tests.stage import START, Stage, green_worker

pytestmark = pytest.mark.django_db
HOME = Point(30.24, 119.72)


@pytest.mark.requirement("B-7.7.1")
def test_nobody_serves_and_then_rates_themself(stage: Stage) -> None:
    own = green_worker(stage.customer, stage.head.organisation, home=HOME)
    order = accepted(stage)
    with pytest.raises(refusals.NotEligible):
        assign.propose(order, worker_id=own.pk, score={}, by=stage.head.actor, at=NOON)
    assert own.pk not in {one.worker_id for one in matching.rank(order, NOON)}
    opened = stage.ask(version_id=None)
    found = queries.hall_order(opened.number)
    assert found is not None
    with pytest.raises(refusals.OwnDemand):
        grab.grab(found, by=stage.customer.actor, at=NOON)
    opened.refresh_from_db()
    assert opened.state == OrderState.SUBMITTED
    assert not Assignment.objects.exists()


def test_a_request_for_another_time_ends_when_the_worker_is_let_in(stage: Stage) -> None:
    order, day = signed(stage)
    asked = change.ask_change(
        day, starts_at=START + timedelta(days=1), reason="有事", by=stage.customer.actor, at=NOON
    )
    assert asked is not None
    visit.depart(day, by=stage.worker, at=START - timedelta(minutes=30))
    visit.arrive(day, point=None, by=stage.worker, at=START)
    token = safetycode.display_token(stage.workers[0].pk, START)
    visit.confirm_entry(day, token=token, point=played.door(order), by=stage.customer.actor, at=START)
    asked.refresh_from_db()
    assert (asked.state, asked.answered_at) == (ChangeState.WITHDRAWN, START)


def test_a_request_for_a_time_that_has_passed_does_not_stand_in_the_way_of_another(stage: Stage) -> None:
    _order, day = signed(stage)
    soon, later = NOON + timedelta(hours=3), NOON + timedelta(hours=4)
    change.ask_change(day, starts_at=soon, reason="早一点", by=stage.customer.actor, at=NOON)
    with pytest.raises(refusals.ChangeOpen):
        change.ask_change(
            day, starts_at=START + timedelta(days=1), reason="改天", by=stage.customer.actor, at=NOON
        )
    again = change.ask_change(
        day, starts_at=START + timedelta(days=1), reason="改天", by=stage.customer.actor, at=later
    )
    assert again is not None
    assert [one.pk for one in Change.objects.filter(state=ChangeState.ASKED)] == [again.pk]


@pytest.mark.requirement("B-7.2.3")
def test_a_demand_asked_again_is_estimated_for_its_new_time_and_for_all(stage: Stage) -> None:
    order = stage.ask()
    assert order.estimate["quote"]
    offer.give_up(order, at=NOON)
    demand.submit_again(
        order, starts_at=START + timedelta(days=3), ends_at=START + timedelta(days=3, hours=3),
        by=stage.customer.actor, at=NOON,
    )  # fmt: skip
    found = Order.objects.get(pk=order.pk).estimate
    assert found == {"low_fen": 15000, "high_fen": 16500, "offers": 2}
