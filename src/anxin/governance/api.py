"""What a person may do about their own data, for programs."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Router, Schema, Status
from pydantic import Field

from anxin.accounts import public as accounts
from anxin.accounts.values import Purpose
from anxin.governance.actions import closing, copies, corrections, looks
from anxin.governance.models import Closing, Copy
from anxin.governance.queries import consents as agreed
from anxin.governance.queries import looks as seen
from anxin.governance.queries.duties import duties
from anxin.governance.states import ClosingState
from anxin.governance.values.corrections import What
from anxin.governance.values.looks import LookKind
from anxin.kit import clock
from anxin.kit.access import SIGNED_IN, any_of, fresh, holds, ruled

router = Router(tags=["personal data"])


class ConsentOut(Schema):
    """One purpose with the text in force; `given_version` is the one agreed to, None when none is."""

    purpose: str
    sensitive: bool
    version: int
    text: str
    text_hash: str
    effect_of_withdrawal: str
    given_version: int | None
    given_at: datetime | None


class ConsentIn(Schema):
    version: int = Field(ge=1, le=10_000)


@router.get("/me/consents/", response=list[ConsentOut])
@ruled(SIGNED_IN)
def my_consents(request: Any) -> Any:
    """Every purpose that concerns me."""
    return [
        {
            "purpose": one.asked.purpose, "sensitive": one.asked.sensitive, "version": one.asked.now.version,
            "text": one.asked.now.text, "text_hash": one.asked.now.digest, "effect_of_withdrawal": one.asked.effect,
            "given_version": one.row.version if one.row else None,
            "given_at": one.row.given_at if one.row else None,
        }
        for one in agreed.standing(request.actor.person)
    ]  # fmt: skip


@router.put("/me/consents/{purpose}/", response={204: None})
@ruled(SIGNED_IN)
def give_consent(request: Any, purpose: Purpose, body: ConsentIn) -> Any:
    """Agree to the version that was read."""
    accounts.give_consent(purpose=purpose, version=body.version, by=request.actor, at=clock.now())
    return Status(204, None)


@router.delete("/me/consents/{purpose}/", response={204: None})
@ruled(SIGNED_IN)
def take_consent_back(request: Any, purpose: Purpose) -> Any:
    """Take a consent back."""
    accounts.withdraw_consent(purpose=purpose, by=request.actor, at=clock.now())
    return Status(204, None)


class LookOut(Schema):
    """Who saw me whole: as which post of which organisation, on what, and why."""

    at: datetime
    organisation: str
    post: str
    kind: str
    reason: str
    words: str


@router.get("/me/looks/", response=list[LookOut])
@ruled(SIGNED_IN)
def looks_at_me(request: Any) -> Any:
    """The last hundred looks at me."""
    return [
        {
            "at": one.row.at, "organisation": one.organisation, "post": one.row.by_post, "kind": one.row.kind,
            "reason": one.row.reason, "words": one.row.words,
        }
        for one in seen.told(seen.at_me(request.actor)[:100])
    ]  # fmt: skip


class LookIn(Schema):
    kind: LookKind
    record: UUID
    reason: str = Field(max_length=16)
    words: str = Field(max_length=300)


class WholeOut(Schema):
    """A record's person, whole, until `until`."""

    until: datetime
    fields: dict[str, str]


@router.post("/looks/", response={201: WholeOut})
@ruled(
    fresh(
        any_of(
            holds("orders.read"), holds("workers.read"), holds("safetycode.issue"), holds("workers.oversee")
        )
    ),
    replay=False,
)
def look(request: Any, body: LookIn) -> Any:
    """See one record's person whole, for a reason."""
    row = looks.look(
        kind=body.kind,
        record_id=body.record,
        reason=body.reason,
        words=body.words,
        by=request.actor,
        at=clock.now(),
    )
    one = seen.subject(body.kind, body.record, request.actor)
    return Status(201, {"until": row.until, "fields": dict(one.fields) if one else {}})


class CopyOut(Schema):
    id: UUID
    state: str
    done: int
    total: int
    size: int
    created_at: datetime
    expires_at: datetime | None


@router.get("/me/copies/", response=list[CopyOut])
@ruled(SIGNED_IN)
def my_copies(request: Any) -> Any:
    """The copies of my data I asked for, newest first."""
    rows = Copy.objects.visible_to(request.actor).filter(person_id=request.actor.person_id)
    return list(rows.defer("body").order_by("-created_at")[:20])


@router.post("/me/copies/", response={201: CopyOut})
@ruled(SIGNED_IN)
def ask_copy(request: Any) -> Any:
    """Ask for a copy of my data."""
    return Status(201, copies.ask(by=request.actor, at=clock.now()))


class CorrectionIn(Schema):
    what: What
    wanted: str = Field(max_length=300)
    why: str = Field(max_length=300)


class CorrectionOut(Schema):
    id: UUID
    what: str
    state: str
    answer: str
    due_at: datetime


@router.post("/me/corrections/", response={201: CorrectionOut})
@ruled(SIGNED_IN)
def ask_correction(request: Any, body: CorrectionIn) -> Any:
    """Say what is wrong about me."""
    return Status(
        201,
        corrections.ask(what=body.what, wanted=body.wanted, why=body.why, by=request.actor, at=clock.now()),
    )


class ClosingOut(Schema):
    """`open`: what has to be settled first; `due_at`: when the account ends, if that was asked."""

    open: list[str]
    due_at: datetime | None


@router.get("/me/closing/", response=ClosingOut)
@ruled(SIGNED_IN)
def my_closing(request: Any) -> Any:
    """What stands in the way of closing my account, and when it closes if I asked for it."""
    person_id = request.actor.person
    asked = Closing.objects.filter(person_id=person_id, state=ClosingState.ASKED).first()
    return {
        "open": [one.words for one in duties(person_id, clock.now())],
        "due_at": asked.due_at if asked else None,
    }


@router.post("/me/closing/", response={201: ClosingOut})
@ruled(fresh(SIGNED_IN))
def ask_closing(request: Any) -> Any:
    """Ask for the end of my account."""
    row = closing.ask(by=request.actor, at=clock.now())
    return Status(201, {"open": [], "due_at": row.due_at})


@router.delete("/me/closing/", response={204: None})
@ruled(SIGNED_IN)
def withdraw_closing(request: Any) -> Any:
    """Stay."""
    closing.withdraw(by=request.actor, at=clock.now())
    return Status(204, None)
