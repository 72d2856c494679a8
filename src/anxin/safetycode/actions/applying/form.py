"""The worker's side: opening an application, submitting it, correcting it, taking it back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from anxin.audit.public import record
from anxin.catalogue.values import HealthTier
from anxin.kit.actor import Actor
from anxin.kit.clock import local_date
from anxin.kit.ids import number
from anxin.kit.models import begin
from anxin.policies.public import read
from anxin.safetycode.actions.applying.refusals import (
    AlreadyApplied,
    CodeInForce,
    NeedsMissing,
    NoAgency,
    NotDeclared,
    NotYourTurn,
)
from anxin.safetycode.actions.applying.stepping import at_turn, complete, found, seated, step, touched
from anxin.safetycode.actions.applying.telling import tell_step
from anxin.safetycode.models import Application, SafetyCode, Upload
from anxin.safetycode.queries.applications import authorised
from anxin.safetycode.queries.codes import code_of
from anxin.safetycode.rules.applying import renewable
from anxin.safetycode.states import ApplicationState
from anxin.safetycode.values.applying import CLOSED, LIMIT_DAYS, RENEW_DAYS, Desk, Need
from anxin.workers.public import NoSuchWorker, Worker, affiliation_of


@transaction.atomic
def open_application(
    *, worker_id: UUID, tier: HealthTier, by: Actor, at: datetime, upload: Upload | None = None
) -> Application:
    """Begin an application through the worker's present agency, by the worker or by that agency for them.

    It is a draft until the worker has confirmed it: nobody else can declare for them. `tier` is the health check
    that their work needs. Refuses: NoSuchWorker, NoAgency, NotYourTurn, AlreadyApplied, CodeInForce. Source: D-4.
    """
    worker = Worker.objects.select_related("person").filter(pk=worker_id).first()
    if worker is None or not Worker.objects.visible_to(by).filter(pk=worker_id).exists():
        raise NoSuchWorker
    agency = affiliation_of(worker_id, at)
    if agency is None:
        raise NoAgency
    own = worker.person_id == by.person_id
    staff = by.holds("workers.manage") and by.organisation_id == agency.organisation_id
    if not (own or staff or by.is_system):
        raise NotYourTurn
    may_renew(worker_id, at)
    row = Application(
        number=number("S", at), worker=worker, organisation=agency.organisation, tier=int(tier), upload=upload,
        town_code=agency.organisation.town_code or worker.city_code, opened_by=by.person_id,
        limit_days=read(LIMIT_DAYS, at=at), created_at=at,
    )  # fmt: skip
    try:
        with transaction.atomic():
            begin(row, by=by, at=at)
    except IntegrityError as error:
        raise AlreadyApplied from error
    record("safetycode.apply_open", by=by, at=at, subject="application", subject_id=row.pk,
           detail={"number": row.number})  # fmt: skip
    tell_step(row, why="", at=at)
    touched(row)
    return row


def renews(code: SafetyCode | None, at: datetime) -> bool:
    """Whether a code may be applied for: none is there, or it may be renewed."""
    return code is None or renewable(code.state, code.valid_to, local_date(at), read(RENEW_DAYS, at=at))


def may_renew(worker_id: UUID, at: datetime) -> None:
    """Refuses CodeInForce: a code that is used, or lies suspended, is not applied for a second time."""
    if not renews(code_of(worker_id), at):
        raise CodeInForce(days=read(RENEW_DAYS, at=at))


@transaction.atomic
def submit(*, application_id: UUID, declared: bool, by: Actor, at: datetime) -> Application:
    """Hand the form in: the worker declares that it is true and that they apply through this agency alone.

    The clock starts. Refuses: NoApplication, NotYourTurn, NotAllowed, NotDeclared, NeedsMissing. Source: D-5a step 1.
    """
    row = at_turn(application_id, Desk.WORKER, "submit", by, at)
    if not declared:
        raise NotDeclared("declared")
    complete(row, at)
    if not authorised(row):
        raise NeedsMissing([Need.AUTHORISATION])
    return step(
        row, ApplicationState.AGENCY_REVIEW, "submit", by=by, at=at, declared_at=at, submitted_at=at
    )  # fmt: skip


@transaction.atomic
def resubmit(*, application_id: UUID, by: Actor, at: datetime, note: str = "") -> Application:
    """Hand in what was returned, by the worker or their agency; it goes to the desk that returned it.

    Refuses: NoApplication, NotYourTurn, NotAllowed.
    """
    row = found(application_id, by)
    if row.worker.person_id != by.person_id:
        seated(row, Desk.AGENCY, by, at)
    to = ApplicationState(row.sent_from) if row.state == ApplicationState.RETURNED else row.state
    return step(row, to, "resubmit", by=by, at=at, why=note.strip(), sent_from="")


@transaction.atomic
def withdraw(*, application_id: UUID, by: Actor, at: datetime, why: str = "") -> Application:
    """Take the application back, by the worker. Refuses: NoApplication, NotYourTurn, NotAllowed."""
    row = at_turn(application_id, Desk.WORKER, "withdraw", by, at)
    return step(row, ApplicationState.WITHDRAWN, "withdraw", by=by, at=at, why=why.strip())


@transaction.atomic
def end_for_leaver(*, worker_id: UUID, by: Actor, at: datetime) -> Application | None:
    """Who leaves the agency applies no more through it: the open application is taken back. Returns it."""
    row = (
        Application.objects.select_for_update(no_key=True, of=("self",))
        .select_related("worker__person", "organisation")
        .filter(worker=worker_id)
        .exclude(state__in=[*map(str, CLOSED), str(ApplicationState.ISSUED)])
        .first()
    )
    if row is None:
        return None
    return step(row, ApplicationState.WITHDRAWN, "withdraw", by=by, at=at, why=str(_("本人已离开这家机构")))
