"""The credit archive for programs: what is in it, the authorisation, rewards and penalties, papers to verify."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from ninja import Router, Schema, Status
from pydantic import Field

from anxin.accounts.values import Purpose
from anxin.kit import clock
from anxin.kit.access import SIGNED_IN, Request, any_of, holds, ruled
from anxin.kit.errors import NotFound
from anxin.kit.inputs import PageNumber
from anxin.workers import actions
from anxin.workers.actions.conduct import DECIDERS, GIVERS
from anxin.workers.api.schemas import WhyIn
from anxin.workers.models import Conduct, Credential
from anxin.workers.queries import dossier as reads
from anxin.workers.queries.archive import authorisation_of, item_of
from anxin.workers.queries.leaving import leaving
from anxin.workers.queries.people import worker_of
from anxin.workers.values.archive import ArchiveItem, AuthorisationFacts, ConductKind, Reader

router = Router(tags=["workers"])
VERIFY = any_of(holds("workers.manage"), holds("workers.oversee"), holds("safetycode.manage"))
GIVE = any_of(*(holds(permission) for permission in GIVERS))
DECIDE = any_of(*(holds(permission) for permission in DECIDERS))


class AffiliationOut(Schema):
    organisation: str
    kind: str
    since: datetime
    until: datetime | None


class PaperOut(Schema):
    """checked_by: for which organisation it was verified, as far as that is known."""

    item: ArchiveItem
    kind: str
    title: str
    issuer: str
    number: str
    valid_from: date
    valid_to: date
    conclusion: str
    verified_at: datetime | None
    verified_how: str
    checked_by: str


class PracticeOut(Schema):
    place: str
    duty: str
    since: date
    until: date | None


class ConductLineOut(Schema):
    id: UUID
    kind: str
    state: str
    title: str
    basis: str
    organisation: str
    given_on: date
    valid_to: date | None


class ArchiveOut(Schema):
    """items: the classes that this reader may see. frozen: the authorisation was taken back; never_signed: there was
    none."""

    number: str
    name: str
    reader: Reader
    items: list[ArchiveItem]
    frozen: bool
    never_signed: bool
    affiliations: list[AffiliationOut]
    papers: list[PaperOut]
    practices: list[PracticeOut]
    conducts: list[ConductLineOut]


class AuthorisationOut(Schema):
    """missing: what a code needs and was not given. complete: whether a code may rest on it."""

    number: str
    organisation_id: UUID
    state: str
    version: int
    signed_at: datetime
    sha256: str
    items: list[ArchiveItem]
    missing: list[ArchiveItem]
    complete: bool


class SignIn(Schema):
    """version: of the text read. consents: purpose → version of the separate consent ticked.

    drawn: PNG data URL; or written: the worker's own name, typed.
    """

    items: list[ArchiveItem] = Field(max_length=20)
    version: int = Field(ge=1, le=9999)
    consents: dict[Purpose, int] = Field(default_factory=dict)
    drawn: str = Field("", max_length=1_000_000)
    written: str = Field("", max_length=60)
    code: str = Field(min_length=6, max_length=6)


class TakeBackIn(Schema):
    """items: those to take back; empty = the whole."""

    items: list[ArchiveItem] = Field(default_factory=list, max_length=20)


class SentOut(Schema):
    phone_masked: str


class LeavingOut(Schema):
    """What leaving the agency now would mean. blocked: visits come first."""

    visits: list[datetime]
    colour: str
    authorised: bool
    blocked: bool


class ConductIn(Schema):
    kind: ConductKind
    title: str = Field(min_length=1, max_length=120)
    basis: str = Field(min_length=1, max_length=300)
    given_on: date
    valid_to: date | None = None


class ConductOut(Schema):
    id: UUID
    state: str


class ReplyIn(Schema):
    reply: str = Field(min_length=1, max_length=500)


class AppealedOut(Schema):
    id: UUID
    worker: str
    organisation: str
    title: str
    basis: str
    reply: str
    due_at: datetime | None


class DecisionIn(Schema):
    uphold: bool
    why: str = Field(min_length=1, max_length=300)


class FormerOut(Schema):
    worker: str
    kind: str
    since: datetime
    until: datetime


class WaitingOut(Schema):
    id: UUID
    worker: str
    kind: str
    title: str
    issuer: str
    valid_from: date
    valid_to: date
    created_at: datetime


def _authorisation(facts: AuthorisationFacts | None) -> dict[str, Any]:
    if facts is None:
        raise NotFound
    names = ("number", "organisation_id", "state", "version", "signed_at", "sha256", "missing", "complete")
    return {name: getattr(facts, name) for name in names} | {"items": sorted(facts.items)}


def _mine(request: Request) -> Any:
    worker = worker_of(request.actor.person_id)
    if worker is None or request.actor.organisation_id is not None:
        raise actions.NotEnrolled
    return worker


@router.get("/workers/me/authorisation", response=AuthorisationOut, summary="我的信用信息授权")
@ruled(SIGNED_IN)
def my_authorisation(request: Request) -> dict[str, Any]:
    """The authorisation in force, item by item."""
    return _authorisation(authorisation_of(_mine(request).pk))


@router.post("/workers/me/authorisation/codes", response={202: SentOut}, summary="发送签署授权书的验证码")
@ruled(SIGNED_IN)
def send_code(request: Request) -> Any:
    """Send the one-time code that confirms the signature."""
    return Status(202, {"phone_masked": actions.send_authorisation_code(by=request.actor, at=clock.now())})


@router.post("/workers/me/authorisation", response={201: AuthorisationOut}, summary="签署信用信息授权书")
@ruled(SIGNED_IN)
def sign(request: Request, body: SignIn) -> Any:
    """Sign, item by item."""
    worker = _mine(request)
    actions.sign_authorisation(
        **{**body.dict(), "items": frozenset(body.items)}, user_agent=request.headers.get("User-Agent", ""),
        by=request.actor, at=clock.now(),
    )  # fmt: skip
    return Status(201, _authorisation(authorisation_of(worker.pk)))


@router.post("/workers/me/authorisation/withdrawals", response={204: None}, summary="撤回全部或部分授权")
@ruled(SIGNED_IN)
def take_back(request: Request, body: TakeBackIn) -> Any:
    """Take back some items or the whole."""
    actions.withdraw_authorisation(items=frozenset(body.items) or None, by=request.actor, at=clock.now())
    return Status(204, None)


@router.get("/workers/me/departure", response=LeavingOut, summary="离开机构的后果")
@ruled(SIGNED_IN)
def what_leaving_means(request: Request) -> dict[str, Any]:
    """What leaving my agency now would mean, before anything is done."""
    told = leaving(_mine(request).pk, clock.now())
    return {
        "visits": [one.span.start for one in told.visits], "colour": told.colour, "authorised": told.authorised,
        "blocked": told.blocked,
    }  # fmt: skip


@router.get("/workers/papers/waiting", response=list[WaitingOut], summary="待核验的证件")
@ruled(VERIFY)
def waiting(request: Request, page: PageNumber = 1) -> list[dict[str, Any]]:
    """Papers that wait to be verified by the actor, oldest first, 50 a page."""
    rows: list[Credential] = list(reads.to_verify(request.actor)[(page - 1) * 50 : page * 50])
    names = ("id", "kind", "title", "issuer", "valid_from", "valid_to", "created_at")
    return [{name: getattr(row, name) for name in names} | {"worker": row.worker.number} for row in rows]


@router.post("/workers/me/conducts/{conduct_id}/appeal", response=ConductOut, summary="对处罚申诉")
@ruled(SIGNED_IN)
def appeal(request: Request, conduct_id: UUID, body: ReplyIn) -> Any:
    """Answer a penalty; others than who gave it decide."""
    return actions.appeal_conduct(conduct_id=conduct_id, reply=body.reply, by=request.actor, at=clock.now())


@router.get("/workers/conducts/appeals", response=list[AppealedOut], summary="待裁定的处罚申诉")
@ruled(DECIDE)
def appealed(request: Request, page: PageNumber = 1) -> list[dict[str, Any]]:
    """Those that wait for the caller's decision, first due first, 50 a page."""
    rows: list[Conduct] = list(reads.appeals(request.actor)[(page - 1) * 50 : page * 50])
    return [
        {
            "id": row.pk, "worker": row.worker.number, "organisation": row.organisation.name, "title": row.title,
            "basis": row.basis, "reply": row.reply, "due_at": row.due_at,
        }
        for row in rows
    ]  # fmt: skip


