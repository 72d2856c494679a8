"""What happens to a code by itself when what it rests on ends: the authorisation, the one agency, the trade."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from anxin.kit.actor import Actor
from anxin.kit.text import gettext_noop
from anxin.safetycode.actions.checks import cancel_check
from anxin.safetycode.actions.exams import cancel_exam
from anxin.safetycode.actions.measures import revoke, suspend
from anxin.safetycode.models import BackgroundCheck, ExamAppointment
from anxin.safetycode.queries.codes import code_of
from anxin.safetycode.states import CheckState, ExamState
from anxin.safetycode.values.care import Ground, MeasureKind

NOT_AUTHORISED = gettext_noop("本人撤回了信用信息授权")
LEFT_AGENCY = gettext_noop("已离开原机构，须由新机构重新申领")
LEFT_TRADE = gettext_noop("已离开平台，不再从业")


@transaction.atomic
def suspend_running(*, worker_id: UUID, why: str, by: Actor, at: datetime) -> None:
    """Suspend the worker's code if one is in force, because a consent was taken back. Safe to run twice."""
    code = code_of(worker_id)
    if code is not None and code.can("suspend"):
        suspend(worker_id=worker_id, why=why, ground=Ground.CONSENT, by=by, at=at)


@transaction.atomic
def recall_from_leaver(*, worker_id: UUID, by: Actor, at: datetime) -> None:
    """Cancel the code of whoever left the agency through which it was applied for; the number stays theirs.

    Safe to run twice. Source: standards §1.1 (exit the old agency first, then apply again).
    """
    _cancel(worker_id, LEFT_AGENCY, Ground.LEFT_AGENCY, by=by, at=at)


@transaction.atomic
def end_for_who_left(*, worker_id: UUID, by: Actor, at: datetime) -> None:
    """Who left the platform: the code is cancelled, places for health checks go to others, nothing more is asked of
    the police. What was concluded stays. Safe to run twice."""
    _cancel(worker_id, LEFT_TRADE, Ground.LEFT_TRADE, by=by, at=at)
    for exam in ExamAppointment.objects.filter(worker=worker_id, state=ExamState.BOOKED):
        cancel_exam(number=exam.number, by=by, at=at)
    open_checks = [CheckState.ASKED, CheckState.WAITING]
    for check in BackgroundCheck.objects.filter(worker=worker_id, state__in=open_checks):
        cancel_check(number=check.number, by=by, at=at)


def _cancel(worker_id: UUID, why: str, ground: Ground, *, by: Actor, at: datetime) -> None:
    code = code_of(worker_id)
    if code is not None and code.can("revoke"):
        revoke(worker_id=worker_id, why=why, kind=MeasureKind.CANCEL, ground=ground, by=by, at=at)
