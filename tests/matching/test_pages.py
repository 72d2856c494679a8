"""Choosing a worker through the desk, and where a worker stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from anxin.orders.actions import change
from anxin.orders.models import Assignment
from anxin.orders.states import AssignmentState
from anxin.workers.models import Worker
from anxin.workers.values import GATE_LABELS, Gate
from tests.cast import NOON, Member
from tests.orders import played
from tests.stage import Stage

At = Callable[..., Client]
pytestmark = pytest.mark.usefixtures("at_noon")


@pytest.mark.requirement("A-6.4.2", "E-6")
def test_candidates_are_ranked_and_each_score_is_explained(stage: Stage, client_of: At) -> None:
    order = played.accepted(stage)
    page = client_of(stage.head).get(f"/orders/{order.number}/candidates/").content.decode()
    # 王芳 lives nearer and has worked longer.
    assert page.index("王芳") < page.index("李梅")
    assert "赵强" not in page
    for told in ("距离", "评价", "经验", "信用"):
        assert told in page


def test_who_is_kept_out_is_named_with_the_reason_at_a_fixed_price(
    stage: Stage, client_of: At, django_assert_num_queries: Callable[..., Any]
) -> None:
    order = played.accepted(stage)
    head, where = client_of(stage.head), f"/orders/{order.number}/candidates/"
    head.get(where)
    with django_assert_num_queries(18):
        assert "本单暂不能派的人" not in head.get(where).content.decode()
    away = stage.workers[1]
    Worker.objects.filter(pk=away.pk).update(state="paused")
    # Beside those: the name, which agencies are live, the gates, the code, its papers.
    with django_assert_num_queries(18 + 5):
        page = head.get(where).content.decode()
    kept_out = page.partition("本单暂不能派的人")[2]
    assert f"/desk/workers/{away.number}/" in kept_out
    assert away.person.name in kept_out
    assert str(GATE_LABELS[Gate.ACTIVE]) in kept_out


def test_for_an_order_that_has_ended_nobody_is_chosen(stage: Stage, client_of: At) -> None:
    """Its candidates stood there with a button each, and every press was refused."""
    order, head = played.accepted(stage), client_of(stage.head)
    change.cancel(order, reason="不用了", by=stage.customer.actor, at=NOON)
    sent = head.post(f"/orders/{order.number}/assignment/", {"worker": str(stage.workers[0].pk)}, follow=True)
    assert sent.redirect_chain[-1] == (f"/orders/{order.number}/", 303)
    assert "这张订单现在不用选派服务员" in sent.content.decode()


@pytest.mark.requirement("A-6.4.2", "B-7.4.3")
def test_the_board_leads_to_the_choice_and_the_choice_to_a_proposal(stage: Stage, client_of: At) -> None:
    order, client = played.accepted(stage), client_of(stage.head)
    assert f"/orders/{order.number}/candidates/" in client.get("/desk/dispatch/").content.decode()
    sent = client.post(f"/orders/{order.number}/assignment/", {"worker": str(stage.workers[0].pk)})
    assert sent.headers["Location"] == f"/orders/{order.number}/"
    assert Assignment.objects.get(order=order).state == AssignmentState.PROPOSED


def test_a_worker_of_another_agency_cannot_be_proposed(stage: Stage, client_of: At) -> None:
    order = played.accepted(stage)
    other = Worker.objects.exclude(pk__in=[w.pk for w in stage.workers]).get()
    where = f"/orders/{order.number}/assignment/"
    answer = client_of(stage.head).post(where, {"worker": str(other.pk)}, follow=True)
    assert "现在不能接这张单" in answer.content.decode()
    assert not Assignment.objects.filter(order=order).exists()


def test_a_second_proposal_waits_until_the_first_is_withdrawn(stage: Stage, client_of: At) -> None:
    order, first = played.proposed(stage)
    client, where = client_of(stage.head), f"/orders/{order.number}/assignment/"
    client.post(where, {"worker": str(stage.workers[1].pk)})
    assert Assignment.objects.filter(order=order).count() == 1
    client.post(f"{where}withdrawal/", {"reason": "她请假了"})
    first.refresh_from_db()
    assert first.state == AssignmentState.WITHDRAWN
    client.post(where, {"worker": str(stage.workers[1].pk)})
    assert Assignment.objects.filter(order=order, state=AssignmentState.PROPOSED).count() == 1


@pytest.mark.requirement("B-7.5.2")
def test_a_signed_order_gets_another_worker_from_its_page(stage: Stage, client_of: At) -> None:
    order, _day = played.signed(stage)
    head = client_of(stage.head)
    assert f"/orders/{order.number}/candidates/" in head.get(f"/orders/{order.number}/").content.decode()
    head.post(f"/orders/{order.number}/assignment/", {"worker": str(stage.workers[1].pk)})
    one, other = (client_of(who).get(f"/orders/{order.number}/").content.decode() for who in stage.people)
    assert "我确认接单" not in one
    assert "我确认接单" in other
    assert "临天路" not in other
    client_of(stage.people[1]).post(f"/orders/{order.number}/proposal/confirmation/")
    assert "就选这位" in client_of(stage.customer).get(f"/orders/{order.number}/").content.decode()


@pytest.mark.requirement("E-6")
def test_a_worker_reads_why_they_stood_where_they_did(stage: Stage, client_of: At, stranger: Member) -> None:
    order, _proposal = played.proposed(stage)
    where = f"/orders/{order.number}/standing/"
    assert where in client_of(stage.people[0]).get(f"/orders/{order.number}/").content.decode()
    assert "综合得分" in client_of(stage.people[0]).get(where).content.decode()
    for who in (stranger, stage.customer, stage.rival):
        assert client_of(who).get(where).status_code in (403, 404)


@pytest.mark.requirement("E-6")
def test_the_weights_are_published(client: Client, db: None) -> None:
    assert "权重" in client.get("/rules/ranking/").content.decode()


def test_other_agencies_neither_see_nor_choose(stage: Stage, client_of: At, stranger: Member) -> None:
    order = played.accepted(stage)
    for who in (stage.rival, stranger, stage.customer):
        client = client_of(who)
        assert client.get(f"/orders/{order.number}/candidates/").status_code in (403, 404)
        chosen = {"worker": str(stage.workers[0].pk)}
        assert client.post(f"/orders/{order.number}/assignment/", chosen).status_code in (403, 404)
    assert not Assignment.objects.exists()
