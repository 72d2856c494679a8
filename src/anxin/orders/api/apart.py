"""Not to be brought together again, for programs."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Field, Router, Schema, Status

from anxin.kit import clock
from anxin.kit.access import SIGNED_IN, any_of, holds, ruled
from anxin.kit.errors import NotFound
from anxin.orders import queries
from anxin.orders.actions import apart as acts
from anxin.orders.api.finding import order_of
from anxin.workers import public as workers

router = Router(tags=["orders"])
PARTIES = any_of(SIGNED_IN, holds("orders.dispatch"))


class ApartIn(Schema):
    """worker_id: of a worker of the order. wished: an agency confirms that it is the worker's own wish."""

    worker_id: UUID
    reason: str = Field("", max_length=300)
    wished: bool = False


class ApartOut(Schema):
    """A block of one's own; `who` is the other side by masked name."""

    id: UUID
    side: str
    who: str
    order_number: str
    reason: str
    since: datetime


class LiftedOut(Schema):
    id: UUID
    lifted_at: datetime


@router.post("/orders/{number}/apart/", response={201: ApartOut})
@ruled(PARTIES)
def ask(request: Any, number: str, body: ApartIn) -> Status[dict[str, Any]]:
    made = acts.keep_apart(order_of(request, number), **body.dict(), by=request.actor, at=clock.now())
    row = next(one for one in queries.apart_rows(request.actor) if one.block.pk == made.pk)
    return Status(201, _out(row))


@router.get("/apart/", response=list[ApartOut])
@ruled(PARTIES)
def listed(request: Any) -> list[dict[str, Any]]:
    return [_out(row) for row in queries.apart_rows(request.actor)]


@router.post("/apart/{block_id}/lifting/", response=LiftedOut)
@ruled(PARTIES)
def lift(request: Any, block_id: UUID) -> workers.Block:
    found = queries.apart_row(block_id, request.actor)
    if found is None:
        raise NotFound
    return workers.lift_block(found, by=request.actor, at=clock.now())


def _out(row: queries.Apart) -> dict[str, Any]:
    return {
        "id": row.block.pk, "side": row.block.side, "who": row.who, "order_number": row.order_number,
        "reason": row.block.reason, "since": row.block.created_at,
    }  # fmt: skip
