"""Orders for programs: the same actions as the pages."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from ninja import File, Router, Schema, UploadedFile
from pydantic import AwareDatetime, Field

from anxin.kit import clock
from anxin.kit.access import SIGNED_IN, any_of, holds, ruled
from anxin.kit.geo import Point
from anxin.orders import queries
from anxin.orders.actions import assign, change, demand, offer, refusals, visit
from anxin.orders.actions.telling import side_of
from anxin.orders.models import Assignment, Change, Extra, Offer, Order, Step, Visit
from anxin.orders.values import Side

router = Router(tags=["orders"])
PARTY = any_of(SIGNED_IN, holds("orders.read"))


class DemandIn(Schema):
    """A demand. `order_id` is made by the client; times with zone; amounts in fen."""

    order_id: UUID
    item_code: str
    mode: str = "hourly"
    quantity: Decimal = Field(gt=0, max_digits=8, decimal_places=2)
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    address_id: UUID
    scope: dict[str, Any] = {}
    version_id: UUID | None = None
    qualifications: list[str] = Field(default=[], max_length=20)
    min_level: int = Field(0, ge=0, le=5)
    headcount: int = Field(1, ge=1, le=20)
    wishes: str = Field("", max_length=1000)
    budget_fen: int | None = Field(None, ge=0)
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
    id: UUID
    number: str
    state: str
    way: str
    item_code: str
    item_name: str
    quantity: Decimal
    starts_at: datetime
    ends_at: datetime
    town_code: str
    budget_fen: int | None
    estimate: dict[str, Any]
    total_fen: int
    provider_id: UUID | None
    round: int
    fee_fen: int


class OrderDetail(OrderOut):
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
    round: int
    score: dict[str, Any]
    due_at: datetime | None


class HallOut(Schema):
    number: str
    item_code: str
    item_name: str
    town_code: str
    quantity: Decimal
    starts_at: datetime
    ends_at: datetime
    budget_fen: int | None
    expires_at: datetime


class ReasonIn(Schema):
    reason: str = Field(max_length=300)


class CancelIn(ReasonIn):
    seen_fee_fen: int | None = None


class TermsOut(Schema):
    allowed: bool
    fee_bp: int
    compensation_bp: int
    reason: str
    fee_fen: int


class ChangeIn(ReasonIn):
    starts_at: AwareDatetime


class ChangeOut(Schema):
    id: UUID
    state: str
    starts_at: datetime
    ends_at: datetime
    asked_side: str


class AnswerIn(Schema):
    agreed: bool
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
    token: str = Field(max_length=300)


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
    price_fen: int = Field(ge=0, le=100_000_000)
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


def _order(request: Any, number: str) -> Order:
    order = queries.by_number(number, request.actor)
    if order is None:
        raise refusals.OrderUnknown
    return order


def _mine(request: Any, number: str) -> Order:
    """The order, if the actor is its customer."""
    order = _order(request, number)
    if order.customer.person_id != request.actor.person_id or request.actor.organisation_id:
        raise refusals.OrderUnknown
    return order


def _visit(request: Any, visit_id: UUID) -> Visit:
    found = queries.visit_of(visit_id, request.actor)
    if found is None:
        raise refusals.OrderUnknown
    return found


def _workers_visit(request: Any, visit_id: UUID) -> Visit:
    found = queries.visit_for_worker(visit_id, request.actor)
    if found is None:
        raise refusals.OrderUnknown
    return found


def _customers_visit(request: Any, visit_id: UUID) -> Visit:
    found = _visit(request, visit_id)
    if found.order.customer.person_id != request.actor.person_id or request.actor.organisation_id:
        raise refusals.OrderUnknown
    return found


def _live(request: Any, number: str, *, of_worker: bool = False) -> Assignment:
    """The assignment that waits for an answer on this order, for the one who may answer."""
    found = queries.answerable(number, request.actor, of_worker=of_worker)
    if found is None:
        raise refusals.OrderUnknown
    return found


@router.post("/orders/", response={201: OrderOut})
@ruled(SIGNED_IN)
def submit(request: Any, body: DemandIn) -> tuple[int, Order]:
    values = body.dict(exclude={"order_id"})
    values["qualifications"] = tuple(values["qualifications"])
    wanted = demand.Demand(**values)
    actor = request.actor.through("api")
    return 201, demand.submit_demand(wanted, order_id=body.order_id, by=actor, at=clock.now())


@router.get("/orders/", response=list[OrderOut])
@ruled(PARTY)
def orders(request: Any, page: int = 1, page_size: int = 50) -> list[Order]:
    size = max(1, min(page_size, 100))
    start = (max(page, 1) - 1) * size
    found = queries.board(request.actor) if request.actor.organisation_id else queries.mine(request.actor)
    return list(found[start : start + size])


@router.get("/orders/hall/", response=list[HallOut])
@ruled(SIGNED_IN)
def hall(request: Any) -> list[queries.HallEntry]:
    return queries.hall_for(request.actor, clock.now())


@router.get("/orders/{number}/", response=OrderDetail)
@ruled(PARTY)
def order(request: Any, number: str) -> Order:
    return _order(request, number)


@router.get("/orders/{number}/timeline/", response=list[NoteOut])
@ruled(PARTY)
def timeline(request: Any, number: str) -> list[Any]:
    return queries.timeline(_order(request, number))


@router.post("/orders/{number}/acceptance/", response=OrderOut)
@ruled(holds("orders.accept"))
def accept(request: Any, number: str) -> Order:
    found = queries.offered_order(number, request.actor)
    if found is None:
        raise refusals.AlreadyTaken
    return offer.accept(
        found.order, organisation_id=request.actor.organisation_id, by=request.actor, at=clock.now()
    )


@router.post("/orders/{number}/refusal/", response={204: None})
@ruled(holds("orders.accept"))
def decline(request: Any, number: str, body: ReasonIn) -> tuple[int, None]:
    found = Offer.objects.visible_to(request.actor).filter(order__number=number, state="open").first()
    if found is None:
        raise refusals.OrderUnknown
    offer.decline(found, reason=body.reason, by=request.actor, at=clock.now())
    return 204, None


@router.post("/orders/{number}/grab/", response=AssignmentOut)
@ruled(SIGNED_IN)
def grab(request: Any, number: str) -> Assignment:
    found = queries.hall_order(number)
    if found is None:
        raise refusals.OrderUnknown
    return assign.grab(found, by=request.actor, at=clock.now())


@router.post("/orders/{number}/assignment/confirmation/", response=AssignmentOut)
@ruled(SIGNED_IN)
def worker_confirms(request: Any, number: str) -> Assignment:
    return assign.confirm(_live(request, number, of_worker=True), by=request.actor, at=clock.now())


@router.post("/orders/{number}/assignment/refusal/", response=AssignmentOut)
@ruled(SIGNED_IN)
def worker_declines(request: Any, number: str, body: ReasonIn) -> Assignment:
    found = _live(request, number, of_worker=True)
    return assign.decline(found, reason=body.reason, by=request.actor, at=clock.now())


@router.post("/orders/{number}/card/confirmation/", response=AssignmentOut)
@ruled(SIGNED_IN)
def customer_agrees(request: Any, number: str) -> Assignment:
    return assign.agree(_live(request, number), by=request.actor, at=clock.now())


@router.post("/orders/{number}/card/refusal/", response=AssignmentOut)
@ruled(SIGNED_IN)
def customer_rejects(request: Any, number: str, body: ReasonIn) -> Assignment:
    return assign.reject(_live(request, number), reason=body.reason, by=request.actor, at=clock.now())


@router.get("/orders/{number}/cancellation/", response=TermsOut)
@ruled(PARTY)
def cancel_terms(request: Any, number: str) -> TermsOut:
    found = _order(request, number)
    side = side_of(found, request.actor)
    terms = queries.cancel_terms_of(found, side=side, at=clock.now())
    return TermsOut(**terms.__dict__, fee_fen=change.fee_of(found, terms))


@router.post("/orders/{number}/cancellation/", response=OrderOut)
@ruled(PARTY)
def cancel(request: Any, number: str, body: CancelIn) -> Order:
    found = _order(request, number)
    if side_of(found, request.actor) not in (Side.CUSTOMER, Side.AGENCY):
        raise refusals.OrderUnknown
    return change.cancel(
        found, reason=body.reason, seen_fee_fen=body.seen_fee_fen, by=request.actor, at=clock.now()
    )


@router.post("/visits/{visit_id}/change/", response={200: ChangeOut, 204: None})
@ruled(PARTY)
def ask_change(request: Any, visit_id: UUID, body: ChangeIn) -> Any:
    asked = change.ask_change(
        _visit(request, visit_id),
        starts_at=body.starts_at,
        reason=body.reason,
        by=request.actor,
        at=clock.now(),
    )
    return (200, asked) if asked else (204, None)


@router.post("/changes/{change_id}/answer/", response=ChangeOut)
@ruled(PARTY)
def answer_change(request: Any, change_id: UUID, body: AnswerIn) -> Change:
    found = queries.change_of(change_id, request.actor)
    if found is None:
        raise refusals.OrderUnknown
    return change.answer_change(
        found, agreed=body.agreed, answer=body.answer, by=request.actor, at=clock.now()
    )


@router.post("/visits/{visit_id}/contact/", response=VisitOut)
@ruled(SIGNED_IN)
def contact(request: Any, visit_id: UUID, body: ContactIn) -> Visit:
    found = _workers_visit(request, visit_id)
    return visit.contact(found, how=body.how, note=body.note, by=request.actor, at=clock.now())


@router.post("/visits/{visit_id}/departure/", response=VisitOut)
@ruled(SIGNED_IN)
def depart(request: Any, visit_id: UUID) -> Visit:
    return visit.depart(_workers_visit(request, visit_id), by=request.actor, at=clock.now())


@router.post("/visits/{visit_id}/arrival/", response=VisitOut)
@ruled(SIGNED_IN)
def arrive(request: Any, visit_id: UUID, body: PointIn) -> Visit:
    found = _workers_visit(request, visit_id)
    return visit.arrive(found, point=body.point, by=request.actor, at=clock.now())


@router.post("/visits/{visit_id}/entry/", response=VisitOut)
@ruled(SIGNED_IN)
def enter(request: Any, visit_id: UUID, body: EntryIn) -> Visit:
    found = _customers_visit(request, visit_id)
    return visit.confirm_entry(found, token=body.token, point=body.point, by=request.actor, at=clock.now())


@router.get("/visits/{visit_id}/steps/", response=list[StepOut])
@ruled(PARTY)
def steps(request: Any, visit_id: UUID) -> list[Step]:
    return list(_visit(request, visit_id).steps.order_by("position"))


@router.post("/steps/{step_id}/completion/", response=StepOut)
@ruled(SIGNED_IN)
def tick_step(request: Any, step_id: UUID, body: StepIn) -> Step:
    found = queries.step_for_worker(step_id, request.actor)
    if found is None:
        raise refusals.OrderUnknown
    return visit.tick_step(found, done=body.done, note=body.note, by=request.actor, at=clock.now())


@router.post("/steps/{step_id}/photos/", response={201: StepOut})
@ruled(SIGNED_IN)
def add_photo(request: Any, step_id: UUID, photo: File[UploadedFile]) -> tuple[int, Step]:
    found = queries.step_for_worker(step_id, request.actor)
    if found is None:
        raise refusals.OrderUnknown
    visit.add_photo(found, upload=photo, by=request.actor, at=clock.now())
    return 201, found


@router.post("/visits/{visit_id}/extras/", response={201: ExtraOut})
@ruled(SIGNED_IN)
def propose_extra(request: Any, visit_id: UUID, body: ExtraIn) -> tuple[int, Extra]:
    found = _workers_visit(request, visit_id)
    return 201, visit.propose_extra(found, **body.dict(), by=request.actor, at=clock.now())


@router.post("/extras/{extra_id}/answer/", response=ExtraOut)
@ruled(SIGNED_IN)
def answer_extra(request: Any, extra_id: UUID, body: AnswerIn) -> Extra:
    found = queries.extra_for_customer(extra_id, request.actor)
    if found is None:
        raise refusals.OrderUnknown
    return visit.answer_extra(found, agreed=body.agreed, by=request.actor, at=clock.now())


@router.post("/visits/{visit_id}/completion/", response=VisitOut)
@ruled(SIGNED_IN)
def finish(request: Any, visit_id: UUID, body: NoteIn) -> Visit:
    return visit.finish(_workers_visit(request, visit_id), note=body.note, by=request.actor, at=clock.now())


@router.post("/visits/{visit_id}/confirmation/", response=VisitOut)
@ruled(SIGNED_IN)
def confirm(request: Any, visit_id: UUID) -> Visit:
    return visit.confirm(_customers_visit(request, visit_id), by=request.actor, at=clock.now())
