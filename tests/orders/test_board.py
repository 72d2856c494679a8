"""An agency's orders and early warnings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from anxin.orders.actions.ticks import tick
from tests.cast import Member
from tests.orders import played
from tests.stage import START, Stage

At = Callable[..., Client]
pytestmark = pytest.mark.usefixtures("at_noon")


def test_the_board_shows_the_agencys_orders_alone(stage: Stage, client_of: At) -> None:
    order, _proposal = played.proposed(stage)
    page = client_of(stage.head).get("/desk/orders/").content.decode()
    assert order.number in page
    assert "王芳" in page
    assert "陈*" in page
    assert order.number not in client_of(stage.rival).get("/desk/orders/").content.decode()


def test_one_state_at_a_time(stage: Stage, client_of: At) -> None:
    order = played.accepted(stage)
    client = client_of(stage.head)
    assert order.number in client.get("/desk/orders/?state=accepted").content.decode()
    assert order.number not in client.get("/desk/orders/?state=billed").content.decode()


def test_the_board_costs_the_same_however_long_it_is(
    stage: Stage, client_of: At, django_assert_max_num_queries: Any
) -> None:
    client = client_of(stage.head)
    played.accepted(stage)
    client.get("/desk/orders/")
    with CaptureQueriesContext(connection) as one:
        client.get("/desk/orders/")
    played.accepted(stage)
    played.accepted(stage)
    with django_assert_max_num_queries(len(one)):
        client.get("/desk/orders/")


@pytest.mark.requirement("C-5.4.6")
def test_a_worker_who_does_not_come_is_warned_of(stage: Stage, client_of: At, at_noon: Any) -> None:
    order, _day = played.signed(stage)
    late = START + timedelta(minutes=20)
    at_noon.move_to(late)
    tick(at=late)
    page = client_of(stage.head).get("/desk/warnings/").content.decode()
    assert order.number in page
    assert order.number not in client_of(stage.rival).get("/desk/warnings/").content.decode()


def test_customers_have_no_board(stage: Stage, client_of: At, stranger: Member) -> None:
    for who in (stage.customer, stranger):
        assert client_of(who).get("/desk/orders/").status_code in (403, 404)
