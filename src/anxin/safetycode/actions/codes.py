"""Issuing codes, and letting them run out. The way to the issue is a process of its own; what is done about a code
afterwards is `measures`."""

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
from anxin.policies.public import read
from anxin.safetycode.actions.cards import make_card
from anxin.safetycode.actions.judging import reevaluate
from anxin.safetycode.events import CodeMoved
from anxin.safetycode.models import Issue, Measure, Refresh, SafetyCode, new_handle, new_secret
from anxin.safetycode.queries.authority import authority, is_operator, may_act
from anxin.safetycode.queries.codes import code_of
from anxin.safetycode.queries.signed import free_slot
from anxin.safetycode.states import CodeState, RefreshState
from anxin.safetycode.values import CardReason
from anxin.safetycode.values.care import VALID_DAYS, Ending
from anxin.workers.public import NoSuchWorker, Worker


class MayNotIssue(Forbidden):
    code = "may_not_issue"
    message = _("只有受商务主管部门委托的协会或平台可以发放和管理安心码。")


class NotEntrusted(Forbidden):
    code = "not_entrusted"
    message = _("发码单位没有受托在这个地区发放和管理安心码，或委托已经到期。请联系主管部门。")


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
    """Issue a worker's code, or issue it anew after it ran out or was revoked: same number, new tokens. With its card.

    `valid_to` is inclusive, by default as the policy says; `issuer_id` is the association's organisation, by default
    the actor's; only the operator issues in another's name. Refuses: MayNotIssue, NoSuchWorker, NotEntrusted (no
    delegation of the bureau for the worker's city now), AlreadyIssued. Source: 浙商务发〔2020〕21号 §5.7.
    """
    worker = Worker.objects.filter(pk=worker_id).first()
    _may(by)
    if worker is None:
        raise NoSuchWorker
    issuer = issuer_id or by.organisation_id
    if issuer != by.organisation_id and not (by.is_system or by.holds("workers.oversee")):
        raise MayNotIssue
    leave = None if is_operator(issuer) or issuer is None else authority(issuer, worker, at)
    if leave is None and not is_operator(issuer):
        raise NotEntrusted
    until = valid_to or local_date(at) + timedelta(days=read(VALID_DAYS, at=at))
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
        Measure.objects.filter(code=code, ended_at=None).update(ended_at=at)
    write_issue(code, worker.city_code, delegation_id=leave.pk if leave else None)
    make_card(code, reason=CardReason.ISSUE, by=by, at=at)
    tell(code, "safetycode.issue", by=by, at=at)
    return code


@transaction.atomic
def renew(*, worker_id: UUID, by: Actor, at: datetime, issuer_id: UUID | None = None) -> SafetyCode:
    """Replace a code that is in force and ends soon by a new issue: same number, new tokens, a year from today.

    Refuses as `issue`, and NoCode.
    """
    _may(by)
    code = code_of(worker_id)
    if code is None:
        raise NoCode
    move(code, CodeState.EXPIRED, by=by, at=at, why=str(_("换发")))
    end_issue(code, Ending.EXPIRED, at)
    drop_refreshes(code, by=by, at=at)
    return issue(worker_id=worker_id, by=by, at=at, issuer_id=issuer_id)


def write_issue(code: SafetyCode, city_code: str, *, delegation_id: UUID | None) -> Issue:
    """The row of the issue that a code now stands by."""
    return Issue.objects.create(
        code=code, issuer_id=code.issuer_id, delegation_id=delegation_id, city_code=city_code, handle=code.handle,
        issued_at=code.issued_at,
    )  # fmt: skip


def end_issue(code: SafetyCode, how: Ending, at: datetime) -> None:
    """The issue that a code stood by is over."""
    Issue.objects.filter(code=code, ended_at=None).update(ended_at=at, ended_how=how)


@transaction.atomic
def expire_due(*, by: Actor, at: datetime) -> int:
    """Mark the codes whose last day has passed; the colour rule does not wait for it. Returns how many."""
    due = SafetyCode.objects.select_for_update(skip_locked=True).filter(
        state=CodeState.ISSUED, valid_to__lt=local_date(at)
    )
    count = 0
    for code in due[:1000]:
        move(code, CodeState.EXPIRED, by=by, at=at)
        end_issue(code, Ending.EXPIRED, at)
        drop_refreshes(code, by=by, at=at)
        tell(code, "safetycode.expire", by=by, at=at)
        count += 1
    return count


def draw_lots() -> int:
    """Give codes of an older version their place in the status lists. Returns how many."""
    count = 0
    for pk in SafetyCode.objects.filter(slot=None).values_list("pk", flat=True)[:20_000]:
        count += SafetyCode.objects.filter(pk=pk, slot=None).update(slot=free_slot())
    return count


def drop_refreshes(code: SafetyCode, *, by: Actor, at: datetime) -> None:
    """A code that is out of force for good needs no refresh."""
    for row in Refresh.objects.filter(code=code, state__in=[RefreshState.OPEN, RefreshState.LAPSED]):
        move(row, RefreshState.DROPPED, by=by, at=at)


def _may(by: Actor) -> None:
    if not (by.holds("safetycode.issue") or by.holds("workers.oversee")):
        raise MayNotIssue


def managed(worker_id: UUID, *, by: Actor, at: datetime) -> SafetyCode:
    """The worker's code, for whoever may manage it now. Refuses: MayNotIssue, NoCode, NotEntrusted."""
    _may(by)
    code = code_of(worker_id)
    if code is None:
        raise NoCode
    if not may_act(by, code.worker, at):
        raise NotEntrusted
    return code


def tell(code: SafetyCode, action: str, *, by: Actor, at: datetime, why: str = "") -> None:
    """Audit, announce and judge anew after a code moved."""
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
