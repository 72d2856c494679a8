"""The clock of an application: stopped, started, lengthened, watched."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop

from anxin.audit.public import record
from anxin.kit.actor import Actor
from anxin.kit.clock import local_date
from anxin.places.public import add_workdays
from anxin.policies.public import read
from anxin.safetycode.actions.applying.refusals import NotYourTurn, Runs, StandsStill, TooLong, WhyMissing
from anxin.safetycode.actions.applying.stepping import found, reckon, seated, touched
from anxin.safetycode.actions.applying.telling import tell_desk, tell_worker
from anxin.safetycode.models import Application, Extension, Pause
from anxin.safetycode.queries.applications import DETAILED, clocks, turn_of
from anxin.safetycode.states import ApplicationState
from anxin.safetycode.values.applying import CLOSED, EXTEND_DAYS, RUNNING, WAIT_DAYS, Cause, Desk

PAUSED = gettext_noop("安心码申领暂停计时：%(why)s")
RESUMED = gettext_noop("安心码申领恢复计时")
EXTENDED = gettext_noop("安心码申领延长 %(days)s 个工作日")
NOT_COUNTED = gettext_noop("等待期间不计办理时限，最晚 %(until)s 结束，之后接着办。")
WAITED = gettext_noop("%(name)s的申领等待期满，已恢复计时")
GOES_ON = gettext_noop("办理时限到 %(due)s。")
EXTENDED_WHY = gettext_noop("理由：%(why)s。新的时限到 %(due)s。")
DUE_SOON = gettext_noop("%(name)s的安心码申领明天到期")
OVERDUE = gettext_noop("%(name)s的安心码申领已经超期")


@transaction.atomic
def pause(*, application_id: UUID, cause: Cause, why: str, by: Actor, at: datetime, whom: str = "") -> Pause:
    """Stop the clock while the worker or an institution (`whom`) is waited for; the worker is told why and until when.

    By the desk whose turn it is; the next step starts the clock again, and so does the house when the longest wait
    (policy) is over: nobody dodges the limit by waiting. Refuses: NoApplication, NotYourTurn, OwnCase,
    StandsStill, WhyMissing.
    """
    row = _held(application_id, by, at)
    if row.state not in RUNNING or Pause.objects.filter(application=row, ended_at=None).exists():
        raise StandsStill
    if not why.strip():
        raise WhyMissing("why")
    if cause is Cause.INSTITUTION and not whom.strip():
        raise WhyMissing("whom")
    stop = Pause(
        application=row, cause=str(cause), whom=whom.strip()[:120], why=why.strip()[:200], started_at=at,
        until=add_workdays(local_date(at), read(WAIT_DAYS, at=at)),
        by_person=by.person_id, by_organisation=by.organisation_id,
    )  # fmt: skip
    stop.save(force_insert=True)
    _done(row, "pause", by=by, at=at, cause=str(cause))
    tell_worker(row, PAUSED, NOT_COUNTED, at=at, why=stop.why, until=stop.until)
    return stop


@transaction.atomic
def resume(*, application_id: UUID, by: Actor, at: datetime) -> Application:
    """Start the clock again. Refuses: NoApplication, NotYourTurn, OwnCase, Runs."""
    row = _held(application_id, by, at)
    if not Pause.objects.filter(application=row, ended_at=None).update(ended_at=at):
        raise Runs
    _done(row, "resume", by=by, at=at)
    tell_worker(row, RESUMED, GOES_ON, at=at)
    return row


@transaction.atomic
def extend(*, application_id: UUID, days: int, why: str, by: Actor, at: datetime) -> Extension:
    """Give the case more working days; the reason reaches the worker as it is written (D-5b).

    By the bureau or who reviews, whoever's turn it is; by who issues in their own turn. Refuses: NoApplication,
    NotYourTurn, OwnCase, StandsStill (closed, or not yet handed in), WhyMissing, TooLong.
    """
    row = found(application_id, by)
    seated(row, _extender(row, by), by, at)
    if row.submitted_at is None or row.state in CLOSED:
        raise StandsStill
    if not why.strip():
        raise WhyMissing("why")
    most = read(EXTEND_DAYS, at=at)
    left = most - sum(Extension.objects.filter(application=row).values_list("days", flat=True))
    if not 0 < days <= left:
        raise TooLong("days", days=most, left=left)
    more = Extension(
        application=row, days=days, why=why.strip()[:300], at=at, by_person=by.person_id,
        by_organisation=by.organisation_id,
    )  # fmt: skip
    more.save(force_insert=True)
    _done(row, "extend", by=by, at=at, days=days)
    tell_worker(row, EXTENDED, EXTENDED_WHY, at=at, days=days, why=more.why)
    return more


@transaction.atomic
def tick(*, by: Actor, at: datetime) -> int:
    """Once a morning: start the clocks that stood still long enough, read all that run anew (the calendar may have
    changed), and tell desks what is due tomorrow or fell due yesterday. Returns how many were told."""
    today = local_date(at)
    told = _wait_no_longer(today, by, at)
    rows = Application.objects.exclude(state__in=[str(s) for s in CLOSED]).filter(submitted_at__isnull=False)
    found = list(rows.select_related("worker__person", "organisation").prefetch_related(*DETAILED))
    for row, reading in zip(found, clocks(found, at), strict=True):
        if row.due_on != reading.due_on:
            row.due_on = reading.due_on
            Application.objects.filter(pk=row.pk).update(due_on=row.due_on)
        if row.due_on == today + timedelta(days=1):
            tell_desk(row, turn_of(row), DUE_SOON, at=at)
        elif row.due_on == today - timedelta(days=1):
            tell_desk(row, turn_of(row), OVERDUE, at=at)
        else:
            continue
        told += 1
    return told


def _wait_no_longer(today: date, by: Actor, at: datetime) -> int:
    over = Pause.objects.filter(ended_at=None, until__lt=today).values("application")
    rows = Application.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=over)
    count = 0
    for row in rows.select_related("worker__person", "organisation").order_by("pk"):
        Pause.objects.filter(application=row, ended_at=None).update(ended_at=at)
        _done(row, "resume", by=by, at=at)
        tell_worker(row, RESUMED, GOES_ON, at=at)
        tell_desk(row, turn_of(row), WAITED, at=at)
        count += 1
    return count


def _extender(row: Application, by: Actor) -> Desk:
    if by.holds("safetycode.review") and not by.is_system:
        return Desk.BUREAU
    return Desk.ISSUER if turn_of(row) is Desk.ISSUER else Desk.ASSOCIATION


def _held(application_id: UUID, by: Actor, at: datetime) -> Application:
    row = found(application_id, by)
    desk = turn_of(row)
    if desk is None or desk is Desk.WORKER:
        raise NotYourTurn if row.state != ApplicationState.RETURNED else StandsStill
    seated(row, desk, by, at)
    return row


def _done(row: Application, verb: str, *, by: Actor, at: datetime, **detail: object) -> None:
    reckon(row, at)
    record(
        f"safetycode.apply_{verb}", by=by, at=at, subject="application", subject_id=row.pk,
        detail={"number": row.number, **detail},
    )  # fmt: skip
    touched(row)
