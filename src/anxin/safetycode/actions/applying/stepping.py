"""One step of an application: found, allowed, moved, its clock read anew, everybody told."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from anxin.audit.public import record
from anxin.kit import live
from anxin.kit.actor import Actor
from anxin.kit.errors import Refusal
from anxin.kit.models import allow, move
from anxin.safetycode import queries
from anxin.safetycode.actions.applying.refusals import (
    NeedsMissing,
    NoApplication,
    NotEntrustedToReview,
    NotYourTurn,
    OwnCase,
)
from anxin.safetycode.actions.applying.telling import tell_step
from anxin.safetycode.actions.codes import NotEntrusted
from anxin.safetycode.models import Application, Pause
from anxin.safetycode.queries import applications
from anxin.safetycode.rules.applying import unmet
from anxin.safetycode.values.applying import Desk

# The post is one for this desk, but the bureau has not entrusted its house with the task here.
UNLED: dict[Desk, type[Refusal]] = {Desk.ASSOCIATION: NotEntrustedToReview, Desk.ISSUER: NotEntrusted}


def found(application_id: UUID, by: Actor) -> Application:
    """The application, locked, if the actor may see it. Refuses NoApplication, HandledElsewhere."""
    rows = Application.objects.visible_to(by).filter(pk=application_id).values("pk")
    row: Application | None = (
        Application.objects.select_for_update(no_key=True, of=("self",))
        .select_related("worker__person", "organisation")
        .filter(pk__in=rows)
        .first()
    )
    if row is None:
        raise applications.handled_elsewhere(by, pk=application_id) or NoApplication
    return row


def at_turn(application_id: UUID, desk: Desk, verb: str, by: Actor, at: datetime) -> Application:
    """The same, if it is this desk's turn for `verb` and the actor sits there.

    Refuses: NoApplication, NotYourTurn, OwnCase (nobody decides for themself), NotAllowed; where the bureau's leave is
    needed, NotEntrustedToReview or NotEntrusted.
    """
    row = found(application_id, by)
    seated(row, desk, by, at)
    allow(row, verb)
    return row


def seated(row: Application, desk: Desk, by: Actor, at: datetime) -> None:
    """Refuses NotYourTurn, OwnCase, NotEntrustedToReview, NotEntrusted."""
    if not applications.sits_at(by, desk, row, at):
        raise no_leave(row, desk, by) or NotYourTurn()
    if desk is not Desk.WORKER and row.worker.person_id == by.person_id:
        raise OwnCase


def no_leave(row: Application, desk: Desk, by: Actor) -> Refusal | None:
    """What to tell somebody whose post is one for this desk, but whose house the bureau has not entrusted with it."""
    kind = UNLED.get(desk) if applications.posted_at(by, desk, row) else None
    return kind() if kind else None


def complete(row: Application, at: datetime) -> None:
    """Refuses NeedsMissing: what must be true before the row leaves its state forward is not."""
    missing = unmet(applications.conditions(row, at), row.state)
    if missing:
        raise NeedsMissing(missing)


def step(
    row: Application, to: str, verb: str, *, by: Actor, at: datetime, why: str = "", **fields: Any
) -> Application:
    """Move the row, end its pause, read its clock anew, write it down, and tell worker and desk."""
    Pause.objects.filter(application=row, ended_at=None).update(ended_at=at)
    move(row, to, by=by, at=at, why=why, **fields)
    reckon(row, at)
    record(
        f"safetycode.apply_{verb}", by=by, at=at, subject="application", subject_id=row.pk,
        detail={"number": row.number, "state": row.state},
    )  # fmt: skip
    tell_step(row, why=why, at=at)
    touched(row)
    return row


def reckon(row: Application, at: datetime) -> None:
    """Keep the clock's last day beside the row, for lists."""
    row.due_on = queries.applications.clock_of(row, at).due_on
    Application.objects.filter(pk=row.pk).update(due_on=row.due_on)


def touched(row: Application) -> None:
    live.touch(f"application:{row.pk}")
