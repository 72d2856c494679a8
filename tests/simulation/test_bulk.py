"""Rows by the hundred thousand: copied by the server, and every one as sound as those that were written."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from anxin.orders.models import Assignment, Order, OrderHistory, Step, Visit
from anxin.simulation.bulk.load import load
from anxin.workers.models import Booking

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.requirement("A-7.4.3")]


def test_copied_orders_are_whole_sealed_for_themselves_and_book_nobody_twice(monkeypatch: Any) -> None:
    monkeypatch.setattr(sys.modules["anxin.simulation.bulk.load"], "MANY", 10)
    told: list[int] = []

    load(
        workers=12,
        agencies=3,
        orders=80,
        seed=7,
        told=lambda what, many: told.append(many * (what == "orders")),
    )

    assert Order.objects.count() == sum(told) == 80
    first = Order.objects.order_by("created_at").first()
    assert first is not None
    # Sealed values are bound to their row's key: those of a copy open under its own.
    assert all(order.place["detail"] and order.wishes == "" for order in Order.objects.all())
    closed = Order.objects.filter(state="closed")
    assert closed.count() > 40
    for order in closed:
        visit = Visit.objects.get(order=order)
        assert (visit.starts_at, visit.ends_at) == (order.starts_at, order.ends_at)
        assert OrderHistory.objects.filter(row=order).count() == 9
        assert Step.objects.filter(visit=visit).exists()
        booking = Booking.objects.get(ref=Assignment.objects.get(order=order).pk)
        assert booking.span.lower == order.starts_at
        assert timedelta() < order.starts_at - order.created_at < timedelta(days=3)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
