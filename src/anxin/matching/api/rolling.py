"""Batches kept rolling, for programs."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Field, Router, Schema, Status

from anxin.kit import clock
from anxin.kit.access import holds, ruled
from anxin.kit.errors import NotFound
from anxin.matching import actions, queries
from anxin.matching.api.batch import BatchIn, BatchOut
from anxin.matching.models import Rolling, Round
from anxin.matching.states import RollingState
from anxin.matching.values import Fairness
from anxin.matching.values.rolling import LEAST_WINDOW, MOST_WINDOW, USUAL_WINDOW, Turn, Why

router = Router(tags=["matching"])
MOST_LISTED = 50


class RollingIn(BatchIn):
    """window_minutes: how often what waits is decided anew."""

    window_minutes: int = Field(USUAL_WINDOW, ge=LEAST_WINDOW, le=MOST_WINDOW)


class ChangeOut(Schema):
    """One order that a round decided otherwise. worker: who it goes to now, or went to; before: who it would have gone
    to; other: the order that one goes to instead. Each may be empty."""

    order: UUID
    turn: Turn
    why: Why
    worker: str
    before: str
    other: str


class RoundOut(Schema):
    """A round that changed something; its plan is the batch of `batch_id`."""

    batch_id: UUID
    number: int
    asked_at: datetime = Field(alias="batch.asked_at")
    total: int = Field(alias="batch.total")
    changes: list[ChangeOut]


class RollingOut(Schema):
    """due_at: the next round; working_since: one is being worked out; looked_at: the last that came to its end.

    rounds: how many changed something; skipped: how many did not come about, the latest because of `trouble`.
    """

    id: UUID
    state: RollingState
    asked_at: datetime
    fairness: Fairness
    limit: float
    window_minutes: int
    due_at: datetime
    working_since: datetime | None
    looked_at: datetime | None
    rounds: int
    skipped: int
    trouble: str
    ended: str


class RollingWhole(RollingOut):
    """With the latest round's plan, and what the latest 50 rounds changed."""

    latest: BatchOut | None
    changed: list[RoundOut]


def _rolling(request: Any, rolling_id: UUID) -> Rolling:
    found = queries.rolling(rolling_id, request.actor)
    if found is None:
        raise NotFound
    return found


@router.post("/dispatch/rollings/", response={201: RollingOut})
@ruled(holds("orders.dispatch"))
def keep(request: Any, body: RollingIn) -> Status[Rolling]:
    made = actions.keep_rolling(
        fairness=body.fairness,
        limit=body.limit,
        window_minutes=body.window_minutes,
        by=request.actor,
        at=clock.now(),
    )
    return Status(201, made)


@router.get("/dispatch/rollings/", response=list[RollingOut])
@ruled(holds("orders.dispatch"))
def rollings(request: Any) -> list[Rolling]:
    """The agency's, latest first; at most one is on."""
    return list(queries.rollings(request.actor)[:MOST_LISTED])


@router.get("/dispatch/rollings/{rolling_id}/", response=RollingWhole)
@ruled(holds("orders.dispatch"))
def rolling(request: Any, rolling_id: UUID) -> dict[str, Any]:
    found = _rolling(request, rolling_id)
    last = queries.last_round(found.pk)
    changed: list[Round] = list(queries.rounds_of(found)[:MOST_LISTED])
    return RollingOut.from_orm(found).dict() | {"latest": last.batch if last else None, "changed": changed}


@router.post("/dispatch/rollings/{rolling_id}/end/", response=RollingOut)
@ruled(holds("orders.dispatch"))
def end(request: Any, rolling_id: UUID) -> Rolling:
    return actions.end_rolling(rolling_id=rolling_id, by=request.actor, at=clock.now())
