"""A whole card for programs: who scanned asks, the worker answers, the card is shown once."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from ninja import Router, Schema, Status

from anxin.kit import clock
from anxin.kit.access import PUBLIC, SIGNED_IN, Request, ruled
from anxin.safetycode import actions, queries
from anxin.safetycode.api.codes import CardOut, ScanIn, card_told, token_in
from anxin.safetycode.models import Ask
from anxin.workers.public import worker_of

router = Router(tags=["safetycode"])


class AskOut(Schema):
    """state: waiting, granted, refused, over. number: what both screens show, to be compared."""

    number: int
    state: str
    expires_at: datetime


class AskedOut(AskOut):
    """key: opens the card once; whoever has it is who asked."""

    key: str


class WaitingOut(AskOut):
    id: UUID


class AnswerIn(Schema):
    granted: bool


class CertificateOut(Schema):
    title: str
    issuer: str
    valid_to: date


class WholeOut(CardOut):
    """The card with the name in full and the certificates."""

    certificates: list[CertificateOut]


@router.post("/safety-code/asks", response={201: AskedOut}, summary="请服务员同意查看完整证件")
@ruled(PUBLIC)
def ask(request: Request, data: ScanIn) -> Any:
    """404: not one of ours; 410: its minute is over; 429: too many asks or looks. Holds for five minutes."""
    at = clock.now()
    actions.count_look(address=request.META.get("REMOTE_ADDR", ""), at=at)
    row, key = actions.ask(token=token_in(data), by=request.actor, at=at)
    return Status(201, _ask(row, at) | {"key": key})


@router.get("/safety-code/asks", response=list[WaitingOut], summary="等我答复的查看请求")
@ruled(SIGNED_IN)
def waiting(request: Request) -> Any:
    """Of the worker who is signed in; the oldest first."""
    at = clock.now()
    worker = worker_of(request.actor.person_id)
    rows = queries.waiting_asks(worker.pk, at) if worker else []
    return [_ask(row, at) | {"id": row.pk} for row in rows]


@router.get("/safety-code/asks/{key}", response=AskOut, summary="查看请求的进展")
@ruled(PUBLIC)
def asked(request: Request, key: str) -> Any:
    row = queries.ask_of(key)
    if row is None:
        raise actions.NoSuchAsk
    return _ask(row, clock.now())


@router.post("/safety-code/asks/{ask_id}/answer", response=AskOut, summary="答复查看请求")
@ruled(SIGNED_IN)
def answer(request: Request, ask_id: UUID, data: AnswerIn) -> Any:
    """404: of somebody else's code; 409: answered before, or over."""
    at = clock.now()
    return _ask(actions.answer(ask_id=ask_id, granted=data.granted, by=request.actor, at=at), at)


@router.post("/safety-code/asks/{key}/opening", response=WholeOut, summary="查看一次完整证件")
@ruled(PUBLIC)
def opening(request: Request, key: str) -> Any:
    """Once. 409: not agreed yet, seen before, or over."""
    at = clock.now()
    row = actions.open_whole(key=key, by=request.actor, at=at)
    card = queries.ecards([row.code.worker_id], at, masked=False)[row.code.worker_id]
    return card_told(card) | {
        "certificates": [
            {"title": one.title, "issuer": one.issuer, "valid_to": one.valid_to}
            for one in card.worker.certificates
        ]
    }


def _ask(row: Ask, at: datetime) -> dict[str, Any]:
    return {"number": row.number, "state": queries.state_of(row, at), "expires_at": row.expires_at}
