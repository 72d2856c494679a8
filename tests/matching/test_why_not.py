"""A worker who was not given an order is told which gate stopped them and what opens it; of the household, nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from anxin.kit.actor import SYSTEM
from anxin.matching import queries
from anxin.matching.pages.standing import _WHERE, gate_row
from anxin.orders import public as orders
from anxin.orders.models import Order
from anxin.workers import public as workers
from anxin.workers.models import Affiliation, Credential, Shift, WorkArea
from anxin.workers.values import GATE_LABELS, GATE_OPENERS, BlockSide, Gate
from tests.cast import NOON, Member, token_of
from tests.orders import played
from tests.stage import Stage

At = Callable[..., Client]
pytestmark = [pytest.mark.usefixtures("at_noon"), pytest.mark.requirement("E-6")]
SECRETS = ("陈静", "临天路", "19900000001", "家里有一只猫", "陈*")


@pytest.fixture
def given(stage: Stage) -> Order:
    """An order of 甲 for which 王芳 was chosen and 李梅 was not."""
    order, _ = played.proposed(stage)
    return order


def page_of(client_of: At, stage: Stage, order: Order) -> str:
    return client_of(stage.people[1]).get(f"/orders/{order.number}/standing/").content.decode()


def close(stage: Stage, gate: Gate, order: Order) -> None:
    """Shut one gate for 李梅."""
    worker = stage.workers[1]
    if gate is Gate.SHIFT:
        Shift.objects.filter(worker=worker).delete()
    elif gate is Gate.AREA:
        WorkArea.objects.filter(worker=worker).delete()
    elif gate is Gate.SKILL:
        workers.set_skills(worker_id=worker.pk, levels={}, by=SYSTEM, at=NOON)
    elif gate is Gate.INSURANCE:
        Credential.objects.filter(worker=worker, kind="insurance").update(occupation_class=1)
    elif gate is Gate.GREEN:
        Credential.objects.filter(worker=worker, kind="background_check").update(withdrawn_at=NOON)
    elif gate is Gate.BLOCKED:
        workers.block(
            worker_id=worker.pk, household=order.customer_id, side=BlockSide.HOUSEHOLD, about=order.pk,
            reason="不要再来", by=stage.customer.actor, at=NOON,
        )  # fmt: skip


@pytest.mark.parametrize(
    "gate", [Gate.SHIFT, Gate.AREA, Gate.SKILL, Gate.INSURANCE, Gate.GREEN, Gate.BLOCKED]
)
def test_the_gate_that_stopped_them_is_told_with_what_opens_it(
    stage: Stage, given: Order, client_of: At, gate: Gate
) -> None:
    close(stage, gate, given)
    page = page_of(client_of, stage, given)
    assert GATE_LABELS[gate] in page and GATE_OPENERS[gate] in page
    for other in set(Gate) - {gate}:
        assert GATE_LABELS[other] not in page
    assert all(secret not in page for secret in (*SECRETS, "不要再来"))


def test_with_no_gate_in_the_way_their_place_is_told(stage: Stage, given: Order, client_of: At) -> None:
    page = page_of(client_of, stage, given)
    assert "没有门槛拦着您" in page and "综合得分" in page
    assert all(secret not in page for secret in (*SECRETS, "王芳"))


def test_every_gate_has_words_for_what_opens_it_and_a_way_where_there_is_one() -> None:
    assert set(GATE_OPENERS) == set(GATE_LABELS) == set(Gate)
    for gate in Gate:
        assert bool(gate_row(gate)["href"]) is (gate in _WHERE)


def test_the_list_leads_to_each_and_to_nothing_that_is_not_theirs(
    stage: Stage, given: Order, client_of: At, zhao_qiang: Member
) -> None:
    client = client_of(stage.people[1])
    where = f"/orders/{given.number}/standing/"
    page = client.get("/standing/").content.decode()
    assert where in page and all(secret not in page for secret in SECRETS)
    assert "/standing/" in client.get("/hall/").content.decode()
    # Who was chosen reads their score instead; another agency's worker, a household and a desk read nothing.
    assert where not in client_of(stage.people[0]).get("/standing/").content.decode()
    assert where not in client_of(zhao_qiang).get("/standing/").content.decode()
    for who in (zhao_qiang, stage.customer, stage.rival, stage.head):
        assert client_of(who).get(where).status_code == 404


def test_an_open_order_of_their_towns_asks_whether_they_may_grab(
    stage: Stage, client_of: At, zhao_qiang: Member
) -> None:
    order = stage.ask(version_id=None)
    assert "没有门槛拦着您" in page_of(client_of, stage, order)
    Affiliation.objects.filter(worker=stage.workers[1]).update(may_grab=False)
    assert GATE_LABELS[Gate.AFFILIATION] in page_of(client_of, stage, order)
    # In a town where they do not work it is none of theirs.
    worker = workers.worker_of(zhao_qiang.id)
    assert worker
    assert orders.passed_over_one(order.number, worker, NOON)
    WorkArea.objects.filter(worker=worker, town_code=order.town_code).delete()
    assert orders.passed_over_one(order.number, worker, NOON) is None


def test_what_is_over_is_told_no_more(stage: Stage, given: Order) -> None:
    later = given.starts_at + timedelta(minutes=1)
    assert orders.passed_over_one(given.number, stage.workers[1], given.starts_at - timedelta(minutes=1))
    assert orders.passed_over_one(given.number, stage.workers[1], later) is None


def test_a_program_reads_the_same(stage: Stage, given: Order, client: Client) -> None:
    close(stage, Gate.SHIFT, given)
    headers = token_of(stage.people[1].person)
    [row] = client.get("/api/v1/standing/", headers=headers).json()
    assert row["number"] == given.number
    found = client.get(f"/api/v1/orders/{given.number}/standing/", headers=headers)
    assert [gate["gate"] for gate in found.json()["gates"]] == ["shift"] and found.json()["place"] is None
    assert all(secret not in found.content.decode() for secret in SECRETS)
    rival = token_of(stage.rival.person)
    assert client.get(f"/api/v1/orders/{given.number}/standing/", headers=rival).status_code == 404


def test_the_list_costs_the_same_for_one_as_for_two(
    stage: Stage, given: Order, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    worker = stage.workers[1]
    with django_assert_num_queries(3):
        assert len(orders.passed_over(worker, NOON)) == 1
    stage.ask(version_id=None)
    with django_assert_num_queries(3):
        assert len(orders.passed_over(worker, NOON)) == 2


def test_the_place_is_that_of_the_ranking(stage: Stage, given: Order) -> None:
    found = queries.why_not(given, stage.workers[1].pk, NOON)
    ranked = [one.worker_id for one in queries.rank(given, NOON)]
    assert found.place and ranked[found.place - 1] == stage.workers[1].pk and found.of == len(ranked)
