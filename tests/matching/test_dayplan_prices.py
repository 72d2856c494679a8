"""A planned change that alters price and worker: seen by the desk, asked of the customer in one word."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from anxin.agencies.values import Night, PriceList
from anxin.kit import jobs
from anxin.matching.actions.dayplan_publish import PlanRefused
from anxin.matching.values.dayplan import Turn
from anxin.notices.models import Notice
from anxin.orders.actions import assign
from anxin.orders.models import Assignment, Order
from anxin.orders.states import AssignmentState
from tests.cast import NOON
from tests.matching.test_dayplan_desk import board, change, planned, promised, published, waiting
from tests.matching.test_dayplan_publish import live
from tests.stage import START, Stage

pytestmark = [pytest.mark.usefixtures("at_noon"), pytest.mark.requirement("E-21c")]


def dearer_before_two(order: Order) -> None:
    """The frozen price list doubles what is worked between noon and 14:00."""
    frozen = PriceList.from_json(order.terms["price_list"])
    dear = replace(frozen, surcharges=(Night(720, 840, 20_000),))
    Order.objects.filter(pk=order.pk).update(terms={**order.terms, "price_list": dear.to_json()})


def test_another_price_is_shown_before_publishing_and_asked_for_in_the_same_word(
    stage: Stage, client_of: Any
) -> None:
    order = waiting(stage)
    promised(stage, order, 0)
    dearer_before_two(order)
    found = planned(stage)
    change(stage, found, order, lock=False, sooner=120, later=0)
    change(stage, found, order, worker_id=stage.workers[1].pk)
    (row,) = board(stage, found).differences
    then = row.becomes_at
    assert (row.turn, row.before_fen, row.after_fen) == (Turn.BOTH, 15_000, 25_000)
    with pytest.raises(PlanRefused) as refused:
        published(stage, found)
    (why,) = refused.value.refused
    assert (why.before_fen, why.after_fen) == (15_000, row.after_fen) and "¥150.00" in why.reason
    assert not order.changes.exists(), "nobody is asked for a price that the desk has not seen"
    head, where = client_of(stage.head), f"/desk/dispatch/plans/{found.pk}/"
    shown = head.get(where + "changes/").content.decode()
    assert f'name="seen" value="{order.pk}:{row.after_fen}"' in shown and "¥150.00" in shown
    found.refresh_from_db()
    sent = {"version": found.version, "seen": f"{order.pk}:{row.after_fen}"}
    assert head.post(where + "publication/", sent).status_code == 303
    asked = order.changes.get()
    assert (asked.before_fen, asked.after_fen, asked.starts_at) == (15_000, row.after_fen, then)
    order.refresh_from_db()
    assert order.total_fen == 15_000, "until the customer agrees"


def test_the_customer_sees_the_price_with_time_and_worker_and_agrees_to_all_at_once(
    stage: Stage, client_of: Any
) -> None:
    order = waiting(stage)
    promised(stage, order, 0)
    dearer_before_two(order)
    found = planned(stage)
    change(stage, found, order, lock=False, sooner=120, later=0)
    change(stage, found, order, worker_id=stage.workers[1].pk)
    published(stage, found, seen={order.pk: 25_000})
    made = Assignment.objects.select_related("order__customer", "visit", "change").get(
        order=order, worker=stage.workers[1].pk
    )
    assign.confirm(made, by=stage.people[1].actor, at=NOON)
    jobs.drain(NOON)
    assert any("250.00" in str(one.params) for one in Notice.objects.filter(person=stage.customer.id))
    customer = client_of(stage.customer)
    page = customer.get(f"/orders/{order.number}/").content.decode()
    assert "同意新时间和新服务员" in page and "¥250.00" in page
    answer = f"/changes/{order.changes.get().pk}/answer/"
    assert answer in page
    customer.post(answer, {"agreed": "yes"})
    order.refresh_from_db()
    assert order.total_fen == 15_000, "not without the price that was seen"
    customer.post(answer, {"agreed": "yes", "seen_total_fen": "25000"})
    order.refresh_from_db()
    assert (order.total_fen, order.starts_at) == (25_000, START - timedelta(hours=2))
    assert dict(live(order)) == {stage.workers[1].pk: AssignmentState.AGREED}
