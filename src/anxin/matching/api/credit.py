"""Credit scores entered by the operator, for programs."""

from __future__ import annotations

from typing import Any

from ninja import Field, Router, Schema, Status

from anxin.kit import clock
from anxin.kit.access import holds, ruled
from anxin.matching import actions
from anxin.matching.values import CreditOf

router = Router(tags=["matching"])


class CreditIn(Schema):
    """number: a worker's number, or an agency's unified social credit code. score: 0–100."""

    of: CreditOf
    number: str = Field(max_length=32)
    score: int
    source: str = Field(max_length=100)
    reason: str = Field(max_length=200)


class CreditOut(Schema):
    before: int
    score: int


@router.post("/credit/", response={201: CreditOut})
@ruled(holds("reviews.manage"))
def enter(request: Any, body: CreditIn) -> Status[dict[str, int]]:
    before = actions.enter_credit(**body.dict(), by=request.actor, at=clock.now())
    return Status(201, {"before": before, "score": body.score})
