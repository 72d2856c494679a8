"""The order on one sheet of paper: for who goes and who sends, with no more than their page of the order shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.cast import NOON, Member
from tests.orders import played
from tests.stage import Stage

At = Callable[..., Client]


@pytest.fixture(autouse=True)
def noon() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


def test_the_worker_carries_address_checklist_and_places_to_sign(stage: Stage, client_of: At) -> None:
    order, _visit = played.signed(stage)
    answer = client_of(stage.people[0]).get(f"/orders/{order.number}/sheet/")
    page = answer.content.decode()
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert page.count(order.number) >= 2
    assert "data:image/svg+xml" in page
    assert order.place["detail"] in page
    assert order.place["phone"] in page
    assert "☐" in page
    assert "服务员签名和时间" in page
    assert "客户签名和时间" in page
    assert "data-print" in page
    assert (
        f"/orders/{order.number}/sheet/"
        in client_of(stage.people[0]).get(f"/orders/{order.number}/").content.decode()
    )


def test_the_agency_prints_its_customer_masked_with_a_line_to_fill_in(stage: Stage, client_of: At) -> None:
    order, _visit = played.signed(stage)
    page = client_of(stage.head).get(f"/orders/{order.number}/sheet/").content.decode()
    assert order.place["detail"] not in page
    assert order.place["phone"] not in page
    assert "ax-blank" in page


def test_the_list_before_the_visit_is_the_list_of_the_visit(stage: Stage, client_of: At) -> None:
    order, visit = played.in_service(stage)
    where, client = f"/orders/{order.number}/sheet/", client_of(stage.head)
    during = [line.words for line in client.get(where).context["lines"]]
    visit.steps.all().delete()
    assert during
    assert [line.words for line in client.get(where).context["lines"]] == during


def test_neither_customers_nor_strangers_have_the_sheet(
    stage: Stage, client_of: At, stranger: Member
) -> None:
    order, _visit = played.signed(stage)
    for who in (stage.customer, stage.rival, stage.people[1], stranger):
        assert client_of(who).get(f"/orders/{order.number}/sheet/").status_code == 404


def test_a_worker_who_was_only_asked_learns_no_door(stage: Stage, client_of: At) -> None:
    order, _proposal = played.proposed(stage)
    page = client_of(stage.people[0]).get(f"/orders/{order.number}/sheet/").content.decode()
    assert order.place["detail"] not in page
    assert order.place["phone"] not in page


def test_the_sheet_costs_no_more_with_a_longer_list(
    stage: Stage, client_of: At, django_assert_max_num_queries: Any
) -> None:
    order, visit = played.in_service(stage)
    client = client_of(stage.head)
    client.get(f"/orders/{order.number}/sheet/")
    with CaptureQueriesContext(connection) as one:
        client.get(f"/orders/{order.number}/sheet/")
    for n in range(50, 70):
        visit.steps.create(position=n, text="擦窗", needs_photo=False)
    with django_assert_max_num_queries(len(one)):
        assert "擦窗" in client.get(f"/orders/{order.number}/sheet/").content.decode()
