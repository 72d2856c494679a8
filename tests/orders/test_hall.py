"""The hall, and answering a demand that was sent."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from anxin.orders.models import Offer, Order
from anxin.orders.states import OfferState, OrderState
from tests.cast import Member
from tests.stage import Stage

At = Callable[..., Client]
pytestmark = pytest.mark.usefixtures("at_noon")


@pytest.mark.requirement("E-15")
def test_the_hall_names_neither_customer_nor_house(stage: Stage, client_of: At) -> None:
    order = stage.ask(version_id=None)
    for client in (client_of(stage.head), client_of(stage.people[0])):
        page = client.get("/hall/").content.decode()
        assert f"/orders/{order.number}/" in page
        for secret in ("陈静", "临天路", "19900000001"):
            assert secret not in page


@pytest.mark.requirement("E-15", "B-7.3.1")
def test_of_two_agencies_the_second_is_told_it_was_late(stage: Stage, client_of: At) -> None:
    order = stage.ask(version_id=None)
    first = client_of(stage.head).post(f"/orders/{order.number}/acceptance/")
    assert first.headers["Location"] == f"/orders/{order.number}/"
    second = client_of(stage.rival).post(f"/orders/{order.number}/acceptance/", follow=True)
    assert "手慢了一步" in second.content.decode()
    order.refresh_from_db()
    assert order.provider_id == stage.head.organisation.pk


def test_whose_colleague_was_faster_is_led_to_the_order_that_is_theirs(
    stage: Stage, client_of: At, jia_dispatcher: Member
) -> None:
    """They read that another agency had taken it."""
    order = stage.ask(version_id=None)
    where = f"/orders/{order.number}/acceptance/"
    assert client_of(stage.head).post(where).status_code == 303
    answer = client_of(jia_dispatcher).post(where, follow=True)
    assert answer.redirect_chain == [(f"/orders/{order.number}/", 303)]
    page = answer.content.decode()
    assert "同事已经接下这张订单" in page
    assert "手慢了一步" not in page


@pytest.mark.requirement("E-15")
def test_a_worker_grabs_for_their_agency(stage: Stage, client_of: At) -> None:
    order = stage.ask(version_id=None)
    assert client_of(stage.people[0]).post(f"/orders/{order.number}/grab/").status_code == 303
    order.refresh_from_db()
    assert (order.state, order.provider_id) == (OrderState.ACCEPTED, stage.head.organisation.pk)


def test_a_stranger_cannot_grab(stage: Stage, client_of: At, stranger: Member) -> None:
    order = stage.ask(version_id=None)
    answer = client_of(stranger).post(f"/orders/{order.number}/grab/", follow=True)
    assert "抢单需要有签约的家政机构" in answer.content.decode()
    assert Order.objects.get(pk=order.pk).state == OrderState.SUBMITTED


@pytest.mark.requirement("B-7.3.1")
def test_an_agency_sees_the_need_in_full_and_the_customer_masked_before_it_answers(
    stage: Stage, client_of: At
) -> None:
    order = stage.ask()
    page = client_of(stage.head).get(f"/orders/{order.number}/offer/").content.decode()
    assert "家里有一只猫" in page
    assert "陈*" in page
    for secret in ("陈静", "临天路", "19900000001"):
        assert secret not in page


@pytest.mark.requirement("B-7.3.1")
def test_declining_needs_a_reason(stage: Stage, client_of: At) -> None:
    order = stage.ask()
    client, where = client_of(stage.head), f"/orders/{order.number}/offer/"
    assert client.post(where, {"reason": ""}).status_code == 422
    assert Offer.objects.get(order=order).state == OfferState.OPEN
    assert client.post(where, {"reason": "人手不够"}).status_code == 303
    assert Offer.objects.get(order=order).state == OfferState.DECLINED


def test_another_agency_does_not_see_an_offer_that_was_not_sent_to_it(stage: Stage, client_of: At) -> None:
    order = stage.ask()
    answer = client_of(stage.rival).get(f"/orders/{order.number}/offer/")
    assert answer.status_code == 303
    assert "家里有一只猫" not in client_of(stage.rival).get("/hall/").content.decode()
