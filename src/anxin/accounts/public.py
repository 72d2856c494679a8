"""The door of accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anxin.accounts.models import Appointment, Organisation, Person
from anxin.accounts.queries import actor_for, appointments_of, person_by_phone
from anxin.kit import clock
from anxin.kit.actor import ANONYMOUS, Actor

if TYPE_CHECKING:
    from anxin.kit.access import Request

POST_IN_SESSION = "anxin_appointment"

__all__ = [
    "Appointment",
    "Organisation",
    "Person",
    "actor_for",
    "actor_of",
    "appointments_of",
    "person_by_phone",
]


def actor_of(request: Request) -> Actor:
    """Who acts in this request: the signed-in person in the post they chose (none = as themself)."""
    person = request.user
    if not isinstance(person, Person):
        return ANONYMOUS
    chosen = request.session.get(POST_IN_SESSION)
    appointment = appointments_of(person.pk, clock.now()).filter(pk=chosen).first() if chosen else None
    return actor_for(
        person,
        appointment,
        address=request.META.get("REMOTE_ADDR", ""),
        request_id=getattr(request, "request_id", ""),
    )
