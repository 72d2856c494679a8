"""Appeals against refusals and red codes for programs."""

from __future__ import annotations

from datetime import date
from typing import Any

from ninja import Query, Router, Schema, Status
from pydantic import Field

from anxin.kit import clock
from anxin.kit.access import SIGNED_IN, Request, holds, ruled
from anxin.kit.errors import NotFound
from anxin.kit.inputs import PageNumber, PageSize
from anxin.safetycode.actions import applying
from anxin.safetycode.api.applications import DESKS, SayIn
from anxin.safetycode.models import Appeal
from anxin.safetycode.queries import appeals, applications
from anxin.workers.public import worker_of

router = Router(tags=["safetycode"])


class AppealIn(Schema):
    """application: the number of the refused one; empty = one's red code."""

    application: str = Field("", max_length=24)
    statement: str = Field(min_length=1, max_length=2000)


class RuleIn(Schema):
    upheld: bool
    ruling: str = Field(min_length=1, max_length=2000)


class AppealOut(Schema):
    number: str
    worker: str
    application: str
    state: str
    desk: str
    answer_by: date
    reply_by: date | None
    due_on: date
    evidence: dict[str, Any]
    statement: str
    answer: str
    reply: str
    ruling: str
    restored: list[str]


class AppealRow(Schema):
    number: str
    worker: str
    state: str
    desk: str
    due_on: date


class AppealsIn(Schema):
    """state: of an appeal, "open" for all that are not decided, empty for all."""

    state: str = Field("open", max_length=12)
    page: PageNumber = 1
    page_size: PageSize = 50


def _appeal(row: Appeal) -> dict[str, Any]:
    return {
        "number": row.number, "worker": row.worker.number,
        "application": row.application.number if row.application else "", "state": row.state, "desk": row.desk,
        "answer_by": row.answer_by, "reply_by": row.reply_by, "due_on": row.due_on, "evidence": row.evidence,
        "statement": row.statement, "answer": row.answer, "reply": row.reply, "ruling": row.ruling,
        "restored": row.restored,
    }  # fmt: skip


@router.post("/safety-code/appeals", response={201: AppealOut}, summary="对红码或未通过的申领提出申诉")
@ruled(SIGNED_IN)
def appeal(request: Request, data: AppealIn) -> Any:
    worker = worker_of(request.actor.person_id)
    if worker is None:
        raise NotFound
    refused = applications.application(request.actor, data.application) if data.application else None
    row = applying.appeal(
        worker_id=worker.pk, statement=data.statement, application_id=refused.pk if refused else None,
        by=request.actor, at=clock.now(),
    )  # fmt: skip
    return Status(201, _appeal(row))


@router.get("/safety-code/appeals", response=list[AppealRow], summary="申诉列表")
@ruled(SIGNED_IN)
def appeals_of(request: Request, asked: Query[AppealsIn]) -> Any:
    """Those that the caller may see; the open ones with what is due first on top."""
    rows = appeals.appeals_listed(request.actor, state=asked.state)
    start = (asked.page - 1) * asked.page_size
    return [
        {
            "number": row.number,
            "worker": row.worker.number,
            "state": row.state,
            "desk": row.desk,
            "due_on": row.due_on,
        }
        for row in rows[start : start + asked.page_size]
    ]


@router.get("/safety-code/appeals/{number}", response=AppealOut, summary="一件申诉")
@ruled(SIGNED_IN)
def appeal_of(request: Request, number: str) -> Any:
    return _appeal(appeals.appeal_for(request.actor, number))


@router.post("/safety-code/appeals/{number}/answer", response=AppealOut, summary="原单位答复申诉")
@ruled(DESKS)
def answer(request: Request, number: str, data: SayIn) -> Any:
    return _heard(request, number, applying.answer, text=data.text)


@router.post("/safety-code/appeals/{number}/reply", response=AppealOut, summary="本人再次陈述")
@ruled(SIGNED_IN)
def reply(request: Request, number: str, data: SayIn) -> Any:
    return _heard(request, number, applying.reply, text=data.text)


@router.post("/safety-code/appeals/{number}/withdrawal", response=AppealOut, summary="撤回申诉")
@ruled(SIGNED_IN)
def withdraw_appeal(request: Request, number: str) -> Any:
    return _heard(request, number, applying.withdraw_appeal)


@router.post("/safety-code/appeals/{number}/decision", response=AppealOut, summary="裁定申诉")
@ruled(holds(appeals.DECIDE))
def rule(request: Request, number: str, data: RuleIn) -> Any:
    return _heard(request, number, applying.decide, upheld=data.upheld, ruling=data.ruling)


def _heard(request: Request, number: str, action: Any, **more: Any) -> dict[str, Any]:
    row = appeals.appeal_for(request.actor, number)
    action(appeal_id=row.pk, by=request.actor, at=clock.now(), **more)
    return _appeal(appeals.appeal_for(request.actor, number))
