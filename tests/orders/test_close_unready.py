"""The clock ends accepted orders that are not ready when their time has passed, and keeps who let it pass."""

from __future__ import annotations

from datetime import timedelta

import pytest

from anxin.kit import jobs
from anxin.notices.models import Notice
from anxin.orders.actions import ticks
from anxin.orders.actions.marks import mark_signed, mark_waiting
from anxin.orders.models import Order, Visit, Warning
from anxin.orders.states import OrderState, VisitState
from anxin.orders.values import Side
from anxin.workers.models import Booking
from tests.cast import NOON
from tests.orders.steps import accepted, agreed, carded, proposed
from tests.stage import START, Stage

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("C-5.4.6")]
LATE = START + timedelta(minutes=120)


def fresh(order_id: object) -> Order:
    return Order.objects.get(pk=order_id)


def test_without_a_worker_it_is_closed_after_the_published_minutes_and_the_agency_is_at_fault(
    stage: Stage,
) -> None:
    order = accepted(stage)
    proposed(stage, order)
    ticks.tick(at=LATE - timedelta(minutes=1))
    assert fresh(order.pk).state == OrderState.ACCEPTED
    ticks.tick(at=LATE)
    jobs.drain(LATE)
    order = fresh(order.pk)
    assert (order.state, order.at_fault, order.cancelled_by) == (OrderState.CANCELLED, "agency", "platform")
    assert (order.fee_fen, order.compensation_fen) == (0, 0)
    assert Visit.objects.get(order=order).state == VisitState.CANCELLED
    assert not Booking.objects.filter(span__startswith=START).exists()
    told = set(Notice.objects.filter(kind="orders.cancelled").values_list("person_id", flat=True))
    assert {stage.customer.person.pk, stage.head.person.pk} <= told
    assert ticks.tick(at=LATE + timedelta(minutes=1)) == 0


def test_a_card_the_customer_left_unanswered_is_theirs(stage: Stage) -> None:
    order = accepted(stage)
    carded(stage, order)
    ticks.tick(at=START)
    ticks.tick(at=LATE)
    assert (fresh(order.pk).state, fresh(order.pk).at_fault) == (OrderState.CANCELLED, "customer")


@pytest.mark.parametrize(
    ("waits", "fault"), [(Side.CUSTOMER, "customer"), (Side.AGENCY, "agency"), (Side.WORKER, "agency")]
)
def test_an_unsigned_contract_is_the_fault_of_whose_turn_it_was(
    stage: Stage, waits: Side, fault: str
) -> None:
    order_id = agreed(stage).order_id
    mark_waiting(order_id=order_id, side=waits)
    ticks.tick(at=LATE)
    order = fresh(order_id)
    assert (order.state, order.at_fault, order.fee_fen) == (OrderState.CANCELLED, fault, 0)


def test_once_a_contract_stood_the_party_at_fault_owes_by_the_table(stage: Stage) -> None:
    order_id = agreed(stage).order_id
    mark_signed(order_id=order_id, by=stage.head.actor, at=NOON)
    Order.objects.filter(pk=order_id).update(state=OrderState.CONTRACTING)
    mark_waiting(order_id=order_id, side=Side.AGENCY)
    ticks.tick(at=LATE)
    order = fresh(order_id)
    assert (order.at_fault, order.fee_fen, order.compensation_fen) == ("agency", 0, 4500)


def test_both_sides_are_warned_before_it_is_closed(stage: Stage) -> None:
    order = accepted(stage)
    ticks.warn(at=START - timedelta(hours=4))
    assert set(Warning.objects.filter(order=order).values_list("kind", flat=True)) == {"no_worker"}
    ticks.warn(at=START)
    jobs.drain(START)
    assert Warning.objects.filter(order=order, kind="closing", cleared_at=None).exists()
    told = set(Notice.objects.filter(kind="orders.warning_closing").values_list("person_id", flat=True))
    assert {stage.customer.person.pk, stage.head.person.pk} <= told


def test_a_signed_order_is_left_alone(stage: Stage) -> None:
    order_id = agreed(stage).order_id
    mark_signed(order_id=order_id, by=stage.head.actor, at=NOON)
    ticks.tick(at=LATE)
    assert fresh(order_id).state == OrderState.SIGNED