@router.post("/workers/conducts/{conduct_id}/decision", response=ConductOut, summary="裁定处罚申诉")
@ruled(DECIDE)
def decide(request: Request, conduct_id: UUID, body: DecisionIn) -> Any:
    """The penalty stands, or counts for nothing from its first day."""
    return actions.decide_appeal(
        conduct_id=conduct_id, uphold=body.uphold, why=body.why, by=request.actor, at=clock.now()
    )


@router.post("/workers/conducts/{conduct_id}/revocation", response=ConductOut, summary="撤销本单位记入的奖惩")
@ruled(GIVE)
def revoke(request: Request, conduct_id: UUID, body: WhyIn) -> Any:
    return actions.revoke_conduct(conduct_id=conduct_id, why=body.why, by=request.actor, at=clock.now())


@router.get("/former-workers", response=list[FormerOut], summary="离开本机构的人")
@ruled(holds("workers.read"))
def former(request: Request, page: PageNumber = 1) -> list[dict[str, Any]]:
    """With their time here alone, the latest first, 50 a page."""
    return [
        {"worker": row.worker.number, "kind": row.kind, "since": row.period.lower, "until": row.period.upper}
        for row in reads.former(request.actor)[(page - 1) * 50 : page * 50]
    ]


@router.get("/workers/{number}/archive", response=ArchiveOut, summary="信用档案（me = 本人）")
@ruled(SIGNED_IN)
def archive(request: Request, number: str) -> dict[str, Any]:
    """One archive ("me": my own) as far as the actor may see it."""
    found = reads.dossier(request.actor, _mine(request).number if number == "me" else number)
    if found is None:
        raise actions.NoSuchWorker
    reading = found.reading
    return {
        "number": found.worker.number, "name": reads.shown_name(found), "reader": reading.reader,
        "items": sorted(reading.items), "frozen": reading.frozen, "never_signed": reading.none,
        "affiliations": [
            {
                "organisation": row.organisation.name, "kind": row.kind, "since": row.period.lower,
                "until": row.period.upper,
            }
            for row in found.affiliations
        ],
        "papers": [_paper(found, row) for row in found.papers],
        "practices": found.practices,
        "conducts": [
            {name: getattr(row, name) for name in ConductLineOut.model_fields if name != "organisation"}
            | {"organisation": row.organisation.name}
            for row in found.conducts
        ],
    }  # fmt: skip


def _paper(found: reads.Dossier, row: Credential) -> dict[str, Any]:
    names = set(PaperOut.model_fields) - {"item", "number", "checked_by"}
    return {name: getattr(row, name) for name in names} | {
        "item": item_of(row.kind), "number": reads.shown_number(found, row),
        "checked_by": found.names.get(row.verified_for, "") if row.verified_for else "",
    }  # fmt: skip


@router.post("/workers/{number}/conducts", response={201: ConductOut}, summary="记入奖惩")
@ruled(GIVE)
def give(request: Request, number: str, body: ConductIn) -> Any:
    """Enter a reward or a penalty of the actor's organisation."""
    found = reads.dossier(request.actor, number)
    if found is None:
        raise actions.NoSuchWorker
    row = actions.give_conduct(worker_id=found.worker.pk, by=request.actor, at=clock.now(), **body.dict())
    return Status(201, row)
