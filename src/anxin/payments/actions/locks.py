"""Whoever writes about money takes the rows from above: order, bill, payment, refund. Then nobody waits in a ring."""

from __future__ import annotations

from uuid import UUID

from anxin.payments.models import Bill, Payment


def hold_bill(bill_id: UUID) -> Bill:
    """The bill as it stands once this one has its turn; rows below it may still be added by others."""
    found: Bill = Bill.objects.select_for_update(no_key=True).get(pk=bill_id)
    return found


def hold_bill_of(payment_id: UUID) -> Bill:
    """The same, for the payment that is taken after it."""
    return hold_bill(Payment.objects.values_list("bill_id", flat=True).get(pk=payment_id))
