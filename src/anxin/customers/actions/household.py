"""Who lives there, and what every helper should heed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from anxin.audit.public import record
from anxin.customers import queries
from anxin.customers.actions.joining import become_customer, locked
from anxin.customers.models import Customer, Housemate
from anxin.customers.values import PETS, Household, HousemateKind
from anxin.kit.actor import Actor
from anxin.kit.errors import Invalid, NotFound

MOST_HOUSEMATES = 20


class HousemateInvalid(Invalid):
    code = "housemate_invalid"
    message = _("请选择家庭成员或宠物的类别；出生年份应在 1900 年至今年之间，备注不超过 200 个字。")


class WishesLong(Invalid):
    code = "wishes_long"
    message = _("备注请控制在 500 个字以内。")


@transaction.atomic
def add_housemate(
    *, kind: str, by: Actor, at: datetime, birth_year: int | None = None, note: str = ""
) -> Housemate:
    """Add a person or pet to one's household. Refuses HousemateInvalid. Source: A-6.3.3a."""
    customer = locked(become_customer(by=by, at=at))
    known = kind in set(HousemateKind)
    year_fits = birth_year is None or 1900 <= birth_year <= at.year
    if not known or not year_fits or len(note) > 200:
        raise HousemateInvalid(field="birth_year" if known and not year_fits else "kind")
    if Housemate.objects.filter(customer=customer).count() >= MOST_HOUSEMATES:
        raise HousemateInvalid(field="kind")
    row = Housemate(
        customer=customer,
        kind=kind,
        birth_year=None if HousemateKind(kind) in PETS else birth_year,
        note=note.strip(),
        created_at=at,
    )
    row.save(force_insert=True)
    record("customers.add_housemate", by=by, at=at, subject="customer", subject_id=customer.pk)
    return row


@transaction.atomic
def read_household(*, customer_id: UUID, by: Actor, at: datetime) -> Household:
    """What an agency's staff may know of a customer's home; that they read it is kept. Refuses NotFound."""
    if queries.one_of_clientele(customer_id, by) is None:
        raise NotFound
    record("customers.read_household", by=by, at=at, subject="customer", subject_id=customer_id)
    return queries.household_of(customer_id, by=by)


@transaction.atomic
def remove_housemate(*, housemate_id: UUID, by: Actor, at: datetime) -> None:
    """Take a person or pet off one's household. Refuses NotFound."""
    row = Housemate.objects.visible_to(by).filter(pk=housemate_id).first()
    if row is None:
        raise NotFound
    row.delete()
    record("customers.remove_housemate", by=by, at=at, subject="customer", subject_id=row.customer_id)


@transaction.atomic
def change_wishes(*, wishes: str, by: Actor, at: datetime) -> Customer:
    """What every helper who comes should know or heed. Refuses WishesLong."""
    customer = become_customer(by=by, at=at)
    if len(wishes) > 500:
        raise WishesLong(field="wishes")
    customer.wishes = wishes.strip()
    customer.save(update_fields=["wishes"])
    record("customers.change_wishes", by=by, at=at, subject="customer", subject_id=customer.pk)
    return customer
