"""What the reviewed could tell an anonymous author by: the story of the very order that was reviewed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from anxin.kit import jobs
from anxin.notices.models import Notice
from anxin.orders.actions import ticks
from anxin.orders.models import Order
from anxin.orders.states import OrderState
from anxin.reviews.values import Target
from tests.reviews.test_write import END, rate
from tests.stage import Stage

At = Callable[..., Client]
pytestmark = [pytest.mark.django_db, pytest.mark.requirement("B-7.7.2")]


@pytest.fixture(autouse=True)
def afterwards(at_noon: Any) -> None:
    at_noon.move_to(END)


def test_the_order_tells_the_reviewed_nothing_of_an_anonymous_review(
    stage: Stage, order: Order, client_of: At
) -> None:
    rate(stage, order, anonymous=True, words="饭菜可口")
    rate(stage, order, target=Target.WORKER, anonymous=True, words="话有点多")
    jobs.drain(END, discard=frozenset({"payments.draw_bill"}))  # played as paid already
    assert not Notice.objects.filter(kind__startswith="orders.reviewed").exists()
    for who in (stage.head, stage.people[0]):
        told = client_of(who).get(f"/orders/{order.number}/").content.decode()
        for word in ("客户评价了", "饭菜可口", "话有点多", "订单已结束"):
            assert word not in told, word
    own = client_of(stage.customer).get(f"/orders/{order.number}/").content.decode()
    assert "饭菜可口" in own


def test_an_order_with_an_anonymous_review_ends_when_the_time_for_reviews_does(
    stage: Stage, order: Order
) -> None:
    rate(stage, order)
    rate(stage, order, target=Target.WORKER, anonymous=True)
    order.refresh_from_db()
    assert order.state == OrderState.PAID
    ticks.tick(at=END + timedelta(days=15))
    order.refresh_from_db()
    assert order.state == OrderState.CLOSED


def test_a_named_review_is_told_to_whom_it_is_about(stage: Stage, order: Order, client_of: At) -> None:
    rate(stage, order, words="饭菜可口")
    jobs.drain(END, discard=frozenset({"payments.draw_bill"}))  # played as paid already
    assert Notice.objects.filter(kind="orders.reviewed_agency", person=stage.head.person).exists()
    assert "饭菜可口" in client_of(stage.head).get(f"/orders/{order.number}/").content.decode()
