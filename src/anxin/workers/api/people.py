"""Workers for programs: the record, papers, weekly hours, bookings, leave, and who works for which agency."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from ninja import Router, Status

from anxin.accounts import public as accounts
from anxin.kit import clock
from anxin.kit.access import SIGNED_IN, Request, any_of, holds, ruled
from anxin.kit.actor import Actor
from anxin.kit.errors import Invalid
from anxin.kit.inputs import Moment
from anxin.kit.masks import mask_phone
from anxin.workers import actions
from anxin.workers.api.schemas import (
    BookingOut,
    CredentialIn,
    CredentialOut,
    EnrolIn,
    GrabbingIn,
    HowIn,
    LeaveIn,
    LineOut,
    SearchIn,
    ShiftsIn,
    SkillsIn,
    StateIn,
    TakeOnIn,
    TownsIn,
    WhyIn,
    WorkerOut,
)
from anxin.workers.models import Credential, Worker
from anxin.workers.queries.archive import item_of, reading_of
from anxin.workers.queries.people import detailed, listed, own
from anxin.workers.queries.time import busy
from anxin.workers.values import CONSENTS, BookingFacts, Span

router = Router(tags=["workers"])
READ = any_of(
    holds("workers.read"), holds("workers.oversee"), holds("safetycode.manage"), holds("governance.supervise")
)
MANAGE = holds("workers.manage")
VERIFY = any_of(MANAGE, holds("workers.oversee"), holds("safetycode.manage"))


class SpanUnfit(Invalid):
    code = "span_unfit"
    message = _("时间段有误：结束须晚于开始，且两者都要带时区。")


def _one(request: Request, number: str) -> Worker:
    """The worker of that number, or "me", if the actor may see them."""
    if number == "me":
        mine = own(request.actor.person_id)
        if mine is None:
            raise actions.NotEnrolled
        return mine
    row: Worker | None = detailed(Worker.objects.visible_to(request.actor)).filter(number=number).first()
    if row is None:
        raise actions.NoSuchWorker
    return row


def _span(starts_at: datetime, ends_at: datetime) -> Span:
    try:
        return Span(starts_at, ends_at)
    except ValueError as error:
        raise SpanUnfit("ends_at") from error


def _credential(row: Credential) -> dict[str, Any]:
    return {name: getattr(row, name) for name in CredentialOut.model_fields}


def _whole(row: Worker, actor: Actor) -> dict[str, Any]:
    current = next(iter(row.current), None)  # type: ignore[attr-defined]
    reading = reading_of(actor, row)
    shown = reading.items if reading else frozenset()
    return {
        "id": row.pk,
        "name": row.person.name,
        "phone_masked": mask_phone(row.person.phone),
        "colour": getattr(getattr(row, "standing", None), "colour", ""),
        "organisation_id": current.organisation_id if current else None,
        "organisation": current.organisation.name if current else "",
        "affiliation": current.kind if current else "",
        "may_grab": bool(current and current.may_grab),
        "skills": list(row.skills.all()),
        "towns": sorted(area.town_code for area in row.areas.all()),
        "shifts": sorted(row.shifts.all(), key=lambda s: (s.weekday, s.from_minute)),
        "credentials": [_credential(one) for one in row.papers if item_of(one.kind) in shown],  # type: ignore[attr-defined]
        **{n: getattr(row, n) for n in ("number", "state", "home_town", "practising_since", "intro")},
    }


def _booking(facts: BookingFacts) -> dict[str, Any]:
    return {
        "id": facts.id, "kind": str(facts.kind), "state": str(facts.state), "starts_at": facts.span.start,
        "ends_at": facts.span.end, "note": facts.note,
    }  # fmt: skip


@router.post("/workers", response={201: WorkerOut}, summary="本人登记为家政服务员")
@ruled(SIGNED_IN)
def enrol(request: Request, data: EnrolIn) -> Any:
    """Refuses one whose real name is not verified, or who is enrolled already."""
    person_id = request.actor.person_id
    if person_id is None:
        raise actions.NotVerified
    actions.enrol(person_id=person_id, by=request.actor, at=clock.now(), **data.dict())
    return Status(201, _whole(_one(request, "me"), request.actor))


@router.post("/workers/search", response=list[LineOut], summary="本机构的家政服务员")
@ruled(READ, reads=True)
def search(request: Request, data: SearchIn) -> Any:
    """`q`: exact name, phone or number; posted, so that it stands in no address. Newest first."""
    rows = listed(request.actor, text=data.q, state=data.state, item_code=data.item, colour=data.colour)
    return _lines(rows, data.page, data.page_size)


@router.get("/workers", response=list[LineOut], summary="本机构的家政服务员")
@ruled(READ)
def workers(
    request: Request, state: str = "", item: str = "", colour: str = "", page: int = 1, page_size: int = 50
) -> Any:
    """Newest first, at most 100 a page. Who looks for somebody posts to /workers/search."""
    return _lines(listed(request.actor, state=state, item_code=item, colour=colour), page, page_size)


def _lines(rows: Any, page: int, page_size: int) -> list[dict[str, Any]]:
    size, first = max(1, min(page_size, 100)), max(1, page)
    return [
        {
            "number": row.number, "name": row.person.name, "state": row.state, "skills": list(row.skills.all()),
            "colour": getattr(getattr(row, "standing", None), "colour", ""),
            "affiliation": next((a.kind for a in row.current), ""),
        }
        for row in rows[(first - 1) * size : first * size]
    ]  # fmt: skip


@router.post("/workers/taking-on", response={201: WorkerOut}, summary="把已实名的人加入本机构")
@ruled(MANAGE)
def take_on(request: Request, data: TakeOnIn) -> Any:
    """Found by phone and name together. 404: nobody fits; 409: belongs to an agency already."""
    row = actions.take_on(
        phone=data.phone, name=data.name, kind=data.kind, may_grab=data.may_grab, by=request.actor,
        at=clock.now(),
    )  # fmt: skip
    return Status(201, _whole(_one(request, row.number), request.actor))


@router.get("/workers/{number}", response=WorkerOut, summary="一位服务员的档案（me = 本人）")
@ruled(SIGNED_IN)
def worker(request: Request, number: str) -> Any:
    return _whole(_one(request, number), request.actor)


@router.put("/workers/{number}/skills", response=WorkerOut, summary="更新技能")
@ruled(SIGNED_IN)
def set_skills(request: Request, number: str, data: SkillsIn) -> Any:
    levels = {skill.item_code: skill.level for skill in data.skills}
    actions.set_skills(worker_id=_one(request, number).pk, levels=levels, by=request.actor, at=clock.now())
    return _whole(_one(request, number), request.actor)


@router.put("/workers/{number}/areas", response=WorkerOut, summary="更新服务区域")
@ruled(SIGNED_IN)
def set_areas(request: Request, number: str, data: TownsIn) -> Any:
    actions.set_areas(
        worker_id=_one(request, number).pk, town_codes=data.towns, by=request.actor, at=clock.now()
    )
    return _whole(_one(request, number), request.actor)


@router.put("/workers/{number}/shifts", response=WorkerOut, summary="更新可服务时段")
@ruled(SIGNED_IN)
def set_shifts(request: Request, number: str, data: ShiftsIn) -> Any:
    shifts = [(shift.weekday, shift.from_minute, shift.to_minute) for shift in data.shifts]
    actions.set_shifts(worker_id=_one(request, number).pk, shifts=shifts, by=request.actor, at=clock.now())
    return _whole(_one(request, number), request.actor)


@router.put("/workers/{number}/state", response=WorkerOut, summary="暂停、恢复接单或离开平台")
@ruled(SIGNED_IN)
def set_state(request: Request, number: str, data: StateIn) -> Any:
    actions.set_state(
        worker_id=_one(request, number).pk, to=data.state, why=data.why, by=request.actor, at=clock.now()
    )
    return _whole(_one(request, number), request.actor)


@router.get("/workers/{number}/bookings", response=list[BookingOut], summary="一段时间的日程")
@ruled(SIGNED_IN)
def bookings(request: Request, number: str, since: Moment, until: Moment) -> Any:
    """What the worker's time is booked for between two moments."""
    row = _one(request, number)
    return [_booking(facts) for facts in busy([row.pk], _span(since, until))[row.pk]]


