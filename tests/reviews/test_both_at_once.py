"""Agency and worker are rated at the same moment: the order is closed all the same."""

from __future__ import annotations

import threading

import pytest
from django.db import connections, transaction

from anxin.orders.models import Order
from anxin.orders.states import OrderState
from anxin.reviews import actions
from anxin.reviews.models import Review
from anxin.reviews.values import Target
from tests.stage import Stage


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("B-7.7.1")
def test_two_ratings_at_one_moment_close_the_order(stage: Stage, order: Order) -> None:
    by, at = stage.customer.actor, order.state_at
    scores = dict.fromkeys(("content", "scope", "quality", "fee"), 5)

    def rate(target: Target) -> None:
        mine = Order.objects.select_related("customer").get(pk=order.pk)
        begun.wait(10)
        try:
            actions.review(mine, target=target, scores=scores, words="", anonymous=False, by=by, at=at)
        finally:
            connections.close_all()

    begun = threading.Barrier(3)
    threads = [threading.Thread(target=rate, args=(target,)) for target in Target]
    for thread in threads:
        thread.start()
    with transaction.atomic():
        # Neither can name the order before both have come this far.
        Order.objects.select_for_update().get(pk=order.pk)
        begun.wait(10)
    for thread in threads:
        thread.join()

    order.refresh_from_db()
    assert Review.objects.filter(order=order).count() == 2
    assert order.state == OrderState.CLOSED
