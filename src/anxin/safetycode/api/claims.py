"""Subsidies for health checks for programs: batches, their lines, approval and payment (D-7)."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from ninja import Query, Router, Schema, Status
from pydantic import Field

from anxin.kit import clock
from anxin.kit.access import Request, fresh, holds, ruled
from anxin.kit.errors import NotFound
from anxin.safetycode.actions import funds
from anxin.safetycode.api.care import OVERSEE, Listed
from anxin.safetycode.api.codes import WhyIn
from anxin.safetycode.models import Claim, ClaimLine
from anxin.safetycode.queries import funds as claims
from anxin.safetycode.values.care import LineKind

router = Router(tags=["safetycode"])


class ClaimOut(Schema):
    number: str
    claimant: str
    year: int
    state: str
    lines: int
    total_fen: int
    checksum: str


class ClaimIn(Schema):
    year: int = Field(ge=2020, le=2100)


class LineOut(Schema):
    """code: its number; void: why it was struck out, empty if it counts."""

    id: UUID
    kind: str
    code: str
    checked_on: date
    amount_fen: int
    void: str


class ClaimWhole(ClaimOut):
    entries: list[LineOut]


class ReclaimIn(WhyIn):
    line: UUID


class DecideIn(Schema):
    approve: bool
    why: str = Field("", max_length=200)


class PayIn(Schema):
    reference: str = Field(min_length=1, max_length=64)
    paid_on: date


def _found(request: Request, number: str) -> Claim:
    row = claims.claim(request.actor, number)
    if row is None:
        raise NotFound
    return row


def _line(line: ClaimLine) -> dict[str, Any]:
    names = ("kind", "checked_on", "amount_fen")
    told = {name: getattr(line, name) for name in names}
    return told | {"id": line.pk, "code": line.code.number, "void": line.voided_why}


@router.get("/safety-code/claims", response=list[ClaimOut], summary="体检补贴申领单")
@ruled(OVERSEE)
def batches(request: Request, asked: Query[Listed]) -> Any:
    return [_claim(row) for row in asked.cut(claims.claims(request.actor))]


@router.post("/safety-code/claims", response={201: ClaimOut}, summary="建立申领单")
@ruled(holds("safetycode.manage"))
def open_claim(request: Request, data: ClaimIn) -> Any:
    return Status(201, _claim(funds.open_claim(year=data.year, by=request.actor, at=clock.now())))


@router.get("/safety-code/claims/{number}", response=ClaimWhole, summary="一张申领单")
@ruled(OVERSEE)
def batch(request: Request, number: str) -> Any:
    """With its lines, those struck out too."""
    row = _found(request, number)
    return _claim(row) | {"entries": [_line(line) for line in claims.lines(row)]}


@router.post("/safety-code/claims/{number}/lines/{line_id}/void", response=ClaimOut, summary="剔除一笔")
@ruled(holds("safetycode.manage"))
def void(request: Request, number: str, line_id: UUID, data: WhyIn) -> Any:
    funds.void_line(
        claim_number=_found(request, number).number, line_id=line_id, why=data.why, by=request.actor, at=clock.now()
    )  # fmt: skip
    return _claim(_found(request, number))


@router.post("/safety-code/claims/{number}/reclaims", response=ClaimOut, summary="追回已拨付的一笔")
@ruled(holds("safetycode.manage"))
def reclaim(request: Request, number: str, data: ReclaimIn) -> Any:
    """Take back a paid line (`line`: its key in the batch that was paid) by this batch."""
    paid = ClaimLine.objects.visible_to(request.actor).filter(
        pk=data.line, kind=LineKind.CLAIM, voided_at=None
    )
    if not paid.exists():
        raise NotFound
    funds.reclaim_line(
        line_id=data.line, claim_number=_found(request, number).number, why=data.why, by=request.actor, at=clock.now()
    )  # fmt: skip
    return _claim(_found(request, number))


@router.post("/safety-code/claims/{number}/submission", response=ClaimOut, summary="提交申领单")
@ruled(fresh(holds("safetycode.manage")))
def submit(request: Request, number: str) -> Any:
    return _claim(funds.submit_claim(claim_number=number, by=request.actor, at=clock.now()))


@router.post("/safety-code/claims/{number}/decision", response=ClaimOut, summary="审批申领单")
@ruled(fresh(holds("safetycode.subsidise")))
def decide(request: Request, number: str, data: DecideIn) -> Any:
    return _claim(
        funds.decide_claim(
            claim_number=number, approve=data.approve, why=data.why, by=request.actor, at=clock.now()
        )
    )


@router.post("/safety-code/claims/{number}/payment", response=ClaimOut, summary="登记拨付")
@ruled(fresh(holds("safetycode.subsidise")))
def pay(request: Request, number: str, data: PayIn) -> Any:
    return _claim(
        funds.pay_claim(
            claim_number=number, reference=data.reference, paid_on=data.paid_on, by=request.actor, at=clock.now()
        )
    )  # fmt: skip


def _claim(row: Claim) -> dict[str, Any]:
    return {
        "number": row.number, "claimant": row.claimant.name, "year": row.year, "state": row.state,
        "lines": row.lines_count, "total_fen": row.total_fen, "checksum": row.checksum,
    }  # fmt: skip
