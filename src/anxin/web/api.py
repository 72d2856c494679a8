"""The audit trail for programs: the same entries, filters and rights as the page."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Field, Router, Schema, Status

from anxin.audit import public as audit
from anxin.audit.values import EXPORT
from anxin.kit import clock
from anxin.kit.access import fresh, holds, ruled
from anxin.kit.inputs import Moment
from anxin.web.trail import ArchiveTouched, person_of, subject_of, told, walk

router = Router(tags=["audit"])
READ = holds("audit.read")
USUAL, MOST = 50, 500


class TrailIn(Schema):
    """Each narrows the trail; empty asks for nothing. who: phone number or id of a person; subject: number of an order
    or contract, or id; since and until: half-open. before: `onward` of the page before."""

    who: str = Field("", max_length=64)
    subject: str = Field("", max_length=64)
    area: str = Field("", max_length=32)
    action: str = Field("", max_length=64)
    post: str = Field("", max_length=64)
    organisation: UUID | None = None
    request_id: str = Field("", max_length=64)
    since: Moment | None = None
    until: Moment | None = None
    before: str = Field("", max_length=40)
    limit: int = Field(USUAL, ge=1, le=MOST)

    @property
    def wanted(self) -> audit.Wanted:
        kind, subject_id = subject_of(self.subject)
        return audit.Wanted(
            area=self.area, action=self.action, post=self.post, person_id=person_of(self.who), subject=kind,
            subject_id=subject_id, organisation_id=self.organisation, request_id=self.request_id, since=self.since,
            until=self.until,
        )  # fmt: skip

    @property
    def narrowed(self) -> list[str]:
        """What was asked about, without the values: they may name people."""
        given = self.dict(exclude={"before", "limit"})
        return sorted(name for name, value in given.items() if value)


class EntryOut(Schema):
    """One act. who: the name, masked; did, post_label, subject_label, channel_label: in the reader's language; seal:
    the number of the batch that seals it, null until then; archived: read from an archive, not from the table."""

    id: int
    at: datetime
    who: str
    person_id: UUID | None
    post: str
    post_label: str
    organisation_id: UUID | None
    organisation: str
    action: str
    did: str
    subject: str
    subject_label: str
    subject_id: str
    channel: str
    channel_label: str
    address: str
    request_id: str
    detail: dict[str, Any]
    seal: int | None
    archived: bool


class TrailOut(Schema):
    """A page, newest first. onward: where to read on, as `before`; "" when all that was asked for has been read. A page
    may be short, even empty, and still lead on: so many archives are read at a time."""

    entries: list[EntryOut]
    onward: str


class SealOut(Schema):
    number: int
    at: datetime


class CheckOut(Schema):
    """What a verification of the whole trail found."""

    at: datetime
    detail: dict[str, Any]


class StateOut(Schema):
    """The last seal and the last verification, null before the first."""

    seal: SealOut | None
    check: CheckOut | None


def _entry(one: dict[str, Any]) -> dict[str, Any]:
    row: audit.Entry = one["row"]
    return {
        "id": row.pk, "at": row.at, "who": one["who"], "person_id": row.by_person, "post": row.by_post,
        "post_label": one["post"], "organisation_id": row.by_organisation, "organisation": one["firm"],
        "action": row.action, "did": one["did"], "subject": row.subject, "subject_label": one["subject"],
        "subject_id": row.subject_id, "channel": row.channel, "channel_label": one["channel"], "address": row.address,
        "request_id": row.request_id, "detail": row.detail, "seal": one["seal"].pk if one["seal"] else None,
        "archived": one["archived"],
    }  # fmt: skip


@router.post("/audit/entries/search", response=TrailOut)
@ruled(fresh(READ), reads=True)
def entries(request: Any, asked: TrailIn) -> dict[str, Any]:
    """Who did what to what; posted, so that whoever is looked for stands in no address. A program takes along what it
    reads: each page is recorded like an export, and needs its fresh proof. Refuses ArchiveTouched rather than leave
    entries out."""
    rows, onward, old = walk(request.actor, asked.wanted, asked.before, asked.limit)
    if old.touched:
        raise ArchiveTouched(names=", ".join(old.touched))
    found = [_entry(one) for one in told(rows, old.rows)]
    audit.record(
        EXPORT, by=request.actor, at=clock.now(), subject="audit", subject_id="trail",
        detail={"asked": asked.narrowed, "rows": len(found), "before": asked.before},
    )  # fmt: skip
    return {"entries": found, "onward": onward}


@router.get("/audit/state/", response=StateOut)
@ruled(READ)
def state(request: Any) -> dict[str, Any]:
    seal, check = audit.last_seal(), audit.last_check()
    return {
        "seal": {"number": seal.pk, "at": seal.at} if seal else None,
        "check": {"at": check.at, "detail": check.detail} if check else None,
    }


@router.post("/audit/checks/", response={202: None})
@ruled(READ)
def ask_check(request: Any) -> Status[None]:
    """Have the whole trail verified now; `state` tells what it found."""
    audit.ask_check(by=request.actor, at=clock.now())
    return Status(202, None)
