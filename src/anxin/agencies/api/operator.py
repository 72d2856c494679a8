"""What the operator's programs may do: the queue, papers, decisions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ninja import Router

from anxin.agencies import actions
from anxin.agencies.api import schemas as s
from anxin.agencies.queries import pages as reads
from anxin.agencies.states import AgencyState
from anxin.kit import clock
from anxin.kit.access import Request, holds, ruled

router = Router(tags=["agencies: operator"])
VERIFY = holds("agencies.verify")


@router.get("/applications", response=s.QueueOut)
@ruled(VERIFY)
def queue(
    request: Request, state: AgencyState | None = None, q: str = "", offset: int = 0, limit: int = 50
) -> Any:
    """What is due first."""
    offset, limit = min(max(offset, 0), 10_000), min(max(limit, 1), 100)
    rows = reads.queue(request.actor, state=str(state or ""), text=q)
    return {"count": rows.count(), "items": [s.OwnOut.of(row) for row in rows[offset : offset + limit]]}


@router.get("/applications/{number}/documents", response=list[s.PaperOut])
@ruled(VERIFY)
def documents(request: Request, number: str) -> Any:
    """The papers that stand, each with the address of its scan; not those taken back or replaced."""
    row = reads.application(number, request.actor)
    standing = [document for document in row.documents.all() if document.replaced_at is None]
    return [s.PaperOut.seen_by(document, request.actor) for document in standing]


@router.post("/documents/{document_id}/check", response=s.DocumentOut)
@ruled(VERIFY)
def check(request: Request, document_id: UUID, data: s.CheckIn) -> Any:
    row = actions.verify_document(
        document_id=document_id, passed=data.passed, how=data.how, by=request.actor, at=clock.now()
    )
    return s.DocumentOut.of(row)


@router.post("/applications/{number}/decision", response=s.OwnOut)
@ruled(VERIFY)
def decide(request: Request, number: str, data: s.DecisionIn) -> Any:
    """Approve, return with what is missing, or reject with the reason."""
    row = reads.application(number, request.actor)
    at = clock.now()
    if data.verdict == "approve":
        done = actions.approve(agency_id=row.pk, by=request.actor, at=at)
    elif data.verdict == "return":
        done = actions.send_back(agency_id=row.pk, why=data.why, by=request.actor, at=at)
    else:
        done = actions.reject(agency_id=row.pk, why=data.why, by=request.actor, at=at)
    return s.OwnOut.of(done)


@router.post("/applications/{number}/suspension", response=s.OwnOut)
@ruled(VERIFY)
def suspend(request: Request, number: str, data: s.WhyIn) -> Any:
    row = reads.application(number, request.actor)
    return s.OwnOut.of(actions.suspend(agency_id=row.pk, why=data.why, by=request.actor, at=clock.now()))


@router.delete("/applications/{number}/suspension", response=s.OwnOut)
@ruled(VERIFY)
def reinstate(request: Request, number: str) -> Any:
    row = reads.application(number, request.actor)
    return s.OwnOut.of(actions.reinstate(agency_id=row.pk, by=request.actor, at=clock.now()))


@router.post("/applications/{number}/reverification", response=s.OwnOut)
@ruled(VERIFY)
def reverify(request: Request, number: str, data: s.HowIn) -> Any:
    row = reads.application(number, request.actor)
    return s.OwnOut.of(actions.reverify(agency_id=row.pk, how=data.how, by=request.actor, at=clock.now()))
