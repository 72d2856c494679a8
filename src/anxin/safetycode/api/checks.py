"""Background checks and the match of person and card for programs."""

from __future__ import annotations

import base64
import binascii
from datetime import date, datetime
from typing import Any
from uuid import UUID

from ninja import Router, Schema, Status
from pydantic import Field

from anxin.kit import clock
from anxin.kit.access import SIGNED_IN, Request, fresh, holds, ruled
from anxin.safetycode import actions
from anxin.safetycode.api.finding import worker_numbered
from anxin.safetycode.models import BackgroundCheck
from anxin.safetycode.queries import checks as queries
from anxin.safetycode.values.checks import Channel

router = Router(tags=["background checks"])
EXCHANGE = holds("safetycode.manage")


class AskIn(Schema):
    """worker: a number; consent: the version of the text that the worker agreed to just now."""

    worker: str = Field(max_length=24)
    channel: Channel = Channel.ONLINE
    consent: int | None = None


class CheckOut(Schema):
    """result: "" while open, else pass, fail or unverifiable. There is nothing more."""

    number: str
    worker: str
    state: str
    channel: str
    result: str
    checked_on: date | None
    authority: str
    reference_no: str
    valid_until: date | None


class FaceIn(Schema):
    """picture: JPEG or PNG, Base64; compared once and dropped."""

    worker: str = Field(max_length=24)
    picture: str = Field(max_length=11_500_000)
    consent: int | None = None


class FaceOut(Schema):
    """score: 0–100, null when nothing could be compared."""

    result: str
    score: int | None
    provider: str
    request_id: str
    at: datetime


class BatchOut(Schema):
    """open: how many of its questions are not answered yet."""

    id: UUID
    number: str
    made_at: datetime
    count: int
    open: int


class FileOut(Schema):
    name: str
    content: str


class AnswersIn(Schema):
    """content: the answer file as it came."""

    content: str = Field(max_length=5_000_000)


class KeptOut(Schema):
    count: int


def _told(row: BackgroundCheck) -> dict[str, Any]:
    names = ("number", "state", "channel", "result", "checked_on", "authority", "reference_no", "valid_until")
    return {name: getattr(row, name) for name in names} | {"worker": row.worker.number}


@router.get("/background-checks", response=list[CheckOut], summary="背景核查")
@ruled(SIGNED_IN)
def checks(request: Request, state: str = "") -> Any:
    """Of whom the caller may see, the newest first, at most 100."""
    return [_told(row) for row in queries.checks(request.actor, state=state)[:100]]


@router.post("/background-checks", response={201: CheckOut}, summary="提出背景核查")
@ruled(SIGNED_IN)
def ask(request: Request, data: AskIn) -> Any:
    """Sent by a job; the answer comes later."""
    row = actions.ask_background(
        worker_id=worker_numbered(request, data.worker).pk, channel=data.channel, consent=data.consent,
        by=request.actor, at=clock.now(),
    )  # fmt: skip
    return Status(201, _told(row))


@router.post("/background-checks/{number}/cancellation", response=CheckOut, summary="撤销背景核查")
@ruled(SIGNED_IN)
def cancel(request: Request, number: str) -> Any:
    return _told(actions.cancel_check(number=number, by=request.actor, at=clock.now()))


@router.get("/background-checks/batches", response=list[BatchOut], summary="送核文件")
@ruled(EXCHANGE)
def batches(request: Request) -> Any:
    """The newest first, at most 100."""
    return list(queries.batches(request.actor)[:100])


@router.post("/background-checks/batches", response={201: BatchOut}, summary="生成送核文件")
@ruled(EXCHANGE)
def make_batch(request: Request) -> Any:
    """All that wait to be asked by file. 409: nobody waits."""
    row = actions.make_batch(by=request.actor, at=clock.now())
    return Status(
        201,
        {"id": row.pk, "number": row.number, "made_at": row.made_at, "count": row.count, "open": row.count},
    )


@router.get("/background-checks/batches/{batch_id}/file", response=FileOut, summary="下载送核文件")
@ruled(fresh(EXCHANGE))
def batch_file(request: Request, batch_id: UUID) -> Any:
    """Signed; it names people, so every look is written down."""
    name, content = actions.request_file(batch_id=batch_id, by=request.actor, at=clock.now())
    return {"name": name, "content": content.decode()}


@router.post("/background-checks/answers", response={201: KeptOut}, summary="导入核查答复文件")
@ruled(EXCHANGE)
def take_answers(request: Request, data: AnswersIn) -> Any:
    """The whole file or nothing. 422: it names the lines at fault."""
    kept = actions.take_answers(content=data.content.encode(), by=request.actor, at=clock.now())
    return Status(201, {"count": kept.count})


@router.post("/face-matches", response={201: FaceOut}, summary="人证合一比对")
@ruled(SIGNED_IN, replay=False)
def match(request: Request, data: FaceIn) -> Any:
    """The picture is neither written nor logged; 503 while the provider is away: take another then."""
    try:
        picture = base64.b64decode(data.picture, validate=True)
    except (ValueError, binascii.Error):
        raise actions.PictureUnfit("picture") from None
    row = actions.match_face(
        worker_id=worker_numbered(request, data.worker).pk, picture=picture, consent=data.consent, by=request.actor,
        at=clock.now(),
    )  # fmt: skip
    return Status(201, row)
