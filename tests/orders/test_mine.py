"""A customer's own orders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from anxin.accounts.models import Organisation
from anxin.kit.errors import AsOneself
from anxin.kit.ids import new_id
from anxin.orders import public as orders
from anxin.orders.models import Order
from tests.cast import NOON, Member, in_post, signed_in
from tests.orders import played
from tests.stage import Stage

At = Callable[..., Client]
pytestmark = pytest.mark.usefixtures("at_noon")


def test_the_list_shows_only_ones_own(stage: Stage, client_of: At, stranger: Member) -> None:
    order = stage.ask()
    assert order.number in client_of(stage.customer).get("/orders/").content.decode()
    assert order.number not in client_of(stranger).get("/orders/").content.decode()


def test_ended_orders_stand_apart(stage: Stage, client_of: At) -> None:
    order = stage.ask()
    assert order.number not in client_of(stage.customer).get("/orders/?which=ended").content.decode()


def test_the_list_costs_the_same_however_long_it_is(
    stage: Stage, client_of: At, django_assert_max_num_queries: Any
) -> None:
    client = client_of(stage.customer)
    stage.ask(version_id=None)
    client.get("/orders/")
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get("/orders/")
    stage.ask(version_id=None)
    played.accepted(stage)
    with django_assert_max_num_queries(len(one)):
        client.get("/orders/")


def test_who_also_holds_a_post_is_shown_the_way_to_their_own_order(stage: Stage, jia: Organisation) -> None:
    order = stage.ask()
    post = in_post(stage.customer.person, jia, "agency.finance")
    client, where = signed_in(post.person, post.appointment), f"/orders/{order.number}/"
    for path, status in ((where, 404), ("/orders/", 403), ("/ask/0101/", 403)):
        refused = client.get(path)
        assert (refused.status_code, "以个人身份看" in refused.content.decode()) == (status, True)
    assert client.post("/post/", {"appointment": "", "next": where}).headers["Location"] == where
    assert client.get(where).status_code == 200
    assert client.get("/orders/").status_code == 200


def test_nobody_asks_for_a_household_while_acting_for_an_organisation(
    stage: Stage, jia: Organisation
) -> None:
    post = in_post(stage.customer.person, jia, "agency.finance")
    with pytest.raises(AsOneself):
        orders.submit_demand(stage.demand, order_id=new_id(), by=post.actor, at=NOON)
    assert not Order.objects.exists()


def test_who_holds_no_post_is_shown_no_other_side(stage: Stage, client_of: At, stranger: Member) -> None:
    refused = client_of(stranger).get(f"/orders/{stage.ask().number}/")
    assert refused.status_code == 404 and "/post/" not in refused.content.decode()
