"""The inbox for programs."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Router, Schema

from anxin.kit import clock
from anxin.kit.access import SIGNED_IN, ruled
from anxin.kit.inputs import Moment
from anxin.notices import actions, queries
from anxin.notices.models import Notice

router = Router(tags=["inbox"])


class NoticeOut(Schema):
    """Something I was told, in my language. `url` is a path in the product."""

    id: UUID
    kind: str
    title: str
    body: str
    url: str
    at: datetime
    read_at: datetime | None

    @staticmethod
    def resolve_title(row: Notice) -> str:
        return actions.fill(row.title, row.params)

    @staticmethod
    def resolve_body(row: Notice) -> str:
        return actions.fill(row.body, row.params)


class CountOut(Schema):
    unread: int


@router.get("/inbox", response=list[NoticeOut], summary="My notices, newest first, 30 at a time")
@ruled(SIGNED_IN)
def inbox(request: Any, before: Moment | None = None, unread: bool = False) -> Sequence[Notice]:
    return queries.inbox(request.actor, before=before, unread=unread)[: queries.PAGE]


@router.get("/inbox/unread", response=CountOut, summary="How many I have not read (at most 100)")
@ruled(SIGNED_IN)
def unread(request: Any) -> dict[str, int]:
    return {"unread": queries.unread_count(request.actor.person_id)}


@router.post("/inbox/reading", response=CountOut, summary="Mark all as read")
@ruled(SIGNED_IN)
def read_all(request: Any) -> dict[str, int]:
    actions.read_all(by=request.actor, at=clock.now())
    return {"unread": queries.unread_count(request.actor.person_id)}


@router.post("/inbox/{notice_id}/reading", response=NoticeOut, summary="Mark one as read")
@ruled(SIGNED_IN)
def read(request: Any, notice_id: UUID) -> Notice:
    return actions.read(notice_id=notice_id, by=request.actor, at=clock.now())
