"""Compensations for programs: the same actions as the pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ninja import Field, Schema

from anxin.kit import clock
from anxin.kit.access import SIGNED_IN, fresh, holds, ruled
from anxin.kit.inputs import Skip
from anxin.payments import actions, queries
from anxin.payments.actions.refusals import CompensationUnknown
from anxin.payments.api.operations import _page, router
from anxin.payments.api.schemas import TextIn
from anxin.payments.models import Compensation


class CompensationOut(Schema):
    """rule_fen: by the published table; amount_fen: what holds, after a decision on an objection."""

    number: str
    order: str
    state: str
    ground: str
    base_fen: int
    rule_fen: int
    amount_fen: int
    objection: str
    answer: str
    due_at: datetime | None
    paid_at: datetime | None

    @staticmethod
    def resolve_order(row: Compensation) -> str:
        return row.order.number


class DecisionIn(Schema):
    amount_fen: int = Field(ge=0, le=10**10)
    answer: str = Field(max_length=500)


class CodeIn(Schema):
    """code: what WeChat gave the customer's phone at `login_url` of our official account."""

    code: str = Field(min_length=1, max_length=128)


class PayoutOut(Schema):
    """package: what the phone hands to WeChat's `requestMerchantTransfer`."""

    number: str
    state: str
    amount_fen: int
    package: str


def _found(request: Any, number: str) -> Compensation:
    row = queries.compensation_by_number(number, request.actor)
    if row is None:
        raise CompensationUnknown
    return row


@router.get("/compensations", response=list[CompensationOut])
@ruled(SIGNED_IN)
def compensations(request: Any, state: str = "", limit: int = 50, offset: Skip = 0) -> Any:
    """What agencies owe for orders they failed: one's own, the organisation's, or all, by the caller's post."""
    return list(queries.compensations(request.actor, state=state)[_page(limit, offset)])


@router.get("/compensations/{number}", response=CompensationOut)
@ruled(SIGNED_IN)
def compensation(request: Any, number: str) -> Any:
    """One of them."""
    return _found(request, number)


@router.post("/compensations/{number}/objection", response=CompensationOut)
@ruled(SIGNED_IN)
def contest(request: Any, number: str, body: TextIn) -> Any:
    """The customer or the agency objects within the published time."""
    return actions.contest(_found(request, number), text=body.text, by=request.actor, at=clock.now())


@router.post("/compensations/{number}/decision", response=CompensationOut)
@ruled(fresh(holds("payments.reconcile")))
def decide(request: Any, number: str, body: DecisionIn) -> Any:
    """The operator answers an objection; 0 = nothing is owed."""
    row = _found(request, number)
    return actions.decide(
        row, amount_fen=body.amount_fen, answer=body.answer, by=request.actor, at=clock.now()
    )


@router.post("/compensations/{number}/end", response=CompensationOut)
@ruled(fresh(holds("payments.reconcile")))
def end_compensation(request: Any, number: str, body: TextIn) -> Any:
    """The operator paid it another way; text is the voucher."""
    return actions.end(_found(request, number), note=body.text, by=request.actor, at=clock.now())


@router.post("/compensations/{number}/claim", response=PayoutOut)
@ruled(SIGNED_IN, replay=False)
def claim(request: Any, number: str, body: CodeIn) -> Any:
    """The customer takes the money into their WeChat; asked again it is the same transfer."""
    return actions.claim(_found(request, number), code=body.code, by=request.actor, at=clock.now())
