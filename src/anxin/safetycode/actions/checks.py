"""Background checks: asked of the authority online or by file; of the answer conclusion and dates are kept."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from anxin.accounts.public import ask_consent
from anxin.accounts.values import Purpose
from anxin.audit.public import record
from anxin.catalogue.values import CredentialKind
from anxin.kit.actor import SYSTEM, Actor
from anxin.kit.errors import Conflict, Forbidden, NotFound
from anxin.kit.ids import number
from anxin.kit.jobs import defer
from anxin.kit.models import begin, move
from anxin.policies.public import read
from anxin.safetycode.adapters import background
from anxin.safetycode.models import BackgroundCheck
from anxin.safetycode.models.checks import ONE_OPEN
from anxin.safetycode.queries import checks as queries
from anxin.safetycode.states import CheckState
from anxin.safetycode.values.checks import AUTHORITIES, CHECK_DAYS, Channel, CheckAnswer, CheckResult
from anxin.workers import public as workers
from anxin.workers.values import Conclusion

SEND = "safetycode.send_check"
# How long until the authority is asked again what has become of a question.
LOOK_AGAIN = timedelta(minutes=20)
PAPER = {CheckResult.PASS: Conclusion.PASSED, CheckResult.FAIL: Conclusion.FAILED}
TITLES = {
    CheckResult.PASS: gettext_noop("%(name)s的背景核查通过了"),
    CheckResult.FAIL: gettext_noop("%(name)s的背景核查没有通过"),
    CheckResult.UNVERIFIABLE: gettext_noop("%(name)s的背景无法核实，请补充材料后再申请"),
}


class AlreadyAsked(Conflict):
    code = "check_already_asked"
    message = _("这位服务员的背景核查正在进行，请等结果。")


class NotVerifiedYet(Conflict):
    code = "check_needs_real_name"
    message = _("背景核查要用已实名的姓名和身份证号码，请本人先完成实名核验。")


class MayNotAsk(Forbidden):
    code = "may_not_ask_check"
    message = _("背景核查由本人、所属机构或行业协会提出。")


class NoSuchCheck(NotFound):
    code = "no_such_check"
    message = _("没有这次核查，或您无权查看。")


@transaction.atomic
def ask_background(
    *, worker_id: UUID, channel: Channel, by: Actor, at: datetime, consent: int | None = None
) -> BackgroundCheck:
    """Ask for a worker's background check: by themself, their agency or the association, with the worker's consent.

    Online it is sent by a job; by file it waits for the next one. Refuses: NoSuchWorker, MayNotAsk, ConsentNeeded,
    ConsentOfAnother, NotVerifiedYet, AlreadyAsked. Source: D-4, standards §3.1.
    """
    worker = workers.Worker.objects.visible_to(by).select_related("person").filter(pk=worker_id).first()
    if worker is None:
        raise workers.NoSuchWorker
    if not (worker.person_id == by.person_id or by.holds("workers.manage") or by.holds("safetycode.manage")):
        raise MayNotAsk
    ask_consent(purpose=Purpose.BACKGROUND, person_id=worker.person_id, version=consent, by=by, at=at)
    if not worker.person.is_verified or not worker.person.id_number:
        raise NotVerifiedYet
    row = BackgroundCheck(
        number=number("B", at), worker=worker, channel=str(channel), asked_by=by.person_id, created_at=at
    )
    try:
        with transaction.atomic():
            begin(row, by=by, at=at)
    except IntegrityError as error:
        if getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) == ONE_OPEN:
            raise AlreadyAsked from error
        raise
    record("safetycode.ask_background", by=by, at=at, subject="worker", subject_id=worker.pk,
           detail={"check": row.number, "channel": str(channel)})  # fmt: skip
    if channel is Channel.ONLINE:
        defer(SEND, lock=f"check:{row.pk}", check_id=str(row.pk))
    return row


@transaction.atomic
def cancel_check(*, number: str, by: Actor, at: datetime) -> BackgroundCheck:
    """Withdraw a question that is not answered; an answer that still comes is not taken. Refuses: NoSuchCheck,
    MayNotAsk, NotAllowed."""
    row = queries.check_for(by, number)
    if row is None:
        raise NoSuchCheck
    if not (
        row.worker.person_id == by.person_id or by.holds("workers.manage") or by.holds("safetycode.manage")
    ):
        raise MayNotAsk
    move(row, CheckState.CANCELLED, by=by, at=at)
    record("safetycode.cancel_check", by=by, at=at, subject="worker", subject_id=row.worker_id,
           detail={"check": row.number})  # fmt: skip
    return row


def send_check(*, check_id: UUID, at: datetime) -> BackgroundCheck:
    """Put one question to the authority, or look what has become of it. Safe to run twice.

    Raises AuthoritySilent while the partner is away: the job is then tried again.
    """
    row: BackgroundCheck = BackgroundCheck.objects.select_related("worker__person").get(pk=check_id)
    if row.channel != Channel.ONLINE or row.state not in (CheckState.ASKED, CheckState.WAITING):
        return row
    # Outside of any transaction of ours: the authority may take seconds.
    if row.state == CheckState.ASKED:
        person = row.worker.person
        answer = background.ask(number=row.number, name=person.name, id_number=person.id_number or "", at=at)
    else:
        answer = background.look(number=row.number, at=at)
    with transaction.atomic():
        if answer is not None:
            settle(row, answer, by=SYSTEM, at=at)
            return row
        if row.state == CheckState.ASKED:
            move(row, CheckState.WAITING, by=SYSTEM, at=at)
        defer(SEND, run_at=at + LOOK_AGAIN, lock=f"check:{row.pk}", check_id=str(row.pk))
    return row


@transaction.atomic
def settle(row: BackgroundCheck, answer: CheckAnswer, *, by: Actor, at: datetime) -> bool:
    """Keep an answer and write the paper that follows. False: it is not the first, and the first stands.

    A failure takes the place of an earlier pass, and the colour is judged at once.
    """
    held = BackgroundCheck.objects.select_for_update().get(pk=row.pk)
    if held.state not in (CheckState.ASKED, CheckState.WAITING):
        if held.state == CheckState.ANSWERED and queries.answer_of(held) != answer:
            record("safetycode.other_answer", by=by, at=at, subject="worker", subject_id=row.worker_id,
                   detail={"check": row.number})  # fmt: skip
        return False
    passed = answer.result is CheckResult.PASS
    until = answer.valid_until or answer.checked_on + timedelta(days=read(CHECK_DAYS, at=at) - 1)
    paper = None
    if conclusion := PAPER.get(answer.result):
        paper = workers.attest(
            worker_id=row.worker_id, kind=CredentialKind.BACKGROUND_CHECK, title="背景核查",
            number=answer.reference_no, issuer=AUTHORITIES[answer.authority], valid_from=answer.checked_on,
            valid_to=until if passed else answer.checked_on, conclusion=conclusion, how="核查方直接答复", by=by,
            at=at,
        )  # fmt: skip
    kept = asdict(answer) | {"result": str(answer.result), "valid_until": until if passed else None}
    move(row, CheckState.ANSWERED, by=by, at=at, credential_id=paper.pk if paper else None, **kept)
    record("safetycode.answer_check", by=by, at=at, subject="worker", subject_id=row.worker_id,
           detail={"check": row.number, "credential": str(paper.pk) if paper else None})  # fmt: skip
    workers.tell_worker_and_agency(
        worker_id=row.worker_id, kind="safetycode.background", title=TITLES[answer.result], at=at, sms=False,
        url="/worker/checks/", params={"number": row.number},
        body=gettext_noop("核查号 %(number)s。平台只保存结论、日期和文号；有异议请向核查方或行业协会提出。"),
    )  # fmt: skip
    return True
