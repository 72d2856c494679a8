"""What accounts announces."""

from dataclasses import dataclass
from uuid import UUID

from anxin.kit.events import Event


@dataclass(frozen=True)
class PersonRegistered(Event):
    person_id: UUID


@dataclass(frozen=True)
class PersonVerified(Event):
    person_id: UUID


@dataclass(frozen=True)
class Appointed(Event):
    appointment_id: UUID
    person_id: UUID
    organisation_id: UUID


@dataclass(frozen=True)
class Dismissed(Event):
    appointment_id: UUID
    person_id: UUID
    organisation_id: UUID
