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
from tests.seeking import sought
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


def test_the_board_is_narrowed_by_number_phone_worker_service_and_day(stage: Stage, client_of: At) -> None:
    order, _proposal = played.proposed(stage)
    client = client_of(stage.head)

    def found(query: str) -> bool:
        return order.number in sought(client, "/desk/orders/", query).content.decode()

    for query in (
        f"q={order.number[:9].lower()}", f"q={stage.customer.person.phone}", "q=王芳", f"item={order.item_code}",
        f"from={START:%Y-%m-%d}", "sort=-service", "item=nonsense",
    ):  # fmt: skip
        assert found(query), query
    for query in ("q=O999999", "q=19900009999", "q=李梅", "item=0603", "to=2001-01-01", "warned=yes"):
        assert not found(query), query


def test_the_board_is_exported_with_masked_names(stage: Stage, client_of: At) -> None:
    order, _proposal = played.proposed(stage)
    answer = client_of(stage.head).get("/desk/orders/?format=csv")
    text = answer.content.decode("utf-8-sig")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert order.number in text and "陈*" in text and "陈静" not in text
    assert order.number not in client_of(stage.rival).get("/desk/orders/?format=csv").content.decode()


def test_chosen_orders_are_exported_whatever_their_state_and_nobody_elses(
    stage: Stage, client_of: At
) -> None:
    chosen, left = played.accepted(stage), played.accepted(stage)
    sent = {"format": "chosen", "row": [chosen.number]}
    client = client_of(stage.head)
    assert f'form="batch" name="row" value="{chosen.number}"' in client.get("/desk/orders/").content.decode()
    text = client.get("/desk/orders/", sent | {"state": "closed"}).content.decode("utf-8-sig")
    assert chosen.number in text
    assert left.number not in text
    assert chosen.number not in client_of(stage.rival).get("/desk/orders/", sent).content.decode("utf-8-sig")
    refused = client.get("/desk/orders/", {"format": "chosen"})
    assert refused.status_code == 422
    assert "还没有勾选" in refused.content.decode()
