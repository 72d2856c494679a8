"""Another worker comes instead of one who is already on the way: nobody is replaced without the customer's word."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from anxin.kit import jobs
from anxin.notices.models import Notice
from anxin.orders.actions import assign, refusals, visit
from anxin.orders.models import Assignment, Order, Step, Visit
from anxin.orders.states import AssignmentState, OrderState, VisitState
from anxin.payments.models import Bill
from anxin.safetycode import public as safetycode
from anxin.workers.models import Booking
from tests.contracts.conftest import Deal
from tests.orders.played import door, photo
from tests.orders.steps import assert_time_is_held_for_the_live_alone
from tests.stage import START

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("B-7.5.1", "B-7.6")]


def day_of(deal: Deal) -> Visit:
    return Visit.objects.select_related("order__customer").get(order=deal.order)


def on_the_way(deal: Deal, *, to_the_door: bool = False) -> datetime:
    leaves = START - timedelta(minutes=40)
    visit.contact(day_of(deal), how="phone", note="", by=deal.stage.worker, at=START - timedelta(hours=3))
    visit.depart(day_of(deal), by=deal.stage.worker, at=leaves)
    if to_the_door:
        visit.arrive(day_of(deal), point=door(deal.order), by=deal.stage.worker, at=leaves)
    return leaves + timedelta(minutes=5)


def carded(deal: Deal, at: datetime) -> Assignment:
    order = Order.objects.select_related("customer").get(pk=deal.order.pk)
    new = assign.propose(order, worker_id=deal.stage.workers[1].pk, score={}, by=deal.head, at=at)
    return assign.confirm(new, by=deal.stage.people[1].actor, at=at)


@pytest.mark.requirement("B-7.3.2", "B-7.8.1")
def test_from_a_worker_on_the_way_to_the_bill_of_another(deal: Deal) -> None:
    stage, old = deal.stage, Assignment.objects.get(order=deal.order)
    deal.at = on_the_way(deal)
    card = carded(deal, deal.at)
    # Until the customer has spoken nothing changes: the first worker is still the one who comes.
    assert day_of(deal).state == VisitState.EN_ROUTE
    old.refresh_from_db()
    assert old.state == AssignmentState.AGREED

    assign.agree(card, by=deal.customer, at=deal.at)
    jobs.drain(deal.at)
    day = day_of(deal)
    assert (day.state, day.departed_at, day.contacted_at) == (VisitState.PLANNED, None, None)
    old.refresh_from_db()
    assert old.state == AssignmentState.REPLACED
    assert not Booking.objects.filter(ref=old.pk).exists()
    assert_time_is_held_for_the_live_alone()
    told = Notice.objects.filter(kind="orders.replaced").values_list("person_id", flat=True)
    assert list(told) == [stage.people[0].person.pk]
    assert Notice.objects.filter(kind="orders.agreed", person=stage.people[1].person, at=deal.at).exists()

    addendum = deal.contract
    assert addendum.is_addendum and addendum.values["worker.name"] == stage.people[1].person.name
    with pytest.raises(refusals.NotSigned):
        visit.depart(day, by=stage.people[1].actor, at=deal.at)
    deal.later(minutes=2)
    deal.sign()
    deal.seal()

    new, arrives = stage.people[1].actor, deal.at + timedelta(minutes=20)
    visit.depart(day_of(deal), by=new, at=deal.at)
    visit.arrive(day_of(deal), point=door(deal.order), by=new, at=arrives)
    first = safetycode.display_token(stage.workers[0].pk, arrives)
    with pytest.raises(refusals.WrongWorker):
        visit.confirm_entry(day_of(deal), token=first, point=door(deal.order), by=deal.customer, at=arrives)
    token = safetycode.display_token(stage.workers[1].pk, arrives)
    visit.confirm_entry(day_of(deal), token=token, point=door(deal.order), by=deal.customer, at=arrives)
    for step in Step.objects.filter(visit=day):
        visit.add_photo(step, upload=photo(), by=new, at=arrives)
        visit.tick_step(step, done=True, note="", by=new, at=arrives)
    end = arrives + timedelta(hours=3)
    visit.finish(day_of(deal), note="", by=new, at=end)
    visit.confirm(day_of(deal), by=deal.customer, at=end)
    jobs.drain(end)
    assert Bill.objects.get(order=deal.order).total_fen == 15000
    assert Order.objects.get(pk=deal.order.pk).state == OrderState.BILLED


def test_at_the_door_too_and_the_customer_has_time_to_answer(deal: Deal) -> None:
    at = on_the_way(deal, to_the_door=True) + timedelta(hours=1)
    card = carded(deal, at)
    assert card.due_at is not None and card.due_at >= at + timedelta(minutes=30)
    assign.agree(card, by=deal.customer, at=at)
    assert (day_of(deal).state, day_of(deal).arrived_at) == (VisitState.PLANNED, None)


def test_a_customer_who_does_not_want_the_other_keeps_the_first(deal: Deal) -> None:
    at = on_the_way(deal)
    assign.reject(carded(deal, at), reason="就要原来那位", by=deal.customer, at=at)
    assert day_of(deal).state == VisitState.EN_ROUTE
    assert Order.objects.get(pk=deal.order.pk).state == OrderState.SIGNED
    assert_time_is_held_for_the_live_alone()
    visit.arrive(day_of(deal), point=door(deal.order), by=deal.stage.worker, at=START)
    token = safetycode.display_token(deal.stage.workers[0].pk, START)
    visit.confirm_entry(day_of(deal), token=token, point=door(deal.order), by=deal.customer, at=START)
    assert day_of(deal).state == VisitState.IN_SERVICE
