"""Whoever writes about money takes the rows from above: order, bill, payment, refund. Then nobody waits in a ring."""

from __future__ import annotations

from uuid import UUID

from anxin.payments import queries
from anxin.payments.models import Bill, Payment
from anxin.payments.values import BillKind


def hold_bill(bill_id: UUID) -> Bill:
    """The bill as it stands once this one has its turn; rows below it may still be added by others."""
    found: Bill = Bill.objects.select_for_update(no_key=True).get(pk=bill_id)
    return found


def hold_bill_of(payment_id: UUID) -> Bill:
    """The same, for the payment that is taken after it."""
    return hold_bill(Payment.objects.values_list("bill_id", flat=True).get(pk=payment_id))


def hold_deposit(order_id: UUID) -> Bill | None:
    """The paid or unpaid deposit of an order, if it has one. Whoever uses it up or gives it back takes it first: what
    is left of it is a sum over rows that others add."""
    found = queries.live_bill(order_id, BillKind.DEPOSIT)
    return hold_bill(found.pk) if found else None
