"""Applications and appeals for programs: the same actions as the pages."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from ninja import File, Query, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import Field

from anxin.catalogue.values import HealthTier
from anxin.kit import clock, sheets
from anxin.kit.access import SIGNED_IN, Request, any_of, holds, ruled
from anxin.kit.errors import NotFound
from anxin.kit.inputs import PageNumber, PageSize
from anxin.safetycode.actions import applying
from anxin.safetycode.models import Application, Upload
from anxin.safetycode.queries import applications
from anxin.safetycode.queries.applications.uploads import kept, upload_for
from anxin.safetycode.states import ApplicationState
from anxin.safetycode.values.applying import Cause
from anxin.workers.public import Worker, worker_of

router = Router(tags=["safetycode"])
AGENCY = holds("workers.manage")
EXTENDERS = any_of(holds("safetycode.vet"), holds("safetycode.issue"), holds("safetycode.review"))
DESKS = any_of(AGENCY, EXTENDERS)
View = Literal["mine", "open", "late", "closed", ""]


class ConditionOut(Schema):
    need: str
    met: bool
    until: date | None


class ClockOut(Schema):
    """In working days. waited: not counted, by cause; at_desk: counted, by state."""

    used: int
    limit: int
    due_on: date | None
    late_since: date | None
    running: bool
    waited: dict[str, int]
    at_desk: dict[str, int]


class MoveOut(Schema):
    at: datetime
    from_state: str
    to_state: str
    why: str


class ApplicationRow(Schema):
    """turn: whose turn it is (worker, agency, association, bureau), "" when closed."""

    number: str
    worker: str
    agency: str
    state: str
    turn: str
    tier: int
    submitted_at: datetime | None
    clock: ClockOut


class ApplicationOut(ApplicationRow):
    conditions: list[ConditionOut]
    history: list[MoveOut]
    code_number: str


class OpenIn(Schema):
    """worker: a worker's number, by their agency; empty = oneself."""

    worker: str = Field("", max_length=24)
    tier: HealthTier = HealthTier.GENERAL


class SubmitIn(Schema):
    declared: bool


class DecideIn(Schema):
    verdict: Literal["forward", "return", "reject"]
    why: str = Field("", max_length=400)


class SayIn(Schema):
    text: str = Field("", max_length=2000)


class PauseIn(Schema):
    cause: Literal["worker", "institution"]
    why: str = Field(min_length=1, max_length=200)
    whom: str = Field("", max_length=120)


class ExtendIn(Schema):
    days: int = Field(ge=1, le=60)
    why: str = Field(min_length=1, max_length=300)


class ListIn(Schema):
    view: View = ""
    state: ApplicationState | None = None
    page: PageNumber = 1
    page_size: PageSize = 50


class SheetOut(Schema):
    line: int
    good: bool
    faults: list[str]


class UploadOut(Schema):
    id: UUID
    name: str
    total: int
    good: int
    imported: int
    rows: list[SheetOut]


class ImportIn(Schema):
    """lines: which rows, all in one act; empty = every good one."""

    lines: list[int] = Field(default_factory=list, max_length=2000)


def _row(row: Application, read: Any) -> dict[str, Any]:
    turn = applications.turn_of(row)
    return {
        "number": row.number, "worker": row.worker.number, "agency": row.organisation.name, "state": row.state,
        "turn": str(turn) if turn else "", "tier": row.tier, "submitted_at": row.submitted_at,
        "clock": {
            "used": read.used, "limit": read.limit, "due_on": read.due_on, "late_since": read.late_since,
            "running": read.running, "waited": read.waited, "at_desk": read.at_desk,
        },
    }  # fmt: skip


def _whole(request: Request, number: str) -> dict[str, Any]:
    at = clock.now()
    row = applications.application(request.actor, number)
    moves = sorted(row.history.all(), key=lambda one: one.pk)
    return _row(row, applications.clocks([row], at)[0]) | {
        "conditions": [
            {"need": str(one.need), "met": one.met, "until": one.until} for one in applications.conditions(row, at)
        ],
        "history": [
            {"at": one.at, "from_state": one.from_state, "to_state": one.to_state, "why": one.why} for one in moves
        ],
        "code_number": row.code.number if row.code else "",
    }  # fmt: skip


@router.get("/safety-code/applications", response=list[ApplicationRow], summary="安心码申领列表")
@ruled(SIGNED_IN)
def listed(request: Request, asked: Query[ListIn]) -> Any:
    """What is due first on top; a worker sees their own, a desk its own."""
    at = clock.now()
    rows = applications.listed(
        request.actor, today=clock.local_date(at), sits=applications.seats(request.actor, at), view=asked.view,
        state=str(asked.state or ""),
    )  # fmt: skip
    start = (asked.page - 1) * asked.page_size
    found = list(rows[start : start + asked.page_size])
    return [_row(row, read) for row, read in zip(found, applications.clocks(found, at), strict=True)]


