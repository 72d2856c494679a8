"""What programs send and get about workers."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from ninja import Schema
from pydantic import Field

from anxin.catalogue.values import CredentialKind, HealthTier
from anxin.kit.inputs import Moment, PageNumber
from anxin.kit.seeking import LONGEST
from anxin.workers.states import WorkerState
from anxin.workers.values import AffiliationKind, Conclusion


class SkillIO(Schema):
    """level: national level 5 (entry) to 1, 0 = none certified."""

    item_code: str = Field(max_length=16)
    level: int = 0


class ShiftIO(Schema):
    """weekday 0 = Monday; minutes after local midnight, half-open, 1440 = 24:00."""

    weekday: int
    from_minute: int
    to_minute: int


class CredentialIn(Schema):
    """A paper: conclusion and dates only. Anything else, a medical value above all, is refused."""

    kind: CredentialKind
    title: str = Field(max_length=120)
    issuer: str = Field(max_length=120)
    number: str = Field("", max_length=64)
    valid_from: date
    valid_to: date
    conclusion: Conclusion = Conclusion.PASSED
    health_tier: HealthTier | None = None
    occupation_class: int | None = None
    level: int = Field(0, ge=0, le=5)
    consent: int | None = Field(None, ge=1, le=9999)


class CredentialOut(Schema):
    id: UUID
    kind: str
    title: str
    issuer: str
    number: str
    valid_from: date
    valid_to: date
    conclusion: str
    health_tier: int | None
    occupation_class: int | None
    level: int
    verified_at: datetime | None
    verified_how: str


class WorkerOut(Schema):
    id: UUID
    number: str
    name: str
    phone_masked: str
    state: str
    home_town: str
    practising_since: date | None
    intro: str
    colour: str
    organisation_id: UUID | None
    organisation: str
    affiliation: str
    may_grab: bool
    skills: list[SkillIO]
    towns: list[str]
    shifts: list[ShiftIO]
    credentials: list[CredentialOut]


class LineOut(Schema):
    number: str
    name: str
    state: str
    colour: str
    affiliation: str
    skills: list[SkillIO]


class BookingOut(Schema):
    id: UUID
    kind: str
    state: str
    starts_at: datetime
    ends_at: datetime
    note: str


class EnrolIn(Schema):
    home_town: str = Field("", max_length=9)
    practising_since: date | None = None
    intro: str = Field("", max_length=500)


class SearchIn(Schema):
    q: str = Field("", max_length=LONGEST)
    state: str = Field("", max_length=20)
    item: str = Field("", max_length=20)
    colour: str = Field("", max_length=20)
    page: PageNumber = 1
    page_size: int = Field(50, ge=1, le=100)


class TakeOnIn(Schema):
    phone: str = Field(max_length=24)
    name: str = Field(max_length=60)
    kind: AffiliationKind
    may_grab: bool = False


class SkillsIn(Schema):
    skills: list[SkillIO] = Field(max_length=200)


class TownsIn(Schema):
    towns: list[str] = Field(max_length=500)


class ShiftsIn(Schema):
    shifts: list[ShiftIO] = Field(max_length=70)


class LeaveIn(Schema):
    starts_at: Moment
    ends_at: Moment
    note: str = Field("", max_length=200)


class HowIn(Schema):
    how: str = Field(min_length=1, max_length=120)


class WhyIn(Schema):
    why: str = Field(min_length=1, max_length=200)


class StateIn(Schema):
    state: WorkerState
    why: str = Field("", max_length=200)


class GrabbingIn(Schema):
    allowed: bool
