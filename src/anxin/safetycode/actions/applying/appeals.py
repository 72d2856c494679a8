"""Contradicting a refusal or a red code: filed, answered, replied to, decided by somebody new, restored."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from anxin.audit.public import record
from anxin.files.public import FileKind, store
from anxin.kit.actor import SYSTEM, Actor
from anxin.kit.clock import local_date
from anxin.kit.errors import Conflict, Forbidden, Invalid, NotFound
from anxin.kit.ids import number
from anxin.kit.models import allow, begin, move
from anxin.places.public import add_workdays
from anxin.policies.public import read
from anxin.safetycode.actions.applying import telling_appeals as telling
from anxin.safetycode.actions.applying.refusals import AlreadyApplied, NoApplication, NotYourTurn, WhyMissing
from anxin.safetycode.actions.applying.restoring import restore_all
from anxin.safetycode.actions.measures import note_appeal
from anxin.safetycode.models import Appeal, Application
from anxin.safetycode.queries import appeals
from anxin.safetycode.states import AppealState, ApplicationState
from anxin.safetycode.values.applying import ANSWER_DAYS, APPEAL_DAYS, REPLY_DAYS
from anxin.workers.public import NoSuchWorker, Worker, affiliation_of


class NoAppeal(NotFound):
    code = "no_appeal"
    message = _("没有找到这件申诉，或您无权查看。")


class NothingToAppeal(Conflict):
    code = "nothing_to_appeal"
    message = _("现在没有可以申诉的决定：安心码不是红码，申领也没有被拒绝。")


class AlreadyAppealed(Conflict):
    code = "already_appealed"
    message = _("同一个决定只能申诉一次；正在处理的申诉办结后才能再提出。")


class TooLate(Conflict):
    code = "appeal_too_late"
    message = _("申诉期已过（%(day)s 截止）。情况有变的，可以向发码单位申请恢复。")


class DecidedBefore(Forbidden):
    code = "decided_before"
    message = _("您经手过这件事。申诉须由没有经手过的人裁定，请交给同事。")


class MayNotDecide(Forbidden):
    code = "may_not_decide_appeal"
    message = _("这件申诉不由您的岗位裁定。")


class WordsMissing(Invalid):
    code = "words_missing"
    message = _("请写明内容。")


@transaction.atomic
def appeal(
    *,
    worker_id: UUID,
    statement: str,
    by: Actor,
    at: datetime,
    application_id: UUID | None = None,
    file: Any = None,
) -> Appeal:
    """The worker contradicts a refused application, or the red colour their code has today.

    What it was decided from is put down as evidence. Who decided answers within days, the worker speaks last, and
    somebody who had no part in it decides. A refusal of the agency goes to the association, all else to the bureau.
    Refuses: NoSuchWorker, NoApplication, NothingToAppeal, AlreadyAppealed, TooLate, WordsMissing, and what files
    refuse.
    """
    worker = Worker.objects.select_for_update(no_key=True, of=("self",)).filter(pk=worker_id).first()
    if worker is None or by.person_id is None or worker.person_id != by.person_id:
        raise NoSuchWorker
    if not statement.strip():
        raise WordsMissing("statement")
    application = _refused(worker_id, application_id) if application_id else None
    cause = appeals.refusal(application) if application else appeals.redness(worker, at)
    if cause is None:
        raise NothingToAppeal
    if appeals.appealed(worker_id, cause):
        raise AlreadyAppealed
    today = local_date(at)
    if cause.until is not None and cause.until < today:
        raise TooLate(day=cause.until)
    agency = affiliation_of(worker_id, at)
    row = Appeal(
        number=number("P", at), worker=worker, application=application,
        organisation=agency.organisation if agency else None, against_id=cause.against,
        town_code=application.town_code if application else appeals.town_of(worker, agency),
        desk=str(cause.desk), evidence=cause.evidence, statement=statement.strip(),
        file=store(file, kind=FileKind.CREDENTIAL, by=by, at=at) if file else None,
        answer_by=add_workdays(today, read(ANSWER_DAYS, at=at)), due_on=add_workdays(today, read(APPEAL_DAYS, at=at)),
        created_at=at,
    )  # fmt: skip
    try:
        with transaction.atomic():
            begin(row, by=by, at=at)
    except IntegrityError as error:
        raise AlreadyAppealed from error
    if measure := cause.evidence.get("measure"):
        note_appeal(measure_id=UUID(str(measure)), appeal_ref=row.pk, at=at)
    if cause.against is None:
        # Facts decided: nobody is there to answer, the evidence is all there is.
        move(row, AppealState.READY, by=SYSTEM, at=at)
    return _done(row, "appeal", by=by, at=at)


@transaction.atomic
def answer(*, appeal_id: UUID, text: str, by: Actor, at: datetime) -> Appeal:
    """Who decided says why, once; then the worker may reply.

    Refuses: NoAppeal, NotYourTurn, NotAllowed, WordsMissing.
    """
    row = _found(appeal_id, by)
    allow(row, "answer")
    if not appeals.answers(by, row):
        raise NotYourTurn
    if not text.strip():
        raise WordsMissing("text")
    row.answer = text.strip()
    row.reply_by = add_workdays(local_date(at), read(REPLY_DAYS, at=at))
    row.save(update_fields=["answer", "reply_by"])
    move(row, AppealState.ANSWERED, by=by, at=at)
    return _done(row, "appeal_answer", by=by, at=at)


@transaction.atomic
def reply(*, appeal_id: UUID, text: str, by: Actor, at: datetime) -> Appeal:
    """The worker speaks last, or says with an empty text that they have nothing to add.

    Refuses: NoAppeal, NotYourTurn, NotAllowed.
    """
    row = _own(appeal_id, "reply", by)
    row.reply = text.strip()
    row.save(update_fields=["reply"])
    move(row, AppealState.READY, by=by, at=at)
    return _done(row, "appeal_reply", by=by, at=at)


@transaction.atomic
def withdraw_appeal(*, appeal_id: UUID, by: Actor, at: datetime) -> Appeal:
    """The worker lets it be. Refuses: NoAppeal, NotYourTurn, NotAllowed."""
    row = _own(appeal_id, "withdraw", by)
    move(row, AppealState.WITHDRAWN, by=by, at=at)
    return _done(row, "appeal_withdraw", by=by, at=at)


@transaction.atomic
def decide(*, appeal_id: UUID, upheld: bool, ruling: str, by: Actor, at: datetime) -> Appeal:
    """A person who had no part in it decides, with reasons. What is upheld is put back at once.

    Refuses: NoAppeal, MayNotDecide, DecidedBefore, NotAllowed (against the worker only after they could reply),
    WhyMissing, AlreadyApplied (the worker has begun another application meanwhile).
    """
    row = _found(appeal_id, by)
    allow(row, "uphold" if upheld else "dismiss")
    if not appeals.decides(by, row):
        raise MayNotDecide
    if by.person_id is None or by.person_id == row.worker.person_id or by.person_id in appeals.involved(row):
        raise DecidedBefore
    if not ruling.strip():
        raise WhyMissing("ruling")
    row.ruling = ruling.strip()
    row.save(update_fields=["ruling"])
    move(row, AppealState.UPHELD if upheld else AppealState.DISMISSED, by=by, at=at)
    if upheld:
        try:
            row.restored = restore_all(row, by=by, at=at)
        except IntegrityError as error:
            raise AlreadyApplied from error
        row.save(update_fields=["restored"])
    return _done(row, "appeal_uphold" if upheld else "appeal_dismiss", by=by, at=at)


@transaction.atomic
def tick_appeals(*, by: Actor, at: datetime) -> int:
    """Once a morning: who did not answer or reply in time is waited for no longer; deciders hear what is due."""
    today = local_date(at)
    open_rows = Appeal.objects.filter(state__in=[str(s) for s in appeals.OPEN]).select_related(
        "worker__person"
    )
    count = 0
    for row in open_rows:
        late = row.answer_by if row.state == AppealState.FILED else row.reply_by
        if row.state != AppealState.READY and late is not None and late < today:
            move(row, AppealState.READY, by=by, at=at)
            _done(row, "appeal_lapse", by=by, at=at)
            count += 1
        elif row.due_on - today in telling.REMINDED:
            telling.tell_due(row, at=at)
            count += 1
    return count


def _refused(worker_id: UUID, application_id: UUID) -> Application:
    row: Application | None = (
        Application.objects.select_for_update(no_key=True, of=("self",))
        .filter(pk=application_id, worker=worker_id)
        .first()
    )
    if row is None:
        raise NoApplication
    if row.state != ApplicationState.REJECTED:
        raise NothingToAppeal
    return row


def _found(appeal_id: UUID, by: Actor) -> Appeal:
    rows = Appeal.objects.visible_to(by).filter(pk=appeal_id).values("pk")
    row: Appeal | None = (
        Appeal.objects.select_for_update(no_key=True, of=("self",))
        .select_related("worker__person", "application")
        .filter(pk__in=rows)
        .first()
    )
    if row is None:
        raise NoAppeal
    return row


def _own(appeal_id: UUID, verb: str, by: Actor) -> Appeal:
    row = _found(appeal_id, by)
    if by.person_id is None or row.worker.person_id != by.person_id:
        raise NotYourTurn
    allow(row, verb)
    return row


def _done(row: Appeal, verb: str, *, by: Actor, at: datetime) -> Appeal:
    record(
        f"safetycode.{verb}", by=by, at=at, subject="appeal", subject_id=row.pk,
        detail={"number": row.number, "state": row.state},
    )  # fmt: skip
    telling.tell_appeal(row, at=at)
    return row
