"""The inbox and announcements for programs."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Field, Router, Schema

from anxin.kit import clock
from anxin.kit.access import SIGNED_IN, holds, ruled
from anxin.kit.errors import NotFound
from anxin.kit.inputs import Moment
from anxin.notices import actions, queries
from anxin.notices.models import Announcement, Notice
from anxin.notices.values import BODY_LENGTH, TITLE_LENGTH, Purpose

router = Router(tags=["inbox"])
SENDERS = holds("notices.send")


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


class AnnouncementIn(Schema):
    """audience: a code of GET /announcements/audiences; seen: the number of people shown before."""

    audience: str = Field(max_length=24)
    purpose: Purpose = Purpose.SERVICE
    title: str = Field(max_length=TITLE_LENGTH)
    body: str = Field(max_length=BODY_LENGTH)
    sms: bool = False
    seen: int | None = None


class AnnouncementOut(Schema):
    """total: for whom; declined: of the audience, who take no advertising; told: who has it."""

    id: UUID
    state: str
    purpose: str
    audience: str
    title: str
    body: str
    sms: bool
    total: int
    declined: int
    told: int
    created_at: datetime


class AudienceOut(Schema):
    """people: whom a text of that purpose would reach now; declined: who take no advertising."""

    code: str
    people: int
    declined: int


@router.get("/inbox", response=list[NoticeOut], summary="My notices, newest first, 30 at a time")
@ruled(SIGNED_IN)
def inbox(
    request: Any, before: Moment | None = None, before_id: UUID | None = None, unread: bool = False
) -> Sequence[Notice]:
    """before_id: the last one read so far; to read on, not `before`, which passes over others of its moment."""
    found = queries.inbox(request.actor, before=before, before_id=before_id, unread=unread)
    return found[: queries.PAGE]


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


@router.post("/inbox/advertising", response=CountOut, summary="Take no advertising, or take it again")
@ruled(SIGNED_IN)
def advertising(request: Any, declines: bool = True) -> dict[str, int]:
    actions.decline_advertising(declines=declines, by=request.actor, at=clock.now())
    return {"unread": queries.unread_count(request.actor.person_id)}


@router.get(
    "/announcements", response=list[AnnouncementOut], summary="What my organisation has sent, newest first"
)
@ruled(SENDERS)
def announcements(request: Any, limit: int = 30) -> Sequence[Announcement]:
    return list(queries.announcements(request.actor)[: max(1, min(limit, 100))])


@router.get(
    "/announcements/audiences",
    response=list[AudienceOut],
    summary="To whom I may write, and how many they are",
)
@ruled(SENDERS)
def audiences(request: Any, purpose: Purpose = Purpose.SERVICE) -> list[dict[str, Any]]:
    sender = queries.sender_of(request.actor)
    found = []
    for one in queries.audiences_of(sender) if sender else []:
        people, declined = queries.reached(sender, one, purpose, clock.now()) if sender else (set(), 0)
        found.append({"code": one.code, "people": len(people), "declined": declined})
    return found


@router.post("/announcements", response=AnnouncementOut, summary="Send a text to many")
@ruled(SENDERS)
def announce(request: Any, body: AnnouncementIn) -> Announcement:
    return actions.announce(**body.dict(), by=request.actor, at=clock.now())


@router.post("/announcements/{announcement_id}/stop", response=AnnouncementOut, summary="Send no more of it")
@ruled(SENDERS)
def stop_announcement(request: Any, announcement_id: UUID) -> Announcement:
    row = queries.announcements(request.actor).filter(pk=announcement_id).first()
    if row is None:
        raise NotFound
    return actions.stop(row, by=request.actor, at=clock.now())
