"""What the API of orders takes and gives."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from ninja import Schema
from pydantic import Field

from anxin.catalogue.values import Mode, Unit
from anxin.kit.geo import Point
from anxin.kit.inputs import Moment
from anxin.orders.values import MOST_FEN


class DemandIn(Schema):
    """A demand. `order_id` is made by the client; times with zone; amounts in fen.

    unit: what quantity counts and the price is for, one of the mode's; the item's first of them if not said.
    headcount 2, for what is priced by a worker's time: two orders are made, the first is answered; quantity is each
    worker's, budget and seen_total_fen are for both.
    """

    order_id: UUID
    item_code: str
    mode: Mode = Mode.HOURLY
    unit: Unit | None = None
    quantity: Decimal = Field(gt=0, max_digits=8, decimal_places=2)
    starts_at: Moment
    ends_at: Moment
    address_id: UUID
    scope: dict[str, Any] = {}
    version_id: UUID | None = None
    qualifications: list[str] = Field(default=[], max_length=20)
    min_level: int = Field(0, ge=0, le=5)
    headcount: int = Field(1, ge=1, le=20)
    wishes: str = Field("", max_length=1000)
    budget_fen: int | None = Field(None, ge=0, le=MOST_FEN)
    seen_total_fen: int | None = Field(None, ge=0)


class VisitOut(Schema):
    id: UUID
    sequence: int
    state: str
    starts_at: datetime
    ends_at: datetime
    contacted_at: datetime | None
    arrived_at: datetime | None
    entered_at: datetime | None
    done_at: datetime | None
    confirmed_at: datetime | None


class OrderOut(Schema):
    """An order. Those of one `party` are for two workers at one home at the same time, `part` 1 and 2 (alone: 0)."""

    id: UUID
    number: str
    state: str
    way: str
    item_code: str
    item_name: str
    quantity: Decimal
    unit: str
    starts_at: datetime
    ends_at: datetime
    town_code: str
    budget_fen: int | None
    estimate: dict[str, Any]
    total_fen: int
    provider_id: UUID | None
    round: int
    fee_fen: int
    party: UUID | None
    part: int


class OrderDetail(OrderOut):
    """other_half: the number of the other order of the pair."""

    other_half: str | None = None
    place: dict[str, Any]
    wishes: str
    terms: dict[str, Any]
    visits: list[VisitOut]


class NoteOut(Schema):
    at: datetime
    kind: str
    text: str
    params: dict[str, Any]
    side: str


class AssignmentOut(Schema):
    id: UUID
    state: str
    worker_id: UUID
    starts_at: datetime
    ends_at: datetime
    round: int
    score: dict[str, Any]
    due_at: datetime | None


class HallOut(Schema):
    """An open demand; `quantity` is of each of the `people` who come, the budget for all."""

    number: str
    item_code: str
    item_name: str
    town_code: str
    quantity: Decimal
    unit: str
    people: int
    starts_at: datetime
    ends_at: datetime
    budget_fen: int | None
    opens_at: datetime
    opens_to_all_at: datetime
    expires_at: datetime


class ReasonIn(Schema):
    reason: str = Field(max_length=300)


class CancelIn(ReasonIn):
    seen_fee_fen: int | None = None
    seen_compensation_fen: int | None = None


class TermsOut(Schema):
    allowed: bool
    fee_bp: int
    compensation_bp: int
    reason: str
    fee_fen: int
    compensation_fen: int


class AgainIn(Schema):
    """When it is wanted now; it lasts as long as before."""

    starts_at: Moment


class ChangeIn(ReasonIn):
    """Another time; of a pair both visits move, and seen_total_fen is the sum over both orders."""

    starts_at: Moment
    seen_total_fen: int | None = None


class ChangeOut(Schema):
    id: UUID
    state: str
    starts_at: datetime
    ends_at: datetime
    worker_id: UUID | None
    asked_side: str
    before_fen: int | None
    after_fen: int | None


class AnswerIn(Schema):
    """The word on another time; of a pair it answers for both, and seen_total_fen is the sum over both orders."""

    agreed: bool
    seen_total_fen: int | None = None
    answer: str = Field("", max_length=300)


class ProposalIn(Schema):
    worker_id: UUID


class ContactIn(Schema):
    how: str = Field("phone", max_length=16)
    note: str = Field("", max_length=200)


class PointIn(Schema):
    lat: float | None = Field(None, ge=-90, le=90)
    lng: float | None = Field(None, ge=-180, le=180)

    @property
    def point(self) -> Point | None:
        return None if self.lat is None or self.lng is None else Point(self.lat, self.lng)


class EntryIn(PointIn):
    """token: as a scanner read it, alone or in its address; or as somebody typed it, with its check."""

    token: str = Field(max_length=300)


class ProposedOut(AssignmentOut):
    """A proposal that waits for the worker's word; the need in full is on the order."""

    order: str


class WorkersVisitOut(VisitOut):
    order: str


class StepIn(Schema):
    done: bool = True
    note: str = Field("", max_length=300)


class StepOut(Schema):
    id: UUID
    position: int
    text: str
    needs_photo: bool
    done_at: datetime | None
    note: str


class ExtraIn(Schema):
    label: str = Field(max_length=80)
    quantity: Decimal = Field(gt=0, max_digits=8, decimal_places=2)
    unit: str = Field("次", max_length=16)
    price_fen: int = Field(ge=0, le=MOST_FEN)
    code: str = Field("", max_length=32)


class ExtraOut(Schema):
    id: UUID
    label: str
    quantity: Decimal
    unit: str
    price_fen: int
    state: str


class NoteIn(Schema):
    note: str = Field("", max_length=500)
