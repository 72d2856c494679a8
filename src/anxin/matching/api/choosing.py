"""Choosing for programs."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from ninja import Router, Schema, Status
from pydantic import Field

from anxin.kit import clock
from anxin.kit.access import SIGNED_IN, holds, ruled
from anxin.kit.errors import NotFound
from anxin.kit.inputs import PageNumber
from anxin.matching import actions, queries
from anxin.matching.values import Order
from anxin.orders import public as orders
from anxin.workers import public as workers
from anxin.workers.values import GATE_LABELS, GATE_OPENERS

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


class WithdrawalIn(Schema):
    reason: str = Field(max_length=300)


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


class GateOut(Schema):
    """A gate that stops the worker now, in words, and what would open it."""

    gate: str
    reason: str
    opens: str


class PassedOut(Schema):
    """An order that the worker was not chosen for, as the hall shows orders."""

    number: str
    item_name: str
    town_code: str
    starts_at: datetime
    ends_at: datetime


class WhyNotOut(PassedOut):
    """With no gate in the way: place of how many in its ranking now (None: it is open, whoever is first has it)."""

    gates: list[GateOut]
    place: int | None
    of: int


def _worker(request: Any) -> workers.Worker:
    worker = workers.worker_of(request.actor.person_id)
    if worker is None or request.actor.organisation_id:
        raise NotFound
    return worker


@router.get("/standing/", response=list[PassedOut])
@ruled(SIGNED_IN)
def passed_over(request: Any, page: PageNumber = 1) -> list[orders.Order]:
    start = (max(page, 1) - 1) * 50
    return list(orders.passed_over(_worker(request), clock.now())[start : start + 50])


@router.get("/orders/{number}/standing/", response=WhyNotOut)
@ruled(SIGNED_IN)
def why_not(request: Any, number: str) -> dict[str, Any]:
    worker, at = _worker(request), clock.now()
    order = orders.passed_over_one(number, worker, at)
    if order is None:
        raise NotFound
    found = queries.why_not(order, worker.pk, at)
    gates = [
        {"gate": str(gate), "reason": _(GATE_LABELS[gate]), "opens": _(GATE_OPENERS[gate])}
        for gate in found.gates
    ]
    names = ("number", "item_name", "town_code", "starts_at", "ends_at")
    return {name: getattr(order, name) for name in names} | {
        "gates": gates, "place": found.place, "of": found.of,
    }  # fmt: skip


@router.post("/orders/{number}/assignment/", response={201: ProposalOut})
@ruled(holds("orders.dispatch"))
def propose(request: Any, number: str, body: ProposalIn) -> Status[orders.Assignment]:
    order = _order(request, number)
    return Status(
        201, actions.propose(order=order, worker_id=body.worker_id, by=request.actor, at=clock.now())
    )


@router.post("/orders/{number}/assignment/withdrawal/", response=ProposalOut)
@ruled(holds("orders.dispatch"))
def withdraw(request: Any, number: str, body: WithdrawalIn) -> orders.Assignment:
    """Take a proposal back that the customer has not agreed to."""
    standing = orders.current_assignment(_order(request, number))
    if standing is None:
        raise NotFound
    return orders.withdraw(standing, reason=body.reason, by=request.actor, at=clock.now())
