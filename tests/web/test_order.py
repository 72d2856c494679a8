"""One order at one address, with a face for each side."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from anxin.kit.clock import local_date
from anxin.matching import public as matching
from anxin.orders.actions import assign, change, visit
from anxin.workers.models import Credential
from tests.cast import NOON, Member
from tests.orders import played
from tests.stage import START, Stage

At = Callable[..., Client]


@pytest.fixture(autouse=True)
def noon() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


def test_each_side_is_told_its_own_next_step(stage: Stage, client_of: At) -> None:
    order = played.accepted(stage)
    where = f"/orders/{order.number}/"
    assert "机构正在为您选派服务员" in client_of(stage.customer).get(where).content.decode()
    assert "去选派" in client_of(stage.head).get(where).content.decode()


@pytest.mark.requirement("C-5.3.8")
def test_the_customer_is_not_told_that_all_is_well_with_a_code_that_is_not_green_then(
    stage: Stage, client_of: At
) -> None:
    order, _day = played.signed(stage)
    where, client = f"/orders/{order.number}/", client_of(stage.customer)
    assert "一切就绪" in client.get(where).content.decode()
    papers = Credential.objects.filter(worker=stage.workers[0], kind="background_check")
    papers.update(valid_to=local_date(START) - timedelta(days=1))
    # Green on the day they read it, and no longer when somebody is to come.
    page = client.get(where).content.decode()
    assert "一切就绪" not in page
    assert "安心码在服务那天不是绿码" in page


def test_the_customer_is_not_told_that_all_is_well_when_the_time_has_come_and_nobody_set_out(
    stage: Stage, client_of: At
) -> None:
    order, day = played.signed(stage)
    where = f"/orders/{order.number}/"
    with time_machine.travel(START + timedelta(minutes=5), tick=False):
        client = client_of(stage.customer)
        late = client.get(where).content.decode()
        assert "一切就绪" not in late and "服务员还没有出发" in late
        assert "过了约定时间 30 分钟还没有人到，可以取消，由机构承担" in late
        visit.depart(day, by=stage.worker, at=START + timedelta(minutes=5))
        assert "服务员在路上" in client.get(where).content.decode()


def test_the_customer_is_not_told_that_who_may_not_enter_still_comes(stage: Stage, client_of: At) -> None:
    order, _day = played.signed(stage)
    where, client = f"/orders/{order.number}/", client_of(stage.customer)
    proposal = matching.propose(order=order, worker_id=stage.workers[1].pk, by=stage.head.actor, at=NOON)
    assert "原来约定的服务员不变" in client.get(where).content.decode()
    papers = Credential.objects.filter(worker=stage.workers[0], kind="background_check")
    papers.update(valid_to=local_date(START) - timedelta(days=1))
    asked = client.get(where).content.decode()
    assign.confirm(proposal, by=stage.people[1].actor, at=NOON)
    carded = client.get(where).content.decode()
    for page in (asked, carded):
        assert "原来约定的服务员安心码不是绿码，不能入户" in page
        assert "原来约定的服务员不变" not in page and "仍是原来那位" not in page


@pytest.mark.parametrize("tail", ["", "live/"])
def test_whoever_has_no_part_in_it_meets_nothing(
    stage: Stage, client_of: At, client: Client, stranger: Member, tail: str
) -> None:
    order, _proposal = played.proposed(stage)
    where = f"/orders/{order.number}/{tail}"
    for who in (stranger, stage.rival, stage.people[1]):
        assert client_of(who).get(where).status_code in (403, 404)
    assert "陈静" not in client.get(where, follow=True).content.decode()


def test_a_worker_who_does_not_come_any_more_is_told_so_and_led_on(stage: Stage, client_of: At) -> None:
    """An older notice, or the page they had open, leads to an order that is theirs no more."""
    order, proposal = played.proposed(stage)
    where, worker = f"/orders/{order.number}/", client_of(stage.people[0])
    assert worker.get(where).status_code == 200
    assign.withdraw(proposal, reason="另有安排", by=stage.head.actor, at=NOON)
    answer = worker.get(where, follow=True)
    assert answer.redirect_chain == [("/today/", 303)]
    page = answer.content.decode()
    assert f"订单 {order.number} 现在不由您上门" in page
    assert "陈静" not in page
    assert worker.get(f"{where}live/")["HX-Redirect"] == where
    change.cancel(order, reason="不需要了", by=stage.customer.actor, at=NOON)
    assert f"订单 {order.number} 已取消，您不用上门" in worker.get(where, follow=True).content.decode()


def test_the_page_listens_for_what_happens_to_its_order(stage: Stage, client_of: At) -> None:
    order = stage.ask()
    page = client_of(stage.customer).get(f"/orders/{order.number}/").content.decode()
    assert f"/orders/{order.number}/live/" in page
    part = client_of(stage.customer).get(f"/orders/{order.number}/live/").content.decode()
    assert "<html" not in part
    assert "需求已送到机构" in part


def test_one_primary_step_on_the_page(stage: Stage, client_of: At) -> None:
    order, _card = played.carded(stage)
    page = client_of(stage.customer).get(f"/orders/{order.number}/").content.decode()
    assert page.count("btn-primary") == 1


def test_the_agency_sees_the_customer_masked_and_a_way_to_see_them_whole_for_a_reason(
    stage: Stage, client_of: At
) -> None:
    order = played.accepted(stage)
    page = client_of(stage.head).get(f"/orders/{order.number}/").content.decode()
    assert "19900000001" not in page and "临天路" not in page
    assert "199****0001" in page and f"/look/order/{order.pk}/" in page


def test_the_page_costs_no_more_queries_for_a_longer_list_of_steps(stage: Stage, client_of: At) -> None:
    order, day = played.in_service(stage)
    client = client_of(stage.customer)
    client.get(f"/orders/{order.number}/")
    with CaptureQueriesContext(connection) as before:
        client.get(f"/orders/{order.number}/")
    from anxin.orders.models import Step

    Step.objects.bulk_create(
        Step(visit=day, position=n, text="再擦一遍", needs_photo=False) for n in range(10, 20)
    )
    with CaptureQueriesContext(connection) as after:
        client.get(f"/orders/{order.number}/")
    assert len(after) <= len(before)


@pytest.mark.requirement("B-7.5.1")
def test_a_customer_reads_that_a_replacement_is_asked_and_that_the_old_worker_stands_until_they_agree(
    stage: Stage, client_of: At
) -> None:
    order = played.signed(stage)[0]
    made = assign.propose(order, worker_id=stage.workers[1].pk, score={}, by=stage.head.actor, at=NOON)
    customer, where = client_of(stage.customer), f"/orders/{order.number}/"
    page = customer.get(where).content.decode()
    assert "机构想换一位服务员" in page and "您同意之前，原来约定的服务员不变" in page
    assign.confirm(made, by=stage.people[1].actor, at=NOON)
    assert "不合适就仍是原来那位" in customer.get(where).content.decode()
