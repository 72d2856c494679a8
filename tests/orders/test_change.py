"""Cancelling and moving through the pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from anxin.orders.actions import change, visit
from anxin.orders.models import Change, Order, Visit
from anxin.orders.states import OrderState
from tests.cast import NOON, Member
from tests.orders import played
from tests.stage import START, Stage

At = Callable[..., Client]
pytestmark = pytest.mark.usefixtures("at_noon")


def test_cancelling_early_is_free_and_says_so(stage: Stage, client_of: At) -> None:
    order = stage.ask()
    client, where = client_of(stage.customer), f"/orders/{order.number}/cancellation/"
    assert "不产生任何费用" in client.get(where).content.decode()
    assert client.post(where, {"reason": "", "seen_fee_fen": "0"}).status_code == 422
    assert Order.objects.get(pk=order.pk).state == OrderState.SUBMITTED
    assert client.post(where, {"reason": "家里有事", "seen_fee_fen": "0"}).status_code == 303
    assert Order.objects.get(pk=order.pk).state == OrderState.CANCELLED


def test_a_fee_that_rose_is_shown_before_it_is_taken(stage: Stage, client_of: At, at_noon: Any) -> None:
    order, _day = played.signed(stage)
    at_noon.move_to(START - timedelta(hours=1))
    client, where = client_of(stage.customer), f"/orders/{order.number}/cancellation/"
    answer = client.post(where, {"reason": "家里有事", "seen_fee_fen": "0"})
    assert answer.status_code == 409
    assert "45.00" in answer.content.decode()
    assert "家里有事" in answer.content.decode()
    assert Order.objects.get(pk=order.pk).state == OrderState.SIGNED
    assert client.post(where, {"reason": "家里有事", "seen_fee_fen": "4500"}).status_code == 303
    assert Order.objects.get(pk=order.pk).fee_fen == 4500


def test_a_compensation_that_rose_is_shown_before_the_agency_owes_it(
    stage: Stage, client_of: At, at_noon: Any
) -> None:
    order, _day = played.signed(stage)
    client, where = client_of(stage.head), f"/orders/{order.number}/cancellation/"
    shown = dict(re.findall(r'name="(seen_\w+)" value="(\d+)"', client.get(where).content.decode()))
    assert shown == {"seen_fee_fen": "0", "seen_compensation_fen": "0"}
    at_noon.move_to(START - timedelta(hours=1))
    client = client_of(stage.head)
    answer = client.post(where, {"reason": "服务员病了", **shown})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "45.00" in page
    assert "服务员病了" in page
    assert Order.objects.get(pk=order.pk).state == OrderState.SIGNED
    shown = dict(re.findall(r'name="(seen_\w+)" value="(\d+)"', page))
    assert client.post(where, {"reason": "服务员病了", **shown}).status_code == 303
    assert Order.objects.get(pk=order.pk).compensation_fen == 4500


def test_once_on_the_way_no_change_of_time_is_offered(stage: Stage, client_of: At, at_noon: Any) -> None:
    order, day = played.signed(stage)
    path = f"/orders/{order.number}/"
    for who in (stage.customer, stage.head):
        page = client_of(who).get(path).content.decode()
        assert f"{path}change/" in page
    at_noon.move_to(START - timedelta(minutes=40))
    visit.depart(day, by=stage.worker, at=START - timedelta(minutes=40))
    for who in (stage.customer, stage.head):
        page = client_of(who).get(path).content.decode()
        assert f"{path}change/" not in page
        assert f"{path}cancellation/" in page


def test_the_other_side_answers_a_change_of_time(stage: Stage, client_of: At) -> None:
    order, day = played.signed(stage)
    asked = {"day": "2026-03-21", "start": "15:00", "reason": "临时有事"}
    assert client_of(stage.customer).post(f"/orders/{order.number}/change/", asked).status_code == 303
    change = Change.objects.get(order=order)
    assert (
        client_of(stage.customer).post(f"/changes/{change.pk}/answer/", {"agreed": "yes"}).status_code == 403
    )
    assert Visit.objects.get(pk=day.pk).starts_at == START
    assert client_of(stage.head).post(f"/changes/{change.pk}/answer/", {"agreed": "yes"}).status_code == 303
    assert Visit.objects.get(pk=day.pk).starts_at == START + timedelta(days=1, hours=1)


def test_a_request_that_was_answered_meanwhile_is_not_said_to_wait(stage: Stage, client_of: At) -> None:
    """Two of the agency's staff have the order open: the second read that a request still waits for an answer."""
    order, day = played.signed(stage)
    later, path = START + timedelta(days=1), f"/orders/{order.number}/"
    wish = change.ask_change(day, starts_at=later, reason="有事", by=stage.customer.actor, at=NOON)
    assert wish is not None
    assert "已有一个待答复的改期请求" in client_of(stage.customer).get(f"{path}change/").content.decode()
    client, where = client_of(stage.head), f"/changes/{wish.pk}/answer/"
    assert client.post(where, {"agreed": "yes"}).status_code == 303
    for word in ("no", "yes"):
        answer = client.post(where, {"agreed": word}, follow=True)
        assert answer.redirect_chain == [(path, 303)]
        assert "这个改期请求已经有了答复" in answer.content.decode()
    assert Visit.objects.get(pk=day.pk).starts_at == later
    assert "待答复" not in client_of(stage.customer).get(f"{path}change/").content.decode()


def test_workers_and_strangers_neither_cancel_nor_move(stage: Stage, client_of: At, stranger: Member) -> None:
    order, _day = played.signed(stage)
    for who in (stranger, stage.people[0], stage.rival):
        for what in ("cancellation", "change"):
            assert client_of(who).get(f"/orders/{order.number}/{what}/").status_code in (403, 404)


def test_the_table_of_fees_is_public(client: Client, db: None) -> None:
    assert "服务员出发后" in client.get("/rules/cancellation/").content.decode()


def test_each_reader_is_told_whose_wish_and_whose_answer_it_was(stage: Stage, client_of: At) -> None:
    """“The other side” is somebody else for each of the three who read the line."""
    order, day = played.signed(stage)
    path, members = f"/orders/{order.number}/", (stage.customer, stage.head, stage.people[0])
    asked = {"starts_at": day.starts_at + timedelta(days=1), "reason": "要去医院", "at": NOON}
    wish = change.ask_change(day, by=stage.customer.actor, **asked)
    assert wish is not None
    assert "客户提出的，等机构答复" in client_of(stage.people[0]).get(path).content.decode()
    change.answer_change(wish, agreed=False, by=stage.head.actor, at=NOON)
    change.ask_change(day, by=stage.head.actor, **asked)
    for member in members:
        page = client_of(member).get(path).content.decode()
        times = "由 3月20日 周五 14:00 改到 3月21日 周六 14:00"
        assert f"客户提出改期，{times}：要去医院" in page
        assert "机构不同意改到 3月21日 周六 14:00，仍按原时间 3月20日 周五 14:00" in page
        # What the agency asks the customer for is not told to the worker before it is settled.
        assert (f"机构提出改期，{times}：要去医院" in page) is (member is not stage.people[0])
        assert "对方不同意" not in page
        assert "请您看看" not in page
