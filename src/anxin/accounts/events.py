"""What accounts announces."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from anxin.accounts.values import FactorChange
from anxin.kit.events import Event


@dataclass(frozen=True)
class PersonRegistered(Event):
    person_id: UUID


@dataclass(frozen=True)
class PersonVerified(Event):
    person_id: UUID


@dataclass(frozen=True)
class NameCorrected(Event):
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


@dataclass(frozen=True)
class FactorChanged(Event):
    person_id: UUID
    change: FactorChange
    at: datetime


@dataclass(frozen=True)
class StandInNamed(Event):
    appointment_id: UUID
    person_id: UUID
    for_person_id: UUID
    post: str
    begins: datetime
    ends: datetime
    at: datetime


@dataclass(frozen=True)
class NewDevice(Event):
    """Signed in where the person has not been seen for half a year."""

    person_id: UUID
    sign_in_id: UUID
    how: str
    device: str
    address: str
    at: datetime


@dataclass(frozen=True)
class StandInEnded(Event):
    appointment_id: UUID
    person_id: UUID
    for_person_id: UUID
    post: str
    at: datetime


@dataclass(frozen=True)
class RightsAsked(Event):
    request_id: UUID
    person_id: UUID
    organisation_id: UUID
    post: str
    at: datetime


@dataclass(frozen=True)
class RightsDecided(Event):
    request_id: UUID
    person_id: UUID
    post: str
    approved: bool
    answer: str
    at: datetime


@dataclass(frozen=True)
class PostLapsing(Event):
    appointment_id: UUID
    person_id: UUID
    post: str
    lapses_at: datetime
    at: datetime


@dataclass(frozen=True)
class PostSuspended(Event):
    appointment_id: UUID
    person_id: UUID
    organisation_id: UUID
    post: str
    at: datetime


@dataclass(frozen=True)
class ConsentWithdrawn(Event):
    person_id: UUID
    purpose: str
    at: datetime
