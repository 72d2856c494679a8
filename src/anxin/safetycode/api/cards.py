"""Home-visit cards for programs: printing what waits, one worker's card, how far a batch is and its file, blanks."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Router, Schema, Status
from pydantic import Field

from anxin.files.public import url_for
from anxin.kit import clock
from anxin.kit.access import SIGNED_IN, Request, any_of, holds, ruled
from anxin.kit.errors import NotFound
from anxin.safetycode import actions, queries
from anxin.safetycode.api.finding import code_numbered
from anxin.safetycode.models import CardStock
from anxin.safetycode.queries.printing import BatchRow
from anxin.safetycode.values import CardForm, StockReason

router = Router(tags=["safetycode"])
ISSUE = any_of(holds("safetycode.issue"), holds("workers.oversee"))


class BatchOut(Schema):
    """state: setting, binding, ready, deleted; `done` of `total` cards are set. file: the address of the one PDF, for
    this reader alone and for ten minutes, once it is ready."""

    id: UUID
    state: str
    total: int
    done: int
    form: str
    at: datetime
    done_at: datetime | None
    file: str


class PrintIn(Schema):
    """form: sheet (A4, eight each) or single (one to a page)."""

    form: CardForm = CardForm.SHEET


class ReprintIn(PrintIn):
    """reason: lost, damaged or changed; empty for the first card, which comes with the code."""

    reason: str = Field("", max_length=8)


class MadeOut(Schema):
    """A card that was made; printed_at is empty while it waits."""

    reason: str
    at: datetime
    printed_at: datetime | None


class StockRowOut(Schema):
    reason: str
    change: int
    note: str
    at: datetime


class StockOut(Schema):
    """Blank cards: how many lie there, and the latest that came in or went out."""

    left: int
    rows: list[StockRowOut]


class StockIn(Schema):
    """reason: received (+), spoiled (−) or counted (±)."""

    reason: StockReason
    change: int = Field(ge=-1_000_000, le=1_000_000)
    note: str = Field("", max_length=200)


@router.get("/safety-code/cards", response=list[BatchOut], summary="印制批次")
@ruled(ISSUE)
def batches(request: Request) -> Any:
    """The latest first."""
    return [_batch(request, row) for row in queries.batches(request.actor)]


@router.post("/safety-code/cards", response={201: BatchOut}, summary="印制全部待印证卡")
@ruled(ISSUE)
def print_waiting(request: Request, data: PrintIn) -> Any:
    """Queued: ask for the batch until its state is ready. 409: nothing waits."""
    made = actions.print_waiting(form=data.form, by=request.actor, at=clock.now())
    return Status(201, _found(request, made.pk))


@router.get("/safety-code/cards/stock", response=StockOut, summary="空白证卡")
@ruled(ISSUE)
def stock(request: Request) -> Any:
    left, rows = queries.stock(request.actor)
    return {"left": left, "rows": [_move(row) for row in rows]}


@router.post("/safety-code/cards/stock", response={201: StockRowOut}, summary="登记空白证卡")
@ruled(ISSUE)
def record_stock(request: Request, data: StockIn) -> Any:
    return Status(201, _move(actions.record_stock(**data.dict(), by=request.actor, at=clock.now())))


@router.get("/safety-code/cards/{batch_id}", response=BatchOut, summary="一个印制批次的进度与文件")
@ruled(ISSUE)
def batch(request: Request, batch_id: UUID) -> Any:
    return _found(request, batch_id)


@router.get("/workers/{number}/safety-code/cards", response=list[MadeOut], summary="一位服务员的证卡")
@ruled(SIGNED_IN)
def cards(request: Request, number: str) -> Any:
    """Every card made for the code, the latest first."""
    return [
        {"reason": row.reason, "at": row.at, "printed_at": row.printed_at}
        for row in queries.cards_of(request.actor, code_numbered(request, number))
    ]


@router.post("/workers/{number}/safety-code/cards", response={201: BatchOut}, summary="印制一位服务员的证卡")
@ruled(ISSUE)
def print_one(request: Request, number: str, data: ReprintIn) -> Any:
    """409: the code is out of force; 422: a further card without a reason."""
    made = actions.print_one(
        code=code_numbered(request, number),
        reason=data.reason,
        form=data.form,
        by=request.actor,
        at=clock.now(),
    )
    return Status(201, _found(request, made.pk))


def _found(request: Request, batch_id: UUID) -> dict[str, Any]:
    row = queries.batch(request.actor, batch_id)
    if row is None:
        raise NotFound
    return _batch(request, row)


def _batch(request: Request, row: BatchRow) -> dict[str, Any]:
    batch = row.batch
    return {
        "id": batch.pk, "state": str(row.state), "total": batch.total, "done": row.done, "form": batch.form,
        "at": batch.at, "done_at": batch.done_at,
        "file": url_for(batch.file_id, request.actor) if batch.file_id else "",
    }  # fmt: skip


def _move(row: CardStock) -> dict[str, Any]:
    return {"reason": row.reason, "change": row.change, "note": row.note, "at": row.at}
