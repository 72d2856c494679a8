"""The care of codes for programs: measures, refreshes, faults, delegations, figures, both certificates."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from ninja import Query, Router, Schema, Status
from pydantic import Field

from anxin.kit import clock
from anxin.kit.access import Request, any_of, fresh, holds, ruled
from anxin.kit.inputs import Moment, PageNumber, PageSize
from anxin.safetycode import actions
from anxin.safetycode.actions import delegating, faults, ministry, refreshing
from anxin.safetycode.api.codes import WhyIn
from anxin.safetycode.api.finding import worker_numbered
from anxin.safetycode.models import Delegation, Fault, Measure, MinistryRecord, Refresh
from anxin.safetycode.queries import authority, figures
from anxin.safetycode.queries import refreshing as tasks
from anxin.safetycode.queries.codes import code_of
from anxin.safetycode.values.care import Answer, Fact, Ground, MeasureKind, Task

router = Router(tags=["safetycode"])
ISSUE = any_of(holds("safetycode.issue"), holds("workers.oversee"))
CARE = any_of(holds("safetycode.manage"), holds("workers.oversee"))
OVERSEE = any_of(holds("safetycode.manage"), holds("workers.oversee"), holds("governance.supervise"))
COUNTED = any_of(OVERSEE, holds("safetycode.issue"))
ENTRUSTED = any_of(OVERSEE, holds("safetycode.vet"), holds("safetycode.issue"))
REFRESH = any_of(
    holds("workers.manage"),
    holds("safetycode.manage"),
    holds("safetycode.issue"),
    holds("workers.oversee"),
    holds("governance.supervise"),
)
CONFIRM = any_of(holds("workers.manage"), holds("safetycode.issue"), holds("workers.oversee"))


class MeasureOut(Schema):
    """`until`: the last day of a suspension; `ended_at`: when it stopped to hold."""

    id: UUID
    kind: str
    ground: str
    why: str
    evidence: str
    at: datetime
    until: date | None
    appeal_until: date | None
    ended_at: datetime | None


class MeasureIn(Schema):
    """`until` with a suspension, `valid_to` with an update."""

    kind: MeasureKind
    ground: Ground
    why: str = Field(min_length=1, max_length=300)
    evidence: str = Field("", max_length=300)
    until: date | None = None
    valid_to: date | None = None


class RefreshOut(Schema):
    id: UUID
    state: str
    due_on: date
    worker: str
    code: str
    facts: dict[str, str]


class AnswerIn(Schema):
    fact: Fact
    answer: Answer
    note: str = Field("", max_length=200)


class FaultOut(Schema):
    check: str
    worker: str
    detail: str
    found_at: datetime


class DelegationOut(Schema):
    id: UUID
    bureau: str
    issuer: str
    area: str
    tasks: list[Task]
    starts_at: datetime
    ends_at: datetime | None
    document: str
    revoked_at: datetime | None


class DelegationIn(Schema):
    issuer_id: UUID
    tasks: list[Task] = Field(min_length=1)
    area: str = Field(pattern="^([0-9]{4}|[0-9]{6})$")
    starts_at: Moment
    ends_at: Moment | None = None
    document: str = Field(min_length=1, max_length=80)
    reason: str = Field(min_length=1, max_length=300)


class FigureOut(Schema):
    """A city's figure; `fen` where the rows have an amount."""

    city: str
    figure: str
    count: int
    fen: int | None


class IssuerFigureOut(FigureOut):
    """An issuer's figure within a city; without an issuer: codes of before issuers were kept."""

    issuer: UUID | None


class CertificateOut(Schema):
    worker: str
    state: str
    number: str
    valid_to: date | None
    differences: list[str]
    asked_at: datetime


class Listed(Schema):
    page: PageNumber = 1
    page_size: PageSize = 50

    def cut(self, rows: Any) -> Any:
        """The page that was asked for."""
        return rows[(self.page - 1) * self.page_size : self.page * self.page_size]


class Span(Listed):
    since: Moment | None = None
    until: Moment | None = None


@router.get("/workers/{number}/safety-code/measures", response=list[MeasureOut], summary="对安心码的历次处理")
@ruled(OVERSEE)
def measures(request: Request, number: str) -> Any:
    """Newest first."""
    rows = Measure.objects.visible_to(request.actor).filter(code__worker=worker_numbered(request, number).pk)
    return list(rows.order_by("-at", "-id")[:200])


@router.post("/workers/{number}/safety-code/measures", response={201: MeasureOut}, summary="处理安心码")
@ruled(ISSUE)
def measure(request: Request, number: str, data: MeasureIn) -> Any:
    """Update, suspend, resume, recall, cancel or supersede."""
    worker = worker_numbered(request, number)
    given: dict[str, Any] = {"worker_id": worker.pk, "ground": data.ground, "why": data.why, "by": request.actor,
                             "at": clock.now()}  # fmt: skip
    match data.kind:
        case MeasureKind.RESUME:
            actions.restore(**given)
        case MeasureKind.SUSPEND:
            actions.suspend(**given, until=data.until, evidence=data.evidence)
        case MeasureKind.UPDATE:
            actions.update_code(**given, valid_to=data.valid_to, evidence=data.evidence)
        case MeasureKind.SUPERSEDE:
            actions.supersede(**given, evidence=data.evidence)
        case _:
            actions.revoke(**given, kind=data.kind, evidence=data.evidence)
    code = code_of(worker.pk)
    return Status(201, Measure.objects.filter(code=code, kind=data.kind).latest("at", "id"))


