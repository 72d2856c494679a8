"""Reads of customers."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from anxin.accounts.public import people, person_by_phone
from anxin.customers import values
from anxin.customers.models import Address, Customer, Housemate, Sight
from anxin.customers.values import PETS, AddressFacts, Household, HousemateKind, PointSource
from anxin.kit.actor import Actor
from anxin.places.public import named


def customer_of(person_id: UUID | None) -> Customer | None:
    """The customer this person is, if they have become one. One query."""
    return Customer.objects.filter(person_id=person_id).first() if person_id else None


def customer_id_of(actor: Actor) -> UUID | None:
    """The household that an actor is as themself, if any. At most one query."""
    if actor.person_id is None or actor.organisation_id:
        return None
    return Customer.objects.filter(person_id=actor.person_id).values_list("pk", flat=True).first()


def customers_visible(actor: Actor, *, ids: Iterable[UUID] | None = None) -> dict[UUID, Customer]:
    """Customers that the actor may see, with their people, by id. One query."""
    rows = Customer.objects.visible_to(actor).select_related("person")
    if ids is not None:
        rows = rows.filter(pk__in=set(ids))
    return {row.pk: row for row in rows[:500]}


def clientele(actor: Actor, *, phone: str = "") -> QuerySet[Sight]:
    """The customers an agency has had orders of, with their people, latest first; none for others.

    `phone` is a whole number: numbers are kept encrypted, so nothing less finds one.
    """
    if actor.organisation_id is None or not actor.holds("orders.read"):
        return Sight.objects.none()
    rows = Sight.objects.filter(organisation_id=actor.organisation_id)
    if phone:
        rows = rows.filter(customer__person=person_by_phone(phone))
    return rows.select_related("customer__person").order_by("-since", "-id")


def one_of_clientele(customer_id: UUID, actor: Actor) -> Sight | None:
    """One of them, if it is one. One query."""
    return clientele(actor).filter(customer_id=customer_id).first()


def may_see(organisation_id: UUID, customer_id: UUID) -> bool:
    """Whether an organisation has been granted sight of a customer."""
    return Sight.objects.filter(organisation_id=organisation_id, customer_id=customer_id).exists()


def addresses_of(actor: Actor) -> list[AddressFacts]:
    """The actor's own addresses, the default one first. Two queries."""
    if actor.person_id is None:
        return []
    rows = Address.objects.visible_to(actor).filter(customer__person_id=actor.person_id, archived_at=None)
    return _facts(rows.order_by("-is_default", "-created_at")[:100])


def default_address_id(actor: Actor) -> UUID | None:
    """Which of the actor's addresses is the default."""
    rows = Address.objects.visible_to(actor).filter(customer__person_id=actor.person_id, is_default=True)
    return rows.values_list("pk", flat=True).first()


def contact_of(actor: Actor) -> tuple[str, str] | None:
    """The actor's own name and phone, to start a form with. One query."""
    if actor.person_id is None:
        return None
    known = people([actor.person_id]).get(actor.person_id)
    return (known.name, known.phone) if known else None


def address_of(address_id: UUID, *, by: Actor) -> AddressFacts | None:
    """One of the actor's own addresses that is not archived, else None. Two queries."""
    rows = Address.objects.visible_to(by).filter(pk=address_id, archived_at=None)
    return next(iter(_facts(rows)), None)


def address_facts(ids: Iterable[UUID]) -> dict[UUID, AddressFacts]:
    """Addresses by id, archived ones too, for a caller that has a reason of its own and masks. Two queries."""
    return {one.id: one for one in _facts(Address.objects.filter(pk__in=set(ids)))}


def household_of(customer_id: UUID, *, by: Actor) -> Household:
    """People, pets and wishes of a customer the actor may see; empty if not. Two queries."""
    customer = Customer.objects.visible_to(by).filter(pk=customer_id).first()
    if customer is None:
        return Household((), (), "")
    rows = [
        values.Housemate(row.pk, HousemateKind(row.kind), row.birth_year, row.note)
        for row in Housemate.objects.filter(customer_id=customer_id).order_by("created_at", "id")
    ]
    return Household(
        people=tuple(row for row in rows if row.kind not in PETS),
        pets=tuple(row for row in rows if row.kind in PETS),
        wishes=customer.wishes,
    )


def _facts(found: Iterable[Address]) -> list[AddressFacts]:
    rows = list(found)
    names = named({code for row in rows for code in (row.town_code, row.village_code) if code})
    return [
        AddressFacts(
            id=row.pk,
            customer_id=row.customer_id,
            label=row.label,
            contact_name=row.contact_name,
            contact_phone=row.contact_phone,
            town_code=row.town_code,
            town_name=names.get(row.town_code, ""),
            village_code=row.village_code,
            village_name=_short(names.get(row.village_code, "")),
            detail=row.detail,
            lat=row.lat,
            lng=row.lng,
            point_source=PointSource(row.point_source),
        )
        for row in rows
    ]


def _short(name: str) -> str:
    """崂山村 for 崂山村委会: as one writes an address."""
    return name.removesuffix("委会") if name.endswith("村委会") else name
