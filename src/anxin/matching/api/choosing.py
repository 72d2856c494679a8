"""Choosing for programs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ninja import Router, Schema

from anxin.kit import clock
from anxin.kit.access import holds, ruled
from anxin.kit.errors import NotFound
from anxin.matching import actions, queries
from anxin.matching.values import Order
from anxin.orders import public as orders

router = Router(tags=["matching"])


class CandidateOut(Schema):
    """A candidate with place, total (0–100), metres and each component's value, weight, points and fact."""

    place: int
    worker_id: UUID
    number: str
    name: str
    total: float
    distance_m: int | None
    scores: list[dict[str, Any]]


class CandidatesOut(Schema):
    count: int
    candidates: list[CandidateOut]


class ProposalIn(Schema):
    worker_id: UUID


class ProposalOut(Schema):
    id: UUID
    state: str
    worker_id: UUID
    score: dict[str, Any]


def _order(request: Any, number: str) -> orders.Order:
    order = orders.by_number(number, request.actor)
    if order is None or order.provider_id != request.actor.organisation_id:
        raise NotFound
    return order


@router.get("/orders/{number}/candidates/", response=CandidatesOut)
@ruled(holds("orders.dispatch"))
def candidates(request: Any, number: str, sort: Order = Order.BEST, limit: int = 20) -> CandidatesOut:
    found, count = queries.candidates(
        _order(request, number), clock.now(), sort=sort, limit=max(1, min(limit, 100))
    )
    rows = [
        CandidateOut(
            place=c.place, worker_id=c.ranked.worker_id, number=c.ranked.number, name=c.card.name,
            **c.ranked.to_json(),
        )
        for c in found
    ]  # fmt: skip
    return CandidatesOut(count=count, candidates=rows)


@router.post("/orders/{number}/assignment/", response={201: ProposalOut})
@ruled(holds("orders.dispatch"))
def propose(request: Any, number: str, body: ProposalIn) -> tuple[int, orders.Assignment]:
    order = _order(request, number)
    return 201, actions.propose(order=order, worker_id=body.worker_id, by=request.actor, at=clock.now())
