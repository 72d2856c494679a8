"""The day of the visit."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ninja import File, Router, Status, UploadedFile

from anxin.accounts import public as accounts
from anxin.accounts.values import Purpose
from anxin.kit import clock, told
from anxin.kit.access import SIGNED_IN, ruled
from anxin.kit.inputs import Moment
from anxin.orders import queries
from anxin.orders.actions import refusals, visit
from anxin.orders.api.finding import (
    PARTY,
    customers_visit_of,
    shape,
    visit_of,
    workers_visit_of,
)
from anxin.orders.api.schemas import (
    AnswerIn,
    ContactIn,
    EntryIn,
    ExtraIn,
    ExtraOut,
    NoteIn,
    PointIn,
    StepIn,
    StepOut,
    VisitOut,
    WorkersVisitOut,
)
from anxin.orders.models import Extra, Step, Visit
from anxin.safetycode import public as safetycode

router = Router(tags=["orders"])


@router.get("/visits/", response=list[WorkersVisitOut])
@ruled(SIGNED_IN)
def visits(request: Any, since: Moment, until: Moment) -> list[dict[str, Any]]:
    """A worker's own visits between two moments, in order of time."""
    found = queries.worker_visits(request.actor, since, until)[:200]
    return [shape(one, VisitOut) | {"order": one.order.number} for one in found]


@router.post("/visits/{visit_id}/contact/", response=VisitOut)
@ruled(SIGNED_IN)
def contact(request: Any, visit_id: UUID, body: ContactIn) -> Visit:
    found = workers_visit_of(request, visit_id)
    return visit.contact(found, how=body.how, note=body.note, by=request.actor, at=clock.now())


@router.post("/visits/{visit_id}/departure/", response=VisitOut, openapi_extra=told.DOCUMENTED)
@ruled(SIGNED_IN)
def depart(request: Any, visit_id: UUID) -> Visit:
    found, at = workers_visit_of(request, visit_id), clock.now()
    return visit.depart(found, by=request.actor, at=at, told=told.moment(request.headers, at))


@router.post("/visits/{visit_id}/arrival/", response=VisitOut, openapi_extra=told.DOCUMENTED)
@ruled(SIGNED_IN)
def arrive(request: Any, visit_id: UUID, body: PointIn) -> Visit:
    """Where the worker stands is kept only if they agreed to purpose arrival (PUT /me/consents/arrival/)."""
    found, at, by = workers_visit_of(request, visit_id), clock.now(), request.actor
    point = body.point if accounts.consented(by.person, Purpose.ARRIVAL) else None
    return visit.arrive(found, point=point, by=by, at=at, told=told.moment(request.headers, at))


@router.post("/visits/{visit_id}/entry/", response=VisitOut)
@ruled(SIGNED_IN)
def enter(request: Any, visit_id: UUID, body: EntryIn) -> Visit:
    """Where the customer stands counts only if they agreed to purpose location (PUT /me/consents/location/)."""
    found, by = customers_visit_of(request, visit_id), request.actor
    point = body.point if accounts.consented(by.person, Purpose.LOCATION) else None
    token = safetycode.given(body.token)
    return visit.confirm_entry(found, token=token, point=point, by=by, at=clock.now())


@router.get("/visits/{visit_id}/steps/", response=list[StepOut])
@ruled(PARTY)
def steps(request: Any, visit_id: UUID) -> list[Step]:
    return list(visit_of(request, visit_id).steps.order_by("position"))


@router.post("/steps/{step_id}/completion/", response=StepOut, openapi_extra=told.DOCUMENTED)
@ruled(SIGNED_IN)
def tick_step(request: Any, step_id: UUID, body: StepIn) -> Step:
    found = queries.step_for_worker(step_id, request.actor)
    if found is None:
        raise refusals.OrderUnknown
    at = clock.now()
    heard = told.moment(request.headers, at)
    return visit.tick_step(found, done=body.done, note=body.note, by=request.actor, at=at, told=heard)


@router.post("/steps/{step_id}/photos/", response={201: StepOut})
@ruled(SIGNED_IN)
def add_photo(request: Any, step_id: UUID, photo: File[UploadedFile]) -> Status[Step]:
    found = queries.step_for_worker(step_id, request.actor)
    if found is None:
        raise refusals.OrderUnknown
    visit.add_photo(found, upload=photo, by=request.actor, at=clock.now())
    return Status(201, found)


@router.post("/visits/{visit_id}/extras/", response={201: ExtraOut})
@ruled(SIGNED_IN)
def propose_extra(request: Any, visit_id: UUID, body: ExtraIn) -> Status[Extra]:
    found = workers_visit_of(request, visit_id)
    return Status(201, visit.propose_extra(found, **body.dict(), by=request.actor, at=clock.now()))


@router.get("/visits/{visit_id}/extras/", response=list[ExtraOut])
@ruled(PARTY)
def extras(request: Any, visit_id: UUID) -> list[Extra]:
    return list(visit_of(request, visit_id).extras.order_by("proposed_at"))


@router.post("/extras/{extra_id}/answer/", response=ExtraOut)
@ruled(SIGNED_IN)
def answer_extra(request: Any, extra_id: UUID, body: AnswerIn) -> Extra:
    found = queries.extra_for_customer(extra_id, request.actor)
    if found is None:
        raise refusals.OrderUnknown
    return visit.answer_extra(found, agreed=body.agreed, by=request.actor, at=clock.now())


@router.post("/extras/{extra_id}/withdrawal/", response=ExtraOut)
@ruled(SIGNED_IN)
def withdraw_extra(request: Any, extra_id: UUID) -> Extra:
    found = queries.extra_for_worker(extra_id, request.actor)
    if found is None:
        raise refusals.OrderUnknown
    return visit.withdraw_extra(found, by=request.actor, at=clock.now())


@router.post("/visits/{visit_id}/completion/", response=VisitOut, openapi_extra=told.DOCUMENTED)
@ruled(SIGNED_IN)
def finish(request: Any, visit_id: UUID, body: NoteIn) -> Visit:
    found, at = workers_visit_of(request, visit_id), clock.now()
    heard = told.moment(request.headers, at)
    return visit.finish(found, note=body.note, by=request.actor, at=at, told=heard)


@router.post("/visits/{visit_id}/confirmation/", response=VisitOut)
@ruled(SIGNED_IN)
def confirm(request: Any, visit_id: UUID) -> Visit:
    return visit.confirm(customers_visit_of(request, visit_id), by=request.actor, at=clock.now())