@router.post("/safety-code/applications", response={201: ApplicationOut}, summary="开始申领安心码")
@ruled(SIGNED_IN)
def begin(request: Request, data: OpenIn) -> Any:
    if data.worker:
        worker = Worker.objects.visible_to(request.actor).filter(number=data.worker).first()
    else:
        worker = worker_of(request.actor.person_id)
    if worker is None:
        raise NotFound
    row = applying.open_application(worker_id=worker.pk, tier=data.tier, by=request.actor, at=clock.now())
    return Status(201, _whole(request, row.number))


@router.get("/safety-code/applications/{number}", response=ApplicationOut, summary="一份安心码申领")
@ruled(SIGNED_IN)
def one(request: Request, number: str) -> Any:
    return _whole(request, number)


@router.post(
    "/safety-code/applications/{number}/submission", response=ApplicationOut, summary="本人确认并提交申领"
)
@ruled(SIGNED_IN)
def submit(request: Request, number: str, data: SubmitIn) -> Any:
    return _acted(request, number, applying.submit, declared=data.declared)


@router.post(
    "/safety-code/applications/{number}/resubmission", response=ApplicationOut, summary="补正后重新提交"
)
@ruled(SIGNED_IN)
def resubmit(request: Request, number: str, data: SayIn) -> Any:
    return _acted(request, number, applying.resubmit, note=data.text)


@router.post("/safety-code/applications/{number}/withdrawal", response=ApplicationOut, summary="撤回申领")
@ruled(SIGNED_IN)
def withdraw(request: Request, number: str) -> Any:
    return _acted(request, number, applying.withdraw)


@router.post(
    "/safety-code/applications/{number}/decision",
    response=ApplicationOut,
    summary="办理一步：通过、退回、不通过",
)
@ruled(DESKS)
def decide(request: Request, number: str, data: DecideIn) -> Any:
    """forward does what the state asks for next: report, pass, clear, issue, hand down."""
    if data.verdict == "forward":
        row = applications.application(request.actor, number)
        return _acted(request, number, applying.forward_from(row.state))
    out = applying.send_back if data.verdict == "return" else applying.reject
    return _acted(request, number, out, why=data.why)


@router.post("/safety-code/applications/{number}/pause", response=ApplicationOut, summary="暂停计时")
@ruled(DESKS)
def pause(request: Request, number: str, data: PauseIn) -> Any:
    return _acted(request, number, applying.pause, cause=Cause(data.cause), why=data.why, whom=data.whom)


@router.post("/safety-code/applications/{number}/resumption", response=ApplicationOut, summary="恢复计时")
@ruled(DESKS)
def resume(request: Request, number: str) -> Any:
    return _acted(request, number, applying.resume)


@router.post(
    "/safety-code/applications/{number}/extension", response=ApplicationOut, summary="延长时限并说明理由"
)
@ruled(EXTENDERS)
def extend(request: Request, number: str, data: ExtendIn) -> Any:
    return _acted(request, number, applying.extend, days=data.days, why=data.why)


def _acted(request: Request, number: str, action: Any, **more: Any) -> dict[str, Any]:
    row = applications.application(request.actor, number)
    action(application_id=row.pk, by=request.actor, at=clock.now(), **more)
    return _whole(request, number)


@router.post("/safety-code/application-uploads", response={201: UploadOut}, summary="上传申领表并预览")
@ruled(AGENCY)
def upload(request: Request, file: File[UploadedFile]) -> Any:
    """XLSX or CSV; nothing is imported yet."""
    content = file.read(sheets.MOST_BYTES + 1)
    row = applying.preview(content=content, name=file.name or "", by=request.actor, at=clock.now())
    return Status(201, _upload(row))


@router.post(
    "/safety-code/application-uploads/{upload_id}/import", response=UploadOut, summary="导入选中的行"
)
@ruled(AGENCY)
def imported(request: Request, upload_id: UUID, data: ImportIn) -> Any:
    lines = set(data.lines) or None
    applying.import_rows(upload_id=upload_id, lines=lines, by=request.actor, at=clock.now())
    row = upload_for(request.actor.organisation_id, upload_id)
    if row is None:
        raise NotFound
    return _upload(row)


@router.delete("/safety-code/application-uploads/{upload_id}", response={204: None}, summary="放弃一次上传")
@ruled(AGENCY)
def give_up(request: Request, upload_id: UUID) -> Any:
    """Its rows are destroyed."""
    applying.give_up(upload_id=upload_id, by=request.actor, at=clock.now())
    return Status(204, None)


def _upload(row: Upload) -> dict[str, Any]:
    return {
        "id": row.pk, "name": row.name, "total": row.total, "good": row.good, "imported": row.imported,
        "rows": [{"line": s.line, "good": s.good, "faults": list(s.faults)} for s in kept(row)],
    }  # fmt: skip
