"""Shapes of the API of agencies. Money is fen, factors basis points, quantities text, times of day minutes."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from anxin.agencies.models import Agency, Document
from anxin.agencies.queries import Sort
from anxin.agencies.values import AgencyFacts, DocumentKind, OfferFacts, ServiceContent, Unit, VersionFacts
from anxin.files import public as files
from anxin.kit.actor import Actor
from anxin.kit.inputs import Moment

TOWN = r"^\d{9}$"
FEN = Field(ge=0, le=10_000_000)


class AgencyOut(Schema):
    id: UUID
    number: str
    name: str
    uscc: str
    mode: str
    state: str
    town_code: str
    address: str
    phone: str
    lat: float | None
    lng: float | None
    reviews: int
    rating: float | None
    completed: int
    verified_at: datetime | None

    @staticmethod
    def of(facts: AgencyFacts) -> dict[str, Any]:
        names = ("id", "number", "name", "uscc", "town_code", "address", "phone", "lat", "lng", "verified_at")
        return {
            **{name: getattr(facts, name) for name in names},
            "mode": str(facts.mode),
            "state": str(facts.state),
            "reviews": facts.rating.count,
            "rating": facts.rating.mean,
            "completed": facts.rating.completed,
        }


class DocumentOut(Schema):
    id: UUID
    kind: str
    title: str
    issuer: str
    number: str
    valid_from: date | None
    valid_to: date | None
    verification: str
    verified_at: datetime | None
    verified_how: str

    @staticmethod
    def of(row: Document) -> dict[str, Any]:
        return {name: getattr(row, name) for name in DocumentOut.model_fields}


class PaperOut(DocumentOut):
    """A document as its agency and the operator see it; `file`: an address of the scan, good for some minutes."""

    file: str

    @staticmethod
    def seen_by(row: Document, actor: Actor) -> dict[str, Any]:
        return DocumentOut.of(row) | {"file": files.url_for(row.file_id, actor) if row.file_id else ""}


class PaperIn(Schema):
    """What stands on a document. Without valid_to it holds without end; of a grade the title is A to AAAAA."""

    kind: DocumentKind
    title: str = Field(max_length=120)
    issuer: str = Field(max_length=120)
    number: str = Field("", max_length=80)
    valid_from: date | None = None
    valid_to: date | None = None


class NightIn(Schema):
    kind: Literal["night"]
    start_minute: int = Field(ge=0, le=1440)
    end_minute: int = Field(ge=0, le=1440)
    factor_bp: int = Field(ge=0, le=100_000)


class DayIn(Schema):
    kind: Literal["weekend", "statutory"]
    factor_bp: int = Field(ge=0, le=100_000)


class TravelIn(Schema):
    kind: Literal["travel"]
    town_code: str = Field(pattern=TOWN)
    fee_fen: int = FEN


class ExtraIn(Schema):
    kind: Literal["extra"]
    code: str = Field(min_length=1, max_length=20)
    label: str = Field(min_length=1, max_length=60)
    unit: str = Field(max_length=10)
    unit_price_fen: int = FEN


class PriceListIn(Schema):
    unit: str = Field(max_length=16)
    unit_price_fen: int = FEN
    minimum: Decimal = Field(Decimal(1), ge=0, le=10_000, max_digits=9)
    step: Decimal = Field(Decimal(1), ge=0, le=1000, max_digits=9)
    base_fee_fen: int = Field(0, ge=0, le=10_000_000)
    included: list[str] = Field(default_factory=list, max_length=60)
    surcharges: list[NightIn | DayIn | TravelIn | ExtraIn] = Field(default_factory=list, max_length=60)
    deposit_fen: int = Field(0, ge=0, le=10_000_000)
    tax_note: str = Field("", max_length=100)


class StepIn(Schema):
    code: str = Field(min_length=1, max_length=20)
    title: str = Field(max_length=60)
    standard: str = Field("", max_length=500)
    photo: bool = False


class ContentIn(Schema):
    """What a version says. `hours`: [weekday from 0 = Monday, start minute, end minute]."""

    name: str = Field(max_length=80)
    price_list: PriceListIn
    specification: list[StepIn] = Field(default_factory=list, max_length=60)
    description: str = Field("", max_length=2000)
    towns: list[str] = Field(default_factory=list, max_length=400)
    hours: list[tuple[int, int, int]] = Field(default_factory=list, max_length=60)
    notice_minutes: int = Field(120, ge=0, le=43_200)

    def content(self) -> ServiceContent:
        """Raises ValueError, for a unit that does not exist."""
        return ServiceContent.from_json(self.model_dump(mode="json"))


class WriteIn(Schema):
    """`revision` as the service was read; another's change in between is a conflict."""

    content: ContentIn
    revision: str = Field("", max_length=80)


