"""Every half year each code's facts are confirmed one by one; what is not confirmed in a year is suspended (D-6b)."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from anxin.accounts.public import staff_ids
from anxin.audit.public import record
from anxin.kit.actor import SYSTEM, Actor
from anxin.kit.clock import local_date
from anxin.kit.errors import Conflict, Forbidden, Invalid, NotFound
from anxin.kit.models import allow, begin, move
from anxin.notices.public import tell_all
from anxin.policies.public import read
from anxin.safetycode.actions.measures import restore, suspend
from anxin.safetycode.models import Measure, Refresh, RefreshFact, SafetyCode
from anxin.safetycode.queries import refreshing as queries
from anxin.safetycode.queries.authority import may_act
from anxin.safetycode.states import CodeState, RefreshState
from anxin.safetycode.values.care import FACT_LABELS, STALE_DAYS, Answer, Fact, Ground, MeasureKind
from anxin.workers.public import affiliation_of

BATCH = 1_000


class MayNotConfirm(Forbidden):
    code = "may_not_confirm"
    message = _("由服务员现在所属的机构确认，发码单位也可以代为确认。")


class FactNotTrue(Conflict):
    code = "fact_not_true"
    message = _("档案里的“%(fact)s”今天不是有效状态，不能确认属实。请先补齐或选“有变化”。")


class NoteNeeded(Invalid):
    code = "refresh_note"
    message = _("请写明有什么变化，协会据此更新。")


class NotWaiting(Conflict):
    code = "refresh_over"
    message = _("这一次更新已经办完。")


@transaction.atomic
def open_refreshes(*, by: Actor, at: datetime, size: int = BATCH) -> int:
    """List the codes whose facts were verified more than REFRESH_DAYS ago, and tell the agencies. Returns how many."""
    rows = list(
        queries.due(at).select_for_update(skip_locked=True, of=("self",)).select_related("worker")[:size]
    )
    days = read(STALE_DAYS, at=at)
    prefetch_related_objects([row.worker for row in rows], "affiliations")
    told: Counter[UUID] = Counter()
    for code in rows:
        current = [a for a in code.worker.affiliations.all() if a.period.upper is None]
        agency = current[0].organisation_id if current else None
        due_on = local_date(code.last_verified_at) + timedelta(days=days)
        begin(
            Refresh(code=code, organisation_id=agency, city_code=code.worker.city_code, opened_at=at, due_on=due_on),
            by=by, at=at,
        )  # fmt: skip
        if agency:
            told[agency] += 1
    for agency, count in sorted(told.items()):
        tell_all(
            sorted(staff_ids(agency, at, permission="workers.manage")), kind="safetycode.refresh",
            url="/desk/care/refresh/", at=at, title=gettext_noop("%(count)s 个安心码待更新"),
            body=gettext_noop("请逐项确认家政员的信息；超过一年没有确认的码会自动暂停。"), params={"count": count},
        )  # fmt: skip
    return len(rows)


@transaction.atomic
def lapse_refreshes(*, at: datetime, size: int = BATCH) -> int:
    """Suspend the codes whose facts were verified more than STALE_DAYS ago. Returns how many."""
    rows = list(queries.stale(at).select_for_update(skip_locked=True, of=("self",))[:size])
    for code in rows:
        # Words of its own: the night has no reader whose language it could be.
        suspend(
            worker_id=code.worker_id, why=_now("超过一年没有核实信息"), ground=Ground.STALE, by=SYSTEM, at=at
        )  # fmt: skip
        for row in Refresh.objects.filter(code=code, state=RefreshState.OPEN):
            move(row, RefreshState.LAPSED, by=SYSTEM, at=at)
    return len(rows)


@transaction.atomic
def answer_fact(
    *, refresh_id: UUID, fact: Fact, answer: Answer, by: Actor, at: datetime, note: str = ""
) -> Refresh:
    """Confirm one fact, or say that it changed; the last one confirmed ends the task and verifies the code.

    Refuses: NotFound, MayNotConfirm, NotWaiting, FactNotTrue (the archive says otherwise), NoteNeeded.
    """
    row = _waiting(refresh_id, by, at)
    _answer(row, fact, answer, note, by=by, at=at)
    return _finish(row, by=by, at=at)


@transaction.atomic
def confirm_all(*, refresh_id: UUID, by: Actor, at: datetime) -> Refresh:
    """Confirm every fact that is still open; done to many from a list, each by itself. Refuses: as `answer_fact`."""
    row = _waiting(refresh_id, by, at)
    for one in queries.facts_of(row, at):
        if one.answer != Answer.RIGHT or one.against:
            _answer(row, one.fact, Answer.RIGHT, "", by=by, at=at)
    return _finish(row, by=by, at=at)


def _waiting(refresh_id: UUID, by: Actor, at: datetime) -> Refresh:
    rows = Refresh.objects.visible_to(by).select_for_update(no_key=True, of=("self",))
    row: Refresh | None = rows.select_related("code__worker__person").filter(pk=refresh_id).first()
    if row is None:
        raise NotFound
    agency = affiliation_of(row.code.worker_id, at)
    own = agency is not None and agency.organisation_id == by.organisation_id and by.holds("workers.manage")
    if not own and not may_act(by, row.code.worker, at):
        raise MayNotConfirm
    if row.state not in queries.WAITING:
        raise NotWaiting
    return row


def _answer(row: Refresh, fact: Fact, answer: Answer, note: str, *, by: Actor, at: datetime) -> None:
    if answer is Answer.RIGHT and fact in queries.objections(row.code, at):
        raise FactNotTrue(fact=_now(FACT_LABELS[fact]))
    if answer is Answer.WRONG and not note.strip():
        raise NoteNeeded("note")
    RefreshFact.objects.update_or_create(
        refresh=row, fact=fact,
        defaults={"answer": answer, "note": note.strip()[:200], "by_person": by.person_id, "at": at},
    )  # fmt: skip


def _finish(row: Refresh, *, by: Actor, at: datetime) -> Refresh:
    """When all facts are right, and still so today, the code counts as verified."""
    right = set(RefreshFact.objects.filter(refresh=row, answer=Answer.RIGHT).values_list("fact", flat=True))
    if right != set(Fact) or queries.objections(row.code, at):
        return row
    allow(row, "confirm")
    move(row, RefreshState.DONE, by=by, at=at, done_at=at)
    SafetyCode.objects.filter(pk=row.code_id).update(last_verified_at=at)
    stale = Measure.objects.filter(
        code=row.code, kind=MeasureKind.SUSPEND, ground=Ground.STALE, ended_at=None
    )
    if row.code.state == CodeState.SUSPENDED and stale.exists():
        restore(
            worker_id=row.code.worker_id, why=_now("信息已经核实"), ground=Ground.CHANGED, by=SYSTEM, at=at
        )  # fmt: skip
    record("safetycode.refresh", by=by, at=at, subject="refresh", subject_id=row.pk)
    return row
