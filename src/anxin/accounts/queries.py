"""Reads of accounts."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from anxin.accounts.models import Appointment, Person
from anxin.kit.actor import Actor
from anxin.kit.fields import blind


def person_by_phone(phone: str) -> Person | None:
    return Person.objects.filter(phone_hash=blind(Person, "phone_hash", phone)).first()


def appointments_of(person_id: UUID, at: datetime) -> QuerySet[Appointment]:
    """The posts a person holds at a moment, with their organisations, oldest first."""
    return (
        Appointment.objects.filter(person_id=person_id, period__contains=at)
        .select_related("organisation")
        .order_by("created_at", "id")
    )


def actor_for(
    person: Person,
    appointment: Appointment | None,
    *,
    channel: str = "web",
    address: str = "",
    request_id: str = "",
) -> Actor:
    """The actor a person is in one of their posts, or as themself."""
    return Actor(
        person_id=person.pk,
        organisation_id=appointment.organisation_id if appointment else None,
        post=appointment.post if appointment else "",
        permissions=appointment.definition.permissions if appointment else frozenset(),
        channel=channel,
        address=address,
        request_id=request_id,
        verified=person.is_verified,
    )
