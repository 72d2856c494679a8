"""Issuing, suspending, restoring and revoking codes. The way to the issue is a process of its own."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from anxin.audit.public import record
from anxin.kit.actor import Actor
from anxin.kit.clock import local, local_date
from anxin.kit.errors import Conflict, Forbidden
from anxin.kit.events import announce
from anxin.kit.models import begin, move
from anxin.safetycode.actions.judging import reevaluate
from anxin.safetycode.events import CodeMoved
from anxin.safetycode.models import SafetyCode, new_handle, new_secret
from anxin.safetycode.queries.codes import code_of
from anxin.safetycode.queries.signed import free_slot
from anxin.safetycode.states import CodeState
from anxin.workers.public import NoSuchWorker, Worker

VALID_DAYS = 365


class MayNotIssue(Forbidden):
    code = "may_not_issue"
    message = _("只有受商务主管部门委托的协会或平台可以发放和管理安心码。")


class AlreadyIssued(Conflict):
    code = "already_issued"
    message = _("这位服务员已有在用的安心码，无需重复发放。")


class NoCode(Conflict):
    code = "no_code"
    message = _("这位服务员还没有安心码。")


@transaction.atomic
def issue(
    *,
    worker_id: UUID,
    by: Actor,
    at: datetime,
    issuer_id: UUID | None = None,
    valid_to: date | None = None,
) -> SafetyCode:
    """Issue a worker's code, or issue it anew after it ran out or was revoked: same number, new tokens.

    `valid_to` is inclusive, by default a year ahead; `issuer_id` is the association's organisation, by default the
    actor's. Refuses: MayNotIssue, NoSuchWorker, AlreadyIssued. Source: 浙商务发〔2020〕21号 §5.7.
    """
    _may(by)
    worker = Worker.objects.filter(pk=worker_id).first()
    if worker is None:
        raise NoSuchWorker
    until = valid_to or local_date(at) + timedelta(days=VALID_DAYS)
    issuer = issuer_id or by.organisation_id
    code = code_of(worker_id)
    if code is None:
        code = SafetyCode(
            worker=worker, number=_next_number(worker.city_code, local(at).year), issuer_id=issuer,
            issued_at=at, valid_to=until, last_verified_at=at, secret=new_secret(), slot=free_slot(),
        )  # fmt: skip
        begin(code, by=by, at=at)
    elif "issue_again" not in code.MACHINE.verbs(code.state):
        raise AlreadyIssued
    else:
        move(
            code, CodeState.ISSUED, by=by, at=at, issuer_id=issuer, issued_at=at, valid_to=until,
            last_verified_at=at, handle=new_handle(),
        )  # fmt: skip
        code.secret = new_secret()
        code.save(update_fields=["secret"])
    _tell(code, "safetycode.issue", by=by, at=at)
    return code


@transaction.atomic
def suspend(*, worker_id: UUID, why: str, by: Actor, at: datetime) -> SafetyCode:
    """Put a code out of force for a time. Refuses: MayNotIssue, NoCode, and what the state table refuses."""
    return _change(worker_id, CodeState.SUSPENDED, "safetycode.suspend", why, by=by, at=at)


@transaction.atomic
def restore(*, worker_id: UUID, why: str, by: Actor, at: datetime) -> SafetyCode:
    """Put a suspended code back in force. Refuses: MayNotIssue, NoCode, and what the state table refuses."""
    code = code_of(worker_id)
    if code and code.state != CodeState.SUSPENDED:
        raise AlreadyIssued
    return _change(worker_id, CodeState.ISSUED, "safetycode.restore", why, by=by, at=at)


@transaction.atomic
def revoke(*, worker_id: UUID, why: str, by: Actor, at: datetime) -> SafetyCode:
    """Take a code back (注销/收回). Refuses: MayNotIssue, NoCode, and what the state table refuses."""
    return _change(worker_id, CodeState.REVOKED, "safetycode.revoke", why, by=by, at=at)


@transaction.atomic
def expire_due(*, by: Actor, at: datetime) -> int:
    """Mark the codes whose last day has passed; the colour rule does not wait for it. Returns how many."""
    due = SafetyCode.objects.select_for_update(skip_locked=True).filter(
        state=CodeState.ISSUED, valid_to__lt=local_date(at)
    )
    count = 0
    for code in due[:1000]:
        move(code, CodeState.EXPIRED, by=by, at=at)
        _tell(code, "safetycode.expire", by=by, at=at)
        count += 1
    return count


def draw_lots() -> int:
    """Give codes of an older version their place in the status lists. Returns how many."""
    count = 0
    for pk in SafetyCode.objects.filter(slot=None).values_list("pk", flat=True)[:20_000]:
        count += SafetyCode.objects.filter(pk=pk, slot=None).update(slot=free_slot())
    return count


def _may(by: Actor) -> None:
    if not (by.holds("safetycode.issue") or by.holds("workers.oversee")):
        raise MayNotIssue


def _change(worker_id: UUID, to: CodeState, action: str, why: str, *, by: Actor, at: datetime) -> SafetyCode:
    _may(by)
    code = code_of(worker_id)
    if code is None:
        raise NoCode
    move(code, to, by=by, at=at, why=why)
    _tell(code, action, by=by, at=at, why=why)
    return code


def _tell(code: SafetyCode, action: str, *, by: Actor, at: datetime, why: str = "") -> None:
    record(
        action, by=by, at=at, subject="safetycode", subject_id=code.pk,
        detail={"number": code.number, "state": code.state},
    )  # fmt: skip
    announce(CodeMoved(code.worker_id, code.pk, code.number, code.state, why))
    reevaluate(worker_ids=[code.worker_id], by=by, at=at)


def _next_number(city_code: str, year: int) -> str:
    """ZJ-{city}-{year}-{six digits}; the row's lock makes numbers run without a gap."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO safetycode_series (city_code, year, last) VALUES (%s, %s, 1)
            ON CONFLICT (city_code, year) DO UPDATE SET last = safetycode_series.last + 1
            RETURNING last
            """,
            [city_code, year],
        )
        return f"ZJ-{city_code}-{year}-{cursor.fetchone()[0]:06d}"