@router.get("/safety-code/refreshes", response=list[RefreshOut], summary="待更新的安心码")
@ruled(REFRESH)
def refreshes(request: Request, asked: Query[Listed]) -> Any:
    """By what is due first."""
    return [_refresh(row) for row in asked.cut(tasks.listed(request.actor).prefetch_related("facts"))]


@router.post("/safety-code/refreshes/{key}/answers", response=RefreshOut, summary="确认一项信息")
@ruled(CONFIRM)
def answer(request: Request, key: UUID, data: AnswerIn) -> Any:
    """The last fact that is right verifies the code."""
    row = refreshing.answer_fact(
        refresh_id=key, fact=data.fact, answer=data.answer, note=data.note, by=request.actor, at=clock.now()
    )
    return _refresh(row)


def _refresh(row: Refresh) -> dict[str, Any]:
    return {
        "id": row.pk, "state": row.state, "due_on": row.due_on, "worker": row.code.worker.number,
        "code": row.code.number, "facts": {one.fact: one.answer for one in row.facts.all()},
    }  # fmt: skip


@router.get("/safety-code/faults", response=list[FaultOut], summary="问题码")
@ruled(OVERSEE)
def found(request: Request, asked: Query[Listed]) -> Any:
    rows = Fault.objects.visible_to(request.actor).filter(cleared_at=None).select_related("worker")
    return [
        {"check": row.check_code, "worker": row.worker.number, "detail": row.detail, "found_at": row.found_at}
        for row in asked.cut(rows.order_by("check_code", "found_at", "id"))
    ]


@router.post("/safety-code/faults", response=dict[str, int], summary="立即查找问题码")
@ruled(CARE)
def search(request: Request) -> Any:
    """How many rows each check found."""
    return faults.find_faults(by=request.actor, at=clock.now())


@router.get("/safety-code/delegations", response=list[DelegationOut], summary="发码委托")
@ruled(ENTRUSTED)
def delegations(request: Request) -> Any:
    return [_delegation(row) for row in authority.delegations(request.actor)[:200]]


@router.post("/safety-code/delegations", response={201: DelegationOut}, summary="委托发码")
@ruled(fresh(holds("safetycode.delegate")))
def entrust(request: Request, data: DelegationIn) -> Any:
    row = delegating.entrust(**data.dict(), by=request.actor, at=clock.now())
    return Status(201, _delegation(row))


@router.post("/safety-code/delegations/{key}/revocation", response=DelegationOut, summary="收回发码委托")
@ruled(fresh(holds("safetycode.delegate")))
def take_back(request: Request, key: UUID, data: WhyIn) -> Any:
    return _delegation(
        delegating.revoke_delegation(delegation_id=key, why=data.why, by=request.actor, at=clock.now())
    )


def _delegation(row: Delegation) -> dict[str, Any]:
    return {
        "id": row.pk, "bureau": row.bureau.name if row.bureau else "", "issuer": row.issuer.name, "area": row.area,
        "tasks": [task for task in Task if getattr(row, task)], "starts_at": row.starts_at, "ends_at": row.ends_at,
        "document": row.document, "revoked_at": row.revoked_at,
    }  # fmt: skip


@router.get("/safety-code/figures", response=list[FigureOut], summary="各市发码情况")
@ruled(COUNTED)
def counts(request: Request, asked: Query[Span]) -> Any:
    """Of this year unless told otherwise."""
    at = clock.now()
    return [
        {"city": city, "figure": code, "count": value.count, "fen": value.fen}
        for city, values in figures.by_city(request.actor, _span(asked, at), at).items()
        for code, value in values.items()
    ]


@router.get(
    "/safety-code/figures/{city}", response=list[IssuerFigureOut], summary="一个市各发放单位的发码情况"
)
@ruled(COUNTED)
def counts_of_issuers(request: Request, city: str, asked: Query[Span]) -> Any:
    """Of this year unless told otherwise; an issuer is told its own."""
    at = clock.now()
    found = figures.by_issuer(request.actor, _span(asked, at), at, city)
    return [
        {"city": city, "issuer": None if issuer == figures.NOBODY else issuer, "figure": code,
         "count": value.count, "fen": value.fen}
        for issuer, values in found.items() for code, value in values.items()
    ]  # fmt: skip


def _span(asked: Span, at: datetime) -> figures.Span:
    today = clock.local_date(at)
    first, over = today.replace(month=1, day=1), today + timedelta(days=1)
    return figures.Span(asked.since or clock.at_local(first, 0), asked.until or clock.at_local(over, 0))


@router.get("/safety-code/certificates", response=list[CertificateOut], summary="双证差异")
@ruled(OVERSEE)
def certificates(request: Request, asked: Query[Listed]) -> Any:
    """The Ministry's records that differ from ours."""
    rows = MinistryRecord.objects.visible_to(request.actor).exclude(differences=[]).select_related("worker")
    return [_certificate(row) for row in asked.cut(rows.order_by("-asked_at", "pk"))]


def _certificate(row: MinistryRecord) -> dict[str, Any]:
    names = ("state", "number", "valid_to", "differences", "asked_at")
    return {name: getattr(row, name) for name in names} | {"worker": row.worker.number}


@router.post(
    "/safety-code/certificates/{number}/comparison",
    response=list[CertificateOut],
    summary="重新核对一位服务员的双证",
)
@ruled(CARE)
def compare(request: Request, number: str) -> Any:
    """Ask the Ministry about one worker now; empty: it did not answer, and is asked again at night."""
    worker = worker_numbered(request, number)
    if not ministry.compare(worker_ids=[worker.pk], at=clock.now()):
        return []
    return [
        _certificate(row) for row in MinistryRecord.objects.filter(worker=worker).select_related("worker")
    ]
