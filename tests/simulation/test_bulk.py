"""Rows by the hundred thousand: copied by the server, and every one as sound as those that were written."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from anxin.audit import public as audit
from anxin.contracts import public as contracts
from anxin.contracts.models import Contract
from anxin.kit import clock
from anxin.ledger.models import Entry
from anxin.orders.models import Assignment, Order, OrderHistory, Step, Visit
from anxin.payments.models import Bill, Payment
from anxin.simulation.bulk.load import load
from anxin.workers.models import Booking

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.requirement("A-7.4.3"),
    pytest.mark.thorough,
]


def test_copied_orders_are_whole_sealed_for_themselves_and_book_nobody_twice(monkeypatch: Any) -> None:
    monkeypatch.setattr(sys.modules["anxin.simulation.bulk.load"], "MANY", 10)
    told: list[int] = []

    load(
        workers=12,
        agencies=3,
        orders=40,
        seed=7,
        told=lambda what, many: told.append(many * (what == "orders")),
    )

    assert Order.objects.count() == sum(told) == 40
    first = Order.objects.order_by("created_at").first()
    assert first is not None
    # Sealed values are bound to their row's key: those of a copy open under its own.
    assert all(order.place["detail"] and order.wishes == "" for order in Order.objects.all())
    closed = Order.objects.filter(state="closed")
    assert closed.count() > 20
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


def test_orders_that_are_over_leave_contract_bill_postings_and_a_sealed_trail(tmp_path, settings) -> None:
    """What the drill restores and holds against its original: one contract is real, the rest are rows."""
    settings.ANXIN_ANCHORS = tmp_path

    load(workers=29, agencies=2, orders=150, seed=7, papers=1000)

    closed = Order.objects.filter(state="closed")
    assert closed.count() > 80
    for model in (Bill, Payment):
        assert set(
            model.objects.values_list("bill__order" if model is Payment else "order", flat=True)
        ) == set(closed.values_list("pk", flat=True))
    assert Entry.objects.count() == 2 * closed.count()
    assert all(sum(row.amount_fen for row in entry.postings.all()) == 0 for entry in Entry.objects.all())
    assert all(
        sum(line.amount_fen for line in bill.lines.all()) == bill.total_fen for bill in Bill.objects.all()
    )
    signed = Contract.objects.filter(state="signed")
    assert signed.count() == closed.count() + 1
    assert all(one.values and one.signatures.count() == 2 for one in signed)
    real = signed.exclude(order__in=closed).get()
    record = contracts.public_record(real.number, at=clock.now())
    assert record is not None and record.intact and len(record.signers) == 2
    assert [doc.read() for doc in signed.latest("created_at").documents.all()]
    seals, entries, faults = audit.verify()
    assert (seals > 0, faults) == (True, [])
    assert entries > 14 * closed.count()
    assert audit.unsealed() == 0
