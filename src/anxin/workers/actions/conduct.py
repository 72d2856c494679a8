"""Rewards and penalties: given with basis and evidence, appealed by the worker, decided by others than the giver."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from anxin.audit.public import record
from anxin.kit.actor import Actor
from anxin.kit.clock import local_date
from anxin.kit.errors import Conflict, Forbidden, Invalid, NotFound
from anxin.kit.events import announce
from anxin.kit.models import allow, begin, move
from anxin.kit.text import gettext_noop
from anxin.policies.public import read
from anxin.workers import rules
from anxin.workers.actions.papers import HealthValueGiven
from anxin.workers.actions.people import NoSuchWorker
from anxin.workers.actions.told import tell_worker_and_agency
from anxin.workers.events import ConductGiven
from anxin.workers.models import Conduct, Worker
from anxin.workers.models.worker import OVERSEERS
from anxin.workers.states import ConductState
from anxin.workers.values.archive import APPEAL_DAYS, ConductKind

GIVERS = ("workers.manage", *OVERSEERS, "governance.supervise")
DECIDERS = (*OVERSEERS, "governance.supervise")
GIVEN = {
    ConductKind.REWARD: gettext_noop("%(name)s的档案记入一项奖励：%(title)s"),
    ConductKind.PENALTY: gettext_noop("%(name)s的档案记入一项处罚：%(title)s"),
}


class MayNotGive(Forbidden):
    code = "may_not_give"
    message = _("只有所属机构、协会和主管部门可以记入奖惩，且不能记给自己。")


class MayNotDecide(Forbidden):
    code = "may_not_decide"
    message = _("申诉由作出处罚的单位以外的协会、主管部门或平台决定。")


class NoSuchConduct(NotFound):
    code = "no_such_conduct"
    message = _("没有找到这条奖惩记录，或您无权查看。")


class BasisMissing(Invalid):
    code = "basis_missing"
    message = _("请写明事由和依据。")


class PeriodUnfit(Invalid):
    code = "period_unfit"
    message = _("有效期不能早于作出日期，作出日期不能晚于今天。")


class NothingToAppeal(Conflict):
    code = "nothing_to_appeal"
    message = _("奖励不需要申诉。")


class WordsMissing(Invalid):
    code = "words_missing"
    message = _("请写明理由。")


@transaction.atomic
def give_conduct(
    *,
    worker_id: UUID,
    kind: ConductKind,
    title: str,
    basis: str,
    given_on: date,
    by: Actor,
    at: datetime,
    valid_to: date | None = None,
    evidence_id: UUID | None = None,
) -> Conduct:
    """Enter a reward or penalty of the actor's organisation; the worker is told, with the way to appeal.

    valid_to: last day it counts, None for good. Refuses: NoSuchWorker, MayNotGive, BasisMissing, HealthValueGiven,
    PeriodUnfit. Source: C-6.2.6.
    """
    worker = Worker.objects.visible_to(by).filter(pk=worker_id).first()
    if worker is None:
        raise NoSuchWorker
    may = any(by.holds(permission) for permission in GIVERS)
    if by.organisation_id is None or not may or worker.person_id == by.person_id:
        raise MayNotGive
    if not title.strip() or not basis.strip():
        raise BasisMissing("basis" if title.strip() else "title")
    if rules.names_health_value(title, basis):
        raise HealthValueGiven("basis")
    if given_on > local_date(at) or (valid_to is not None and valid_to < given_on):
        raise PeriodUnfit("valid_to")
    row = Conduct(
        worker=worker, kind=str(kind), title=title.strip(), basis=basis.strip(),
        organisation_id=by.organisation_id, given_by=by.person_id, given_on=given_on, valid_to=valid_to,
        evidence_id=evidence_id, created_at=at,
    )  # fmt: skip
    begin(row, by=by, at=at)
    _note("workers.give_conduct", row, by=by, at=at)
    tell_worker_and_agency(
        worker_id=worker.pk, kind="workers.conduct", sms=kind is ConductKind.PENALTY, at=at, url="/worker/archive/",
        title=GIVEN[kind], body=gettext_noop("依据：%(basis)s。有不同意见，可以在“我的档案”里申诉。"),
        params={"title": row.title, "basis": row.basis},
    )  # fmt: skip
    return row


@transaction.atomic
def appeal_conduct(
    *, conduct_id: UUID, reply: str, by: Actor, at: datetime, evidence_id: UUID | None = None
) -> Conduct:
    """The worker answers a penalty once, in their own words; people decide within days (policy).

    Refuses: NoSuchConduct, NothingToAppeal, WordsMissing, HealthValueGiven, and what the state table refuses.
    """
    rows = Conduct.objects.filter(worker__person=by.person_id)
    own = by.person_id is not None and by.organisation_id is None
    row: Conduct | None = rows.filter(pk=conduct_id).first() if own else None
    if row is None:
        raise NoSuchConduct
    if row.kind == ConductKind.REWARD:
        raise NothingToAppeal
    if not reply.strip():
        raise WordsMissing("reply")
    if rules.names_health_value(reply):
        raise HealthValueGiven("reply")
    move(
        row, ConductState.APPEALED, by=by, at=at, reply=reply.strip()[:500], reply_evidence_id=evidence_id,
        due_at=at + timedelta(days=read(APPEAL_DAYS, at=at)),
    )  # fmt: skip
    _note("workers.appeal_conduct", row, by=by, at=at)
    return row


@transaction.atomic
def decide_appeal(*, conduct_id: UUID, uphold: bool, why: str, by: Actor, at: datetime) -> Conduct:
    """Decide an appeal: the penalty stands, or it is revoked and counts for nothing from the first day.

    By association, regulator or operator, never the organisation that gave it.
    Refuses: NoSuchConduct, MayNotDecide, WordsMissing, and what the state table refuses.
    """
    row = _found(conduct_id, by)
    may = any(by.holds(permission) for permission in DECIDERS)
    if not may or by.organisation_id in (None, row.organisation_id):
        raise MayNotDecide
    if not why.strip():
        raise WordsMissing("why")
    allow(row, "uphold")
    to = ConductState.UPHELD if uphold else ConductState.REVOKED
    move(row, to, by=by, at=at, why=why.strip(), decision=why.strip()[:500], decided_by=by.person_id)
    _note("workers.decide_appeal", row, by=by, at=at)
    tell_worker_and_agency(
        worker_id=row.worker_id, kind="workers.conduct", sms=True, at=at, url="/worker/archive/",
        title=gettext_noop("%(name)s的申诉已有结果：维持“%(title)s”")
        if uphold else gettext_noop("%(name)s的申诉成立：“%(title)s”已撤销"),
        body=gettext_noop("理由：%(why)s"), params={"title": row.title, "why": row.decision},
    )  # fmt: skip
    return row


@transaction.atomic
def revoke_conduct(*, conduct_id: UUID, why: str, by: Actor, at: datetime) -> Conduct:
    """Who gave it takes it back. Refuses: NoSuchConduct, MayNotGive, WordsMissing, and what the state table refuses."""
    row = _found(conduct_id, by)
    if row.organisation_id != by.organisation_id or not any(by.holds(p) for p in GIVERS):
        raise MayNotGive
    if not why.strip():
        raise WordsMissing("why")
    allow(row, "revoke")
    move(row, ConductState.REVOKED, by=by, at=at, why=why.strip(), decision=why.strip()[:500])
    _note("workers.revoke_conduct", row, by=by, at=at)
    return row


def _found(conduct_id: UUID, by: Actor) -> Conduct:
    row: Conduct | None = Conduct.objects.visible_to(by).filter(pk=conduct_id).first()
    if row is None:
        raise NoSuchConduct
    return row


def _note(action: str, row: Conduct, *, by: Actor, at: datetime) -> None:
    record(
        action, by=by, at=at, subject="worker", subject_id=row.worker_id,
        detail={"conduct": str(row.pk), "kind": row.kind, "state": row.state},
    )  # fmt: skip
    announce(ConductGiven(row.worker_id, row.pk, row.kind, row.state, at))
