"""A contract and a bill in the district, which the bulk loader does not write."""

from __future__ import annotations

from typing import Any

from django.test import Client

from anxin.accounts.models import Person
from anxin.contracts import public as contracts
from anxin.contracts.models import Contract
from anxin.kit import clock
from anxin.kit.actor import SYSTEM
from anxin.orders.models import Assignment, Order
from anxin.payments import public as payments
from anxin.payments.models import Bill
from tests import cast


def drawn() -> tuple[str, Client, str, Client]:
    """A contract's number and its customer, a bill's number and its payer; both kept from run to run."""
    now = clock.now()
    contract = Contract.objects.first()
    if contract is None:
        order = Order.objects.filter(state="contracting").order_by("id")[0]
        agreed = Assignment.objects.get(order=order, state="agreed")
        contract = contracts.complete(order_id=order.pk, assignment_id=agreed.pk, by=SYSTEM, at=now)
    bill = Bill.objects.first()
    if bill is None:
        served = Order.objects.filter(state="closed").order_by("-ends_at")[0]
        # One that was never billed stands where the bill is drawn.
        Order.objects.filter(pk=served.pk).update(state="completed")
        bill = payments.draw_bill(order_id=served.pk, at=now)
    return contract.number, _customer(contract.order_id), bill.number, _customer(bill.order_id)


def _customer(order_id: Any) -> Client:
    order = Order.objects.select_related("customer").get(pk=order_id)
    return cast.signed_in(Person.objects.get(pk=order.customer.person_id))
