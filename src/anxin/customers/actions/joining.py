"""Becoming a customer, and who may see one."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from anxin.audit.public import record
from anxin.customers import queries
from anxin.customers.events import CustomerJoined
from anxin.customers.models import Customer, Sight
from anxin.kit.actor import Actor
from anxin.kit.errors import SignInNeeded
from anxin.kit.events import announce


@transaction.atomic
def become_customer(*, by: Actor, at: datetime) -> Customer:
    """The acting person as a customer, made now if they are none yet. Refuses SignInNeeded. Source: B-7.2.1."""
    if by.person_id is None:
        raise SignInNeeded
    if known := queries.customer_of(by.person_id):
        return known
    row = Customer(person_id=by.person_id, created_at=at)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        # Two first demands at once: the other one made the row.
        return Customer.objects.get(person_id=by.person_id)
    record("customers.become_customer", by=by, at=at, subject="customer", subject_id=row.pk)
    announce(CustomerJoined(row.pk, by.person_id))
    return row


@transaction.atomic
def grant(*, organisation_id: UUID, customer_id: UUID, at: datetime) -> None:
    """Let an organisation see a customer, because of an order; safe to repeat."""
    Sight.objects.bulk_create(
        [Sight(organisation_id=organisation_id, customer_id=customer_id, since=at)], ignore_conflicts=True
    )


# The same for an action that writes in one statement: `grant` for the customer_id of each row of the named CTE.
SIGHT_SQL = """
  INSERT INTO customers_sight (id, organisation_id, customer_id, since)
  SELECT %(sight)s, %(organisation)s, customer_id, %(at)s FROM {rows}
  ON CONFLICT DO NOTHING
"""


def locked(customer: Customer) -> Customer:
    """The customer's row, locked: of two changes of the default address at once the second waits."""
    Customer.objects.select_for_update().only("pk").get(pk=customer.pk)
    return customer
