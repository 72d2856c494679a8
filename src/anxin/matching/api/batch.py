"""Batches for programs."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Field, Router, Schema, Status

from anxin.kit import clock
from anxin.kit.access import holds, ruled
from anxin.kit.errors import NotFound
from anxin.matching import actions, queries
from anxin.matching.models import Batch
from anxin.matching.values import Fairness

router = Router(tags=["matching"])


class BatchIn(Schema):
    """limit as a share: Gini at most, the least at least of the mean, or most less least at most of the mean."""

    fairness: Fairness = Fairness.NONE
    limit: float = Field(0.35, ge=0, le=10)


class BatchOut(Schema):
    """plan: pairs with both sides' satisfaction (0–1) and explanation, unserved with what would help; null before."""

    id: UUID
    asked_at: datetime
    fairness: Fairness
    limit: float
    total: int
    looked_at: int
    done_at: datetime | None
    plan: dict[str, Any] | None


class AcceptanceIn(Schema):
    """The order whose pair is accepted; without it all that are open."""

    order_id: UUID | None = None


class RefusedOut(Schema):
    order_number: str
    reason: str


class AcceptanceOut(Schema):
    proposed: list[UUID]
    refused: list[RefusedOut]


def _batch(request: Any, batch_id: UUID) -> Batch:
    found = queries.batch(batch_id, request.actor)
    if found is None:
        raise NotFound
    return found


@router.post("/dispatch/batches/", response={201: BatchOut})
@ruled(holds("orders.dispatch"))
def ask(request: Any, body: BatchIn) -> Status[Batch]:
    return Status(
        201, actions.ask_batch(fairness=body.fairness, limit=body.limit, by=request.actor, at=clock.now())
    )


@router.get("/dispatch/batches/{batch_id}/", response=BatchOut)
@ruled(holds("orders.dispatch"))
def batch(request: Any, batch_id: UUID) -> Batch:
    return _batch(request, batch_id)


@router.post("/dispatch/batches/{batch_id}/acceptances/", response=AcceptanceOut)
@ruled(holds("orders.dispatch"))
def accept(request: Any, batch_id: UUID, body: AcceptanceIn) -> dict[str, Any]:
    made, refused = actions.accept_pairs(
        _batch(request, batch_id), order_id=body.order_id, by=request.actor, at=clock.now()
    )
    told = [{"order_number": one.number, "reason": one.refusal} for one in refused]
    return {"proposed": [one.pk for one in made], "refused": told}
