"""The same demand sent twice at once, with the same order id and no idempotency key, is one order."""

from __future__ import annotations

import threading
from typing import Any

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


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("B-7.2.2")
def test_the_other_one_may_be_made_right_after_the_look(stage: Stage) -> None:
    order_id = new_id()
    others: list[Order] = []

    def send() -> Order:
        return demand.submit_demand(stage.demand, order_id=order_id, by=stage.customer.actor, at=NOON)

    def other() -> None:
        try:
            others.append(send())
        finally:
            connection.close()

    def after_the_look(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found = execute(sql, params, many, context)
        if not others and sql.startswith("SELECT") and '"orders_order"' in sql:
            thread = threading.Thread(target=other)
            thread.start()
            thread.join()
        return found

    with connection.execute_wrapper(after_the_look):
        mine = send()
    assert [one.pk for one in others] == [mine.pk] == [order_id]
    assert (Order.objects.count(), Visit.objects.count()) == (1, 1)
