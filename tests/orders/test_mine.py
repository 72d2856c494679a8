"""A customer's own orders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.cast import Member
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