@router.post("/workers/{number}/leave", response={201: BookingOut}, summary="请假")
@ruled(SIGNED_IN)
def take_leave(request: Request, number: str, data: LeaveIn) -> Any:
    """409 over a visit or other leave."""
    row = actions.take_leave(
        worker_id=_one(request, number).pk, span=_span(data.starts_at, data.ends_at), note=data.note,
        by=request.actor, at=clock.now(),
    )  # fmt: skip
    return Status(201, _booking(row.facts))


@router.post("/leave/{booking_id}/cancellation", response={204: None}, summary="取消请假")
@ruled(SIGNED_IN)
def cancel_leave(request: Request, booking_id: UUID) -> Any:
    actions.cancel_leave(booking_id=booking_id, by=request.actor, at=clock.now())
    return Status(204, None)


@router.post("/workers/{number}/credentials", response={201: CredentialOut}, summary="登记证件")
@ruled(SIGNED_IN)
def add_credential(request: Request, number: str, data: CredentialIn) -> Any:
    """Not verified yet, so it counts for nothing yet.

    Of health and background: `consent` is the version that the person read at /me/consents/, unless given before;
    422 consent_needed, 403 consent_of_another.
    """
    worker, by, at, given = _one(request, number), request.actor, clock.now(), data.dict(exclude={"consent"})
    if purpose := CONSENTS.get(data.kind):
        accounts.ask_consent(purpose=purpose, person_id=worker.person_id, version=data.consent, by=by, at=at)
    row = actions.add_credential(worker_id=worker.pk, by=by, at=at, **given)
    return Status(201, _credential(row))


@router.post("/credentials/{credential_id}/verification", response=CredentialOut, summary="核验证件")
@ruled(VERIFY)
def verify(request: Request, credential_id: UUID, data: HowIn) -> Any:
    """Never by the holder themself."""
    return _credential(
        actions.verify_credential(credential_id=credential_id, how=data.how, by=request.actor, at=clock.now())
    )


@router.post("/credentials/{credential_id}/withdrawal", response=CredentialOut, summary="撤回证件")
@ruled(VERIFY)
def withdraw(request: Request, credential_id: UUID, data: WhyIn) -> Any:
    return _credential(
        actions.withdraw_credential(
            credential_id=credential_id, why=data.why, by=request.actor, at=clock.now()
        )
    )


@router.put("/workers/{number}/grabbing", response=WorkerOut, summary="允许或不允许自行抢单")
@ruled(MANAGE)
def allow_grabbing(request: Request, number: str, data: GrabbingIn) -> Any:
    actions.allow_grabbing(
        worker_id=_one(request, number).pk, allowed=data.allowed, by=request.actor, at=clock.now()
    )
    return _whole(_one(request, number), request.actor)


@router.post("/workers/{number}/departure", response={204: None}, summary="离开机构")
@ruled(SIGNED_IN)
def leave_agency(request: Request, number: str) -> Any:
    """By the worker or the agency. 409 while a visit lies ahead."""
    actions.leave_agency(worker_id=_one(request, number).pk, by=request.actor, at=clock.now())
    return Status(204, None)
