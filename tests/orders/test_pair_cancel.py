"""Cancelling where two are to come at the same time: both before anybody has taken them, each alone after."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from anxin.kit import jobs
from anxin.kit.actor import SYSTEM
from anxin.notices.models import Notice
from anxin.orders import queries
from anxin.orders.actions import assign, change, offer, refusals
from anxin.orders.actions.marks import mark_signed
from anxin.orders.models import Note, Offer, Order
from anxin.orders.states import OfferState, OrderState
from anxin.orders.values import Side
from tests.cast import NOON
from tests.orders.pairs import halves, pair, taken
from tests.orders.steps import assert_time_is_held_for_the_live_alone, carded
from tests.stage import START, Stage
from tests.tape import scene

At = Callable[..., Client]
pytestmark = pytest.mark.django_db
LATE = START - timedelta(hours=1)


@scene
def signed(stage: Stage) -> tuple[Order, Order]:
    """Both halves with a worker and a contract."""
    for number, half in enumerate(taken(stage)):
        assign.agree(carded(stage, half, number), by=stage.customer.actor, at=NOON)
        mark_signed(order_id=half.pk, by=stage.head.actor, at=NOON)
    return halves(half)


@pytest.mark.parametrize("which", [0, 1])
def test_before_anybody_took_it_cancelling_ends_both(stage: Stage, which: int) -> None:
    both = pair(stage)
    change.cancel(both[which], reason="不需要了", by=stage.customer.actor, at=NOON)
    for half in halves(both[0]):
        assert (half.state, half.cancelled_by, half.fee_fen) == (OrderState.CANCELLED, Side.CUSTOMER, 0)
        assert half.visits.get().state == "cancelled"
    assert not Offer.objects.filter(state=OfferState.OPEN).exists()
    with pytest.raises(refusals.AlreadyTaken):
        offer.accept(
            both[1 - which], organisation_id=stage.head.organisation.pk, by=stage.head.actor, at=NOON
        )


def test_a_cancelling_that_is_refused_changes_neither(stage: Stage) -> None:
    first, _second = pair(stage)
    for wrong in ({"reason": " "}, {"reason": "不需要了", "seen_fee_fen": 5}):
        with pytest.raises((refusals.ReasonNeeded, refusals.TermsChanged)):
            change.cancel(first, **wrong, by=stage.customer.actor, at=NOON)
    assert {half.state for half in halves(first)} == {OrderState.SUBMITTED}


@pytest.mark.requirement("B-7.4.2")
def test_after_it_each_is_cancelled_alone_and_everybody_in_the_other_hears_of_it(stage: Stage) -> None:
    first, second = signed(stage)
    change.cancel(first, reason="只要一位", by=stage.customer.actor, at=NOON)
    first, second = halves(first)
    assert (first.state, second.state) == (OrderState.CANCELLED, OrderState.SIGNED)
    assert Note.objects.filter(order=second, kind="beside_cancelled").count() == 1
    jobs.drain(NOON)
    told = Notice.objects.filter(kind="orders.beside_cancelled").values_list("person_id", flat=True)
    assert {stage.people[1].id, stage.head.id} <= set(told) and stage.people[0].id not in told
    assert_time_is_held_for_the_live_alone()
    # Who cancelled themself pays for the other as for any order.
    assert queries.cancel_terms_of(second, side=Side.CUSTOMER, at=LATE).fee_bp == 3000


@pytest.mark.parametrize("at_fault", [None, Side.AGENCY])
def test_left_with_one_by_the_agency_the_customer_cancels_free(stage: Stage, at_fault: Side | None) -> None:
    first, second = signed(stage)
    by = SYSTEM if at_fault else stage.head.actor
    change.cancel(first, reason="服务员病了", at_fault=at_fault, by=by, at=NOON)
    found = queries.cancel_terms_of(halves(second)[1], side=Side.CUSTOMER, at=LATE)
    assert (found.allowed, found.fee_bp, found.compensation_bp) == (True, 0, 0)
    # The agency has no such ground.
    assert queries.cancel_terms_of(second, side=Side.AGENCY, at=LATE).compensation_bp == 3000


def test_the_page_says_what_becomes_of_the_other(stage: Stage, client_of: At, at_noon) -> None:
    first, second = pair(stage)
    client = client_of(stage.customer)
    page = client.get(f"/orders/{first.number}/cancellation/").content.decode()
    assert "两位一起取消" in page and second.number in page
    answer = client.post(
        f"/orders/{first.number}/cancellation/", {"reason": "不需要了", "seen_fee_fen": 0}, follow=True
    )
    assert "两张订单都已取消" in answer.content.decode()
    first, second = taken(stage)
    page = client.get(f"/orders/{first.number}/cancellation/").content.decode()
    assert "只取消这一单" in page and f"/orders/{second.number}/" in page
    client.post(f"/orders/{first.number}/cancellation/", {"reason": "只要一位", "seen_fee_fen": 0})
    assert [half.state for half in halves(first)] == [OrderState.CANCELLED, OrderState.ACCEPTED]
    assert "只来一位" in client.get(f"/orders/{second.number}/").content.decode()
