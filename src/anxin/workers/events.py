"""What workers announce."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from anxin.kit.events import Event


@dataclass(frozen=True)
class Enrolled(Event):
    worker_id: UUID
    person_id: UUID
    organisation_id: UUID | None


@dataclass(frozen=True)
class PapersChanged(Event):
    """A credential was verified or withdrawn: what counts, and with it the colour, may have changed."""

    worker_id: UUID
    kind: str
    at: datetime


@dataclass(frozen=True)
class PaperExpires(Event):
    """A valid credential runs out on `last_day`, `days` from today."""

    worker_id: UUID
    person_id: UUID
    kind: str
    last_day: date
    days: int


@dataclass(frozen=True)
class AffiliationChanged(Event):
    """The worker joined (`joined`) or left the agency."""

    worker_id: UUID
    organisation_id: UUID
    joined: bool
    at: datetime


@dataclass(frozen=True)
class WorkerStopped(Event):
    """The worker paused or left the platform (`left`): whoever counts on them must find somebody else."""

    worker_id: UUID
    left: bool
    at: datetime


@dataclass(frozen=True)
class LeaveTaken(Event):
    worker_id: UUID
    booking_id: UUID


@dataclass(frozen=True)
class AuthorisationChanged(Event):
    """An authorisation was signed, or all or part of it was taken back, or ended with the affiliation.

    `complete`: whether a code may rest on what is left.
    """

    worker_id: UUID
    organisation_id: UUID
    state: str
    complete: bool
    at: datetime


@dataclass(frozen=True)
class ConductGiven(Event):
    """A reward or penalty was entered (`given`), or decided or revoked."""

    worker_id: UUID
    conduct_id: UUID
    kind: str
    state: str
    at: datetime
