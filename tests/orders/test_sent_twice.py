"""The same demand sent twice at once, with the same order id and no idempotency key, is one order."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from anxin.kit.ids import new_id
from anxin.orders.actions import demand
from anxin.orders.models import Order, Visit
from tests.cast import NOON
from tests.stage import Stage


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("B-7.2.2")
def test_two_at_once_are_one_order_and_both_get_it(stage: Stage) -> None:
    order_id, start = new_id(), threading.Barrier(2)
    made: list[Order] = []

    def send() -> None:
        try:
            start.wait()
            made.append(
                demand.submit_demand(stage.demand, order_id=order_id, by=stage.customer.actor, at=NOON)
            )
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {one.pk for one in made} == {order_id}
    assert len(made) == 2
    assert (Order.objects.count(), Visit.objects.count()) == (1, 1)
