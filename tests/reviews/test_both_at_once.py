"""Agency and worker are rated at the same moment: the order is closed all the same."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connections

from anxin.orders.models import Order
from anxin.orders.states import OrderState
from anxin.reviews import actions
from anxin.reviews.models import Review
from anxin.reviews.values import Target
from tests.stage import Stage

# How long the one that has the order waits for the other, which must not come so far.
LONG_ENOUGH = 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("B-7.7.1")
def test_two_ratings_at_one_moment_close_the_order(
    stage: Stage, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    by, at = stage.customer.actor, order.state_at
    scores = dict.fromkeys(("content", "scope", "quality", "fee"), 5)
    begun, written = threading.Barrier(len(Target)), threading.Barrier(len(Target))
    record, met = actions.record, []

    def written_down(action: str, **rest: Any) -> None:
        record(action, **rest)
        # Both are written and neither is committed: the moment at which each counts its own alone.
        try:
            written.wait(LONG_ENOUGH)
            met.append(action)
        except threading.BrokenBarrierError:
            pass

    monkeypatch.setattr(actions, "record", written_down)

    def rate(target: Target) -> None:
        mine = Order.objects.select_related("customer").get(pk=order.pk)
        begun.wait(10)
        try:
            actions.review(mine, target=target, scores=scores, words="", anonymous=False, by=by, at=at)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=rate, args=(target,)) for target in Target]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    order.refresh_from_db()
    assert Review.objects.filter(order=order).count() == 2
    assert order.state == OrderState.CLOSED
    assert met == []
