"""A worker who pauses, or no longer works for the agency, after everybody had agreed on them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from anxin.contracts.models import Contract
from anxin.kit import jobs
from anxin.notices.models import Notice
from anxin.orders.actions import assign, lose, ticks
from anxin.orders.models import Assignment, Order, Visit, Warning
from anxin.orders.queries import cancel_terms_of
from anxin.orders.states import AssignmentState, OrderState, VisitState
from anxin.orders.values import Side
from anxin.workers import public as workers
from anxin.workers.models import Affiliation, Booking
from anxin.workers.values import WorkerState
from tests.cast import NOON
from tests.contracts.conftest import Deal
from tests.orders.steps import accepted, agreed, assert_time_is_held_for_the_live_alone, proposed
from tests.stage import START, Stage

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("B-7.5.2", "C-5.4.6")]


def pause(stage: Stage) -> None:
    workers.set_state(worker_id=stage.workers[0].pk, to=WorkerState.PAUSED, by=stage.worker, at=NOON)
    jobs.drain(NOON)


def test_after_signing_the_order_goes_back_to_choosing_and_on_by_an_addendum(deal: Deal) -> None:
    stage = deal.stage
    pause(stage)
    order = Order.objects.get(pk=deal.order.pk)
    assert order.state == OrderState.ACCEPTED
    assert Assignment.objects.get(order=order).state == AssignmentState.WITHDRAWN
    assert not Booking.objects.filter(worker=stage.workers[0]).exists()
    assert Warning.objects.filter(order=order, kind="worker_lost", cleared_at=None).exists()
    told = set(Notice.objects.filter(kind="orders.worker_lost").values_list("person_id", flat=True))
    assert {stage.customer.person.pk, stage.head.person.pk, stage.people[0].person.pk} <= told
    # Looking at the clock does not clear it, choosing does; the signed contract stands.
    ticks.warn(at=NOON + timedelta(hours=30))
    assert Warning.objects.filter(order=order, kind="worker_lost", cleared_at=None).exists()
    deal.later(minutes=2).agree(1)
    assert not Warning.objects.filter(order=order, kind="worker_lost", cleared_at=None).exists()
    addendum = deal.contract
    assert addendum.is_addendum and addendum.values["worker.name"] == stage.people[1].person.name
    deal.sign()
    deal.seal()
    order.refresh_from_db()
    assert order.state == OrderState.SIGNED
    assert_time_is_held_for_the_live_alone()


def test_the_agency_answers_for_it_if_the_customer_cancels_then(deal: Deal) -> None:
    pause(deal.stage)
    order = Order.objects.get(pk=deal.order.pk)
    for side in (Side.CUSTOMER, Side.AGENCY):
        terms = cancel_terms_of(order, side=side, at=START - timedelta(hours=1))
        assert (terms.allowed, terms.fee_bp, terms.compensation_bp) == (True, 0, 3000)


def test_an_unsigned_contract_that_names_them_is_void(stage: Stage) -> None:
    order_id = agreed(stage).order_id
    jobs.drain(NOON)
    pause(stage)
    assert Order.objects.get(pk=order_id).state == OrderState.ACCEPTED
    rows = Contract.objects.filter(order=order_id)
    assert sorted(row.state for row in rows) == ["drafting", "void"]
    assert rows.get(state="drafting").assignment_id is None


def test_a_proposal_is_taken_back(stage: Stage) -> None:
    order = accepted(stage)
    proposed(stage, order)
    pause(stage)
    assert Order.objects.get(pk=order.pk).state == OrderState.ACCEPTED
    assert_time_is_held_for_the_live_alone()
    assert not Warning.objects.filter(kind="worker_lost").exists()


def test_an_affiliation_that_ended_counts_too(stage: Stage) -> None:
    order_id = agreed(stage).order_id
    Affiliation.objects.filter(worker=stage.workers[0]).update(organisation=stage.rival.organisation)
    assert lose.lose_worker(worker_id=stage.workers[0].pk, by=stage.head.actor, at=NOON) == 1
    assert Order.objects.get(pk=order_id).state == OrderState.ACCEPTED


def test_who_is_back_at_once_keeps_the_visit_and_twice_is_once(stage: Stage) -> None:
    order_id = agreed(stage).order_id
    for to in (WorkerState.PAUSED, WorkerState.ACTIVE):
        workers.set_state(worker_id=stage.workers[0].pk, to=to, by=stage.worker, at=NOON)
    jobs.drain(NOON)
    assert Order.objects.get(pk=order_id).state == OrderState.CONTRACTING
    pause(stage)
    assert lose.lose_worker(worker_id=stage.workers[0].pk, by=stage.head.actor, at=NOON) == 0


def test_one_on_the_way_who_stops_leaves_the_visit_planned(deal: Deal) -> None:
    from anxin.orders.actions import visit

    day = Visit.objects.select_related("order__customer").get(order=deal.order)
    visit.depart(day, by=deal.stage.worker, at=START - timedelta(minutes=40))
    pause(deal.stage)
    assert Visit.objects.get(order=deal.order).state == VisitState.PLANNED


def test_the_next_stands_in_for_nobody(deal: Deal) -> None:
    order = Order.objects.select_related("customer").get(pk=deal.order.pk)
    new = assign.propose(order, worker_id=deal.stage.workers[1].pk, score={}, by=deal.head, at=NOON)
    pause(deal.stage)
    new.refresh_from_db()
    assert (new.state, new.replaces_id) == (AssignmentState.PROPOSED, None)
    new = Assignment.objects.select_related("order__customer", "visit").get(pk=new.pk)
    assign.confirm(new, by=deal.stage.people[1].actor, at=NOON)
    assign.agree(new, by=deal.customer, at=NOON)
    assert Order.objects.get(pk=order.pk).state == OrderState.CONTRACTING
