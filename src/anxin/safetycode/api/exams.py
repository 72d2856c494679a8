"""Health checks for programs: sessions, bookings, arrivals and conclusions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from ninja import Router, Schema, Status
from pydantic import Field

from anxin.kit import clock
from anxin.kit.access import SIGNED_IN, Request, holds, ruled
from anxin.kit.inputs import Moment
from anxin.safetycode import actions
from anxin.safetycode.models import ExamAppointment, ExamSlot
from anxin.safetycode.queries import exams as queries
from anxin.safetycode.values.exams import ExamConclusion, ExamResult, NewSlot
from anxin.workers.public import NoSuchWorker, Worker
from anxin.workers.values import HealthTier

router = Router(tags=["health checks"])
EXAMINE = holds("safetycode.examine")


class SlotOut(Schema):
    """tier: the strictest that is done, 1–4; left: free places."""

    id: UUID
    institution: str
    place: str
    town_code: str
    starts_at: datetime
    ends_at: datetime
    tier: int
    left: int


class SlotIn(Schema):
    starts_at: Moment
    ends_at: Moment
    opens_at: Moment | None = None
    tier: HealthTier
    capacity: int = Field(ge=1, le=500)
    place: str = Field(min_length=1, max_length=120)


class BookIn(Schema):
    """worker: a number; consent: the version of the text on health checks that the worker agreed to just now."""

    slot: UUID
    worker: str = Field(max_length=24)
    tier: HealthTier
    consent: int | None = None


class MoveIn(Schema):
    slot: UUID


class ResultIn(Schema):
    """All that is ever taken of a check. Anything more, a medical value above all, is refused."""

    tier: HealthTier
    conclusion: ExamConclusion
    exam_date: date
    report_no: str = Field(max_length=20)
    valid_until: date | None = None


class ExamOut(Schema):
    number: str
    state: str
    tier: int
    worker: str
    institution: str
    place: str
    starts_at: datetime
    conclusion: str
    exam_date: date | None
    valid_until: date | None


def _told(row: ExamAppointment) -> dict[str, Any]:
    return {
        "number": row.number, "state": row.state, "tier": row.tier, "worker": row.worker.number,
        "institution": row.slot.organisation.name, "place": row.slot.place, "starts_at": row.slot.starts_at,
        "conclusion": row.conclusion, "exam_date": row.exam_date, "valid_until": row.valid_until,
    }  # fmt: skip


def _slot(row: ExamSlot) -> dict[str, Any]:
    names = ("id", "place", "town_code", "starts_at", "ends_at", "tier")
    told = {name: getattr(row, name) for name in names}
    return told | {"institution": row.organisation.name, "left": row.capacity - row.taken}


@router.get("/exam-slots", response=list[SlotOut], summary="可以预约的体检场次")
@ruled(SIGNED_IN)
def slots(request: Request, tier: HealthTier | None = None, town: str = "") -> Any:
    """With free places, the next first, at most 60."""
    return queries.slots(request.actor, clock.now(), tier=tier, town_code=town)


@router.post("/exam-slots", response={201: SlotOut}, summary="体检机构开放一场")
@ruled(EXAMINE)
def open_slot(request: Request, data: SlotIn) -> Any:
    at = clock.now()
    slot = NewSlot(data.starts_at, data.ends_at, data.tier, data.capacity, data.opens_at or at)
    return Status(201, _slot(actions.open_slot(slot=slot, place=data.place, by=request.actor, at=at)))


@router.post("/exam-slots/{slot_id}/closing", response=SlotOut, summary="一场体检停止预约")
@ruled(EXAMINE)
def close_slot(request: Request, slot_id: UUID) -> Any:
    """Who has a place keeps it."""
    return _slot(actions.close_slot(slot_id=slot_id, by=request.actor, at=clock.now()))


@router.get("/exams", response=list[ExamOut], summary="体检预约（本人、所属机构、体检机构各看各的）")
@ruled(SIGNED_IN)
def exams(request: Request) -> Any:
    """The newest first, at most 100."""
    return [_told(row) for row in queries.exams(request.actor)[:100]]


@router.post("/exams", response={201: ExamOut}, summary="预约体检")
@ruled(SIGNED_IN)
def book(request: Request, data: BookIn) -> Any:
    """409 exam_full: somebody else took the last place."""
    worker = Worker.objects.visible_to(request.actor).filter(number=data.worker.upper()).first()
    if worker is None:
        raise NoSuchWorker
    row = actions.book_exam(
        slot_id=data.slot, worker_id=worker.pk, tier=data.tier, consent=data.consent, by=request.actor,
        at=clock.now(),
    )  # fmt: skip
    return Status(201, _told(row))


@router.post("/exams/{number}/slot", response=ExamOut, summary="改约")
@ruled(SIGNED_IN)
def reschedule(request: Request, number: str, data: MoveIn) -> Any:
    return _told(actions.reschedule_exam(number=number, slot_id=data.slot, by=request.actor, at=clock.now()))


@router.post("/exams/{number}/cancellation", response=ExamOut, summary="取消体检预约")
@ruled(SIGNED_IN)
def cancel(request: Request, number: str) -> Any:
    return _told(actions.cancel_exam(number=number, by=request.actor, at=clock.now()))


@router.post("/exams/{number}/arrival", response=ExamOut, summary="登记到检")
@ruled(EXAMINE)
def arrive(request: Request, number: str) -> Any:
    return _told(actions.arrive(number=number, by=request.actor, at=clock.now()))


@router.post("/exams/{number}/conclusion", response=ExamOut, summary="登记体检结论")
@ruled(EXAMINE)
def conclude(request: Request, number: str, data: ResultIn) -> Any:
    """Tier, conclusion and dates only; 422 for a field more."""
    result = ExamResult(data.tier, data.conclusion, data.exam_date, data.report_no, data.valid_until)
    return _told(actions.conclude(number=number, result=result, by=request.actor, at=clock.now()))
