"""Insurance policies for programs."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from ninja import Router, Schema, Status
from pydantic import Field

from anxin.kit import clock
from anxin.kit.access import Request, any_of, holds, ruled
from anxin.kit.errors import NotFound
from anxin.safetycode import actions
from anxin.safetycode.api.codes import WhyIn
from anxin.safetycode.models import InsurancePolicy
from anxin.safetycode.queries import filings as queries
from anxin.safetycode.values.filings import Limit, Product, Terms
from anxin.workers.public import NoSuchWorker, Worker

router = Router(tags=["insurance"])
READ = any_of(
    holds("workers.read"), holds("safetycode.insure"), holds("safetycode.manage"), holds("workers.oversee"),
    holds("governance.supervise"),
)  # fmt: skip
FILE = holds("workers.manage")
CONFIRM = any_of(holds("safetycode.insure"), holds("safetycode.manage"))
CHANGE = any_of(FILE, CONFIRM)
Fen = Field(default=None, gt=0, lt=10**12)


class TermsIn(Schema):
    """Limits in fen; dates inclusive; occupation class 1–4."""

    number: str = Field(min_length=1, max_length=64)
    product: Product
    occupation_class: int = Field(ge=1, le=4)
    valid_from: date
    valid_to: date
    death_fen: int | None = Fen
    medical_fen: int | None = Fen
    third_party_fen: int | None = Fen
    property_fen: int | None = Fen


class PolicyIn(TermsIn):
    insurer: str = Field(min_length=1, max_length=120)


class ToldOut(Schema):
    finding: str
    params: dict[str, str]


class PolicyOut(Schema):
    """told: what to know before confirming (limits below the least, overlaps, gaps)."""

    id: UUID
    number: str
    state: str
    insurer: str
    holder: str
    product: str
    occupation_class: int
    valid_from: date
    valid_to: date
    insured: int
    told: list[ToldOut]


class RosterIn(Schema):
    workers: list[str] = Field(max_length=500)


class EndIn(Schema):
    last_day: date
    why: str = Field(min_length=1, max_length=200)


class StrikeIn(Schema):
    worker: str = Field(max_length=24)
    why: str = Field(default="", max_length=200)


def _told(request: Request, policy_id: UUID, *, whole: bool = True) -> dict[str, Any]:
    return _line(_row(request, policy_id), whole=whole)


def _line(row: InsurancePolicy, *, whole: bool) -> dict[str, Any]:
    names = ("id", "number", "state", "product", "occupation_class", "valid_from", "valid_to")
    told = queries.told_of(row, clock.now()) if whole else []
    return {name: getattr(row, name) for name in names} | {
        "insurer": row.insurer_name, "holder": row.holder.name, "insured": row.insured,  # type: ignore[attr-defined]
        "told": [{"finding": str(one.finding), "params": {k: str(v) for k, v in one.params.items()}} for one in told],
    }  # fmt: skip


def _row(request: Request, policy_id: UUID) -> InsurancePolicy:
    row = queries.policy_for(request.actor, policy_id)
    if row is None:
        raise NotFound
    return row


@router.get("/policies", response=list[PolicyOut], summary="家政责任险保单")
@ruled(READ)
def policies(request: Request, state: str = "") -> Any:
    """The newest first, at most 100; `told` is of one policy alone."""
    return [_line(row, whole=False) for row in queries.policies(request.actor, state=state)[:100]]


@router.get("/policies/{policy_id}", response=PolicyOut, summary="一份保单")
@ruled(READ)
def policy(request: Request, policy_id: UUID) -> Any:
    return _told(request, policy_id)


@router.post("/policies", response={201: PolicyOut}, summary="报备保单")
@ruled(FILE)
def file_policy(request: Request, data: PolicyIn) -> Any:
    """It insures nobody before it is confirmed."""
    row = actions.file_policy(terms=_terms(data), insurer_name=data.insurer, by=request.actor, at=clock.now())
    return Status(201, _told(request, row.pk))


def _terms(data: TermsIn) -> Terms:
    given = {limit: getattr(data, f"{limit}_fen") for limit in Limit}
    return Terms(
        data.number, data.product, data.occupation_class, data.valid_from, data.valid_to,
        {limit: fen for limit, fen in given.items() if fen is not None},
    )  # fmt: skip


@router.post("/policies/{policy_id}/return", response=PolicyOut, summary="退回保单")
@ruled(CONFIRM)
def send_back(request: Request, policy_id: UUID, data: WhyIn) -> Any:
    """With what is to be put right; the holder reads it."""
    actions.send_back_policy(policy_id=policy_id, why=data.why, by=request.actor, at=clock.now())
    return _told(request, policy_id)


@router.post("/policies/{policy_id}/again", response=PolicyOut, summary="改正后重新报备")
@ruled(FILE)
def file_again(request: Request, policy_id: UUID, data: TermsIn) -> Any:
    """What was sent back, put right; the roster stays."""
    actions.file_again(policy_id=policy_id, terms=_terms(data), by=request.actor, at=clock.now())
    return _told(request, policy_id)


@router.post("/policies/{policy_id}/dropping", response=PolicyOut, summary="撤回报备")
@ruled(FILE)
def drop(request: Request, policy_id: UUID) -> Any:
    """Before it is confirmed."""
    actions.drop_policy(policy_id=policy_id, by=request.actor, at=clock.now())
    return _told(request, policy_id)


@router.post("/policies/{policy_id}/roster", response=PolicyOut, summary="加入被保人（全部或都不加）")
@ruled(FILE)
def add_insured(request: Request, policy_id: UUID, data: RosterIn) -> Any:
    """Numbers of the agency's workers. 409: one of them is not, or is on the roster; then nobody was put in."""
    wanted = {number.upper() for number in data.workers}
    found = list(
        Worker.objects.visible_to(request.actor).filter(number__in=wanted).values_list("pk", flat=True)
    )
    if len(found) < len(wanted):
        raise actions.RosterFaulty("workers", n=len(wanted) - len(found))
    actions.add_insured(policy_id=policy_id, worker_ids=found, by=request.actor, at=clock.now())
    return _told(request, policy_id)


@router.post("/policies/{policy_id}/confirmation", response=PolicyOut, summary="确认保单")
@ruled(CONFIRM)
def confirm(request: Request, policy_id: UUID) -> Any:
    actions.confirm_policy(policy_id=policy_id, by=request.actor, at=clock.now())
    return _told(request, policy_id)


@router.post("/policies/{policy_id}/ending", response=PolicyOut, summary="提前终止保单")
@ruled(CHANGE)
def end(request: Request, policy_id: UUID, data: EndIn) -> Any:
    """Insured through `last_day`, at the earliest yesterday. The colours follow at once."""
    actions.end_policy(
        policy_id=policy_id, last_day=data.last_day, why=data.why, by=request.actor, at=clock.now()
    )
    return _told(request, policy_id)


@router.post("/policies/{policy_id}/striking", response=PolicyOut, summary="移出被保人")
@ruled(CHANGE)
def strike(request: Request, policy_id: UUID, data: StrikeIn) -> Any:
    _row(request, policy_id)
    one = queries.roster(request.actor, policy_id, struck=False)
    row = one.filter(worker__number=data.worker.upper()).first()
    if row is None:
        raise NoSuchWorker
    actions.strike_insured(
        policy_id=policy_id, worker_id=row.worker_id, why=data.why, by=request.actor, at=clock.now()
    )
    return _told(request, policy_id)