class OpenIn(Schema):
    item_code: str = Field(max_length=8)


class VersionOut(Schema):
    id: UUID
    service_id: UUID
    agency_id: UUID
    item_code: str
    number: int
    is_current: bool
    published_at: datetime | None
    content: dict[str, Any]

    @staticmethod
    def of(facts: VersionFacts) -> dict[str, Any]:
        names = ("id", "service_id", "agency_id", "item_code", "number", "is_current", "published_at")
        return {**{name: getattr(facts, name) for name in names}, "content": facts.content.to_json()}


class AgencyDetailOut(AgencyOut):
    intro: str
    documents: list[DocumentOut]
    services: list[VersionOut]


class AgenciesOut(Schema):
    count: int
    items: list[AgencyOut]


class OfferOut(Schema):
    agency: AgencyOut
    version: VersionOut
    distance_m: float | None

    @staticmethod
    def of(facts: OfferFacts) -> dict[str, Any]:
        return {
            "agency": AgencyOut.of(facts.agency),
            "version": VersionOut.of(facts.version),
            "distance_m": facts.distance_m,
        }


class OffersOut(Schema):
    count: int
    items: list[OfferOut]


class OffersQuery(Schema):
    town: str = Field("", max_length=12)
    start: Moment | None = None
    minutes: int = Field(120, ge=1, le=525_600)
    unit: Unit | None = None
    sort: Sort = Sort.ROTATION
    offset: int = Field(0, ge=0, le=10_000)
    limit: int = Field(20, ge=1, le=100)


class PeriodIn(Schema):
    start: Moment
    end: Moment


class ExtraUseIn(Schema):
    code: str = Field(max_length=20)
    quantity: Decimal = Field(Decimal(1), ge=0, le=1000, max_digits=9)


class QuoteIn(Schema):
    """What to price. `quantity` in the price list's unit, of one worker for time, of the whole otherwise."""

    quantity: Decimal = Field(ge=0, le=10_000, max_digits=12)
    periods: list[PeriodIn] = Field(default_factory=list, max_length=62)
    town_code: str = Field("", max_length=12)
    headcount: int = Field(1, ge=1, le=20)
    extras: list[ExtraUseIn] = Field(default_factory=list, max_length=30)


class CompareIn(QuoteIn):
    """The same work at two to four offers of one item."""

    service_ids: list[UUID] = Field(min_length=1, max_length=4)


class LineOut(Schema):
    code: str
    label: str
    quantity: str
    unit: str
    unit_price_fen: int
    amount_fen: int
    explanation: str


class QuoteOut(Schema):
    lines: list[LineOut]
    total_fen: int
    deposit_fen: int


class ComparedOut(Schema):
    offer: OfferOut
    quote: QuoteOut
    serves_town: bool


class ProfileIn(Schema):
    mode: str = Field(max_length=16)
    legal_representative: str = Field(max_length=40)
    phone: str = Field(max_length=20)
    town_code: str = Field(max_length=12)
    address: str = Field(max_length=200)
    intro: str = Field("", max_length=2000)
    lat: float | None = Field(None, ge=-90, le=90)
    lng: float | None = Field(None, ge=-180, le=180)


class ApplyIn(Schema):
    """The head of an agency that the operator has entered leaves name and uscc out."""

    name: str = Field("", max_length=120)
    uscc: str = Field("", max_length=24)
    profile: ProfileIn


class WhyIn(Schema):
    why: str = Field(max_length=500)


class AgreedIn(Schema):
    agreed: bool


class CheckIn(Schema):
    passed: bool
    how: str = Field(max_length=200)


class HowIn(Schema):
    how: str = Field(max_length=200)


class DecisionIn(Schema):
    verdict: Literal["approve", "return", "reject"]
    why: str = Field("", max_length=500)


class OwnOut(Schema):
    """The agency as its own staff and the operator see it."""

    id: UUID
    number: str
    name: str
    state: str
    decision_note: str
    verified_at: datetime | None
    reverify_due_at: datetime | None
    leaves_at: datetime | None

    @staticmethod
    def of(row: Agency) -> dict[str, Any]:
        return {name: getattr(row, name) for name in OwnOut.model_fields}


class QueueOut(Schema):
    count: int
    items: list[OwnOut]


class ServiceOut(Schema):
    """A service of one's own with its newest text (the draft, if there is one) and the revision to write on."""

    id: UUID
    item_code: str
    state: str
    current_number: int | None
    newest_number: int
    is_draft: bool
    revision: str
    content: dict[str, Any]
