"""What an institution says of a check: who came, and the conclusion with its dates. There is nowhere to put a value."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from anxin.audit.public import record
from anxin.catalogue.values import CredentialKind
from anxin.kit.actor import Actor
from anxin.kit.clock import local_date
from anxin.kit.errors import Conflict, Invalid
from anxin.kit.models import allow, move
from anxin.policies.public import read
from anxin.safetycode.actions.exams import MINE, TooEarly, of_institution
from anxin.safetycode.models import ExamAppointment
from anxin.safetycode.states import ExamState
from anxin.safetycode.values.exams import VALID_DAYS, ExamConclusion, ExamResult
from anxin.workers import public as workers
from anxin.workers.values import Conclusion

# A check that calls for another says nothing that counts: no paper is written of it.
PAPER = {ExamConclusion.PASSED: Conclusion.PASSED, ExamConclusion.FAILED: Conclusion.FAILED}
TITLES = {
    ExamConclusion.PASSED: gettext_noop("%(name)s的体检合格，有效期至 %(day)s"),
    ExamConclusion.FAILED: gettext_noop("%(name)s的体检结论是不合格"),
    ExamConclusion.RECHECK: gettext_noop("%(name)s的体检需要复检"),
}


class ReportNumberUnfit(Invalid):
    code = "report_number_unfit"
    message = _("报告编号应为 2–4 个大写字母加 8–16 位数字，例如 TJ2026031800012。体检项目和数值一概不收。")


class ReportThere(Conflict):
    code = "report_there"
    message = _("这个报告编号已经登记过，请核对。")


class DayUnfit(Invalid):
    code = "exam_day_unfit"
    message = _("体检日期应在预约当天到今天之间；有效期至应晚于体检日期，最长 %(n)s 天。")


@transaction.atomic
def arrive(*, number: str, by: Actor, at: datetime) -> ExamAppointment:
    """Record that a worker has come, on the day of the session. Refuses: NotAnInstitution, NoSuchExam, TooEarly."""
    row = of_institution(number, by)
    if local_date(at) < local_date(row.slot.starts_at):
        raise TooEarly
    move(row, ExamState.ARRIVED, by=by, at=at)
    record("safetycode.arrive_exam", by=by, at=at, subject="worker", subject_id=row.worker_id,
           detail={"exam": row.number})  # fmt: skip
    return row


@transaction.atomic
def conclude(*, number: str, result: ExamResult, by: Actor, at: datetime) -> ExamAppointment:
    """Record the conclusion of a check and write the paper that follows: verified, so the colour is judged at once.

    A failure takes the place of an earlier pass. Refuses: NotAnInstitution, NoSuchExam, NotAllowed (nobody has come),
    ReportNumberUnfit, ReportThere, DayUnfit. Source: standards §3.5, D-5.
    """
    row = of_institution(number, by)
    allow(row, "conclude")
    if not result.is_numbered:
        raise ReportNumberUnfit("report_no")
    days = read(VALID_DAYS, at=at)
    passed = result.conclusion is ExamConclusion.PASSED
    until = (result.valid_until or result.exam_date + timedelta(days=days - 1)) if passed else None
    fits = local_date(row.slot.starts_at) <= result.exam_date <= local_date(at)
    if not fits or (until and not result.exam_date < until < result.exam_date + timedelta(days=days)):
        raise DayUnfit("exam_date", n=days)
    paper = None
    if conclusion := PAPER.get(result.conclusion):
        paper = workers.attest(
            worker_id=row.worker_id, kind=CredentialKind.HEALTH_CHECK, title="健康体检", number=result.report_no,
            issuer=row.slot.organisation.name, valid_from=result.exam_date, valid_to=until or result.exam_date,
            conclusion=conclusion, health_tier=result.tier, how="体检机构直接登记", by=by, at=at,
        )  # fmt: skip
    try:
        with transaction.atomic():
            move(
                row, ExamState.DONE, by=by, at=at, tier=int(result.tier), conclusion=str(result.conclusion),
                exam_date=result.exam_date, valid_until=until, report_no=result.report_no,
                credential_id=paper.pk if paper else None,
            )  # fmt: skip
    except IntegrityError as error:
        raise ReportThere("report_no") from error
    record("safetycode.conclude_exam", by=by, at=at, subject="worker", subject_id=row.worker_id,
           detail={"exam": row.number, "credential": str(paper.pk) if paper else None})  # fmt: skip
    workers.tell_worker_and_agency(
        worker_id=row.worker_id, kind="safetycode.exam", title=TITLES[result.conclusion], at=at, sms=not passed,
        url=MINE, params={"day": until or result.exam_date},
        body=gettext_noop("结论由体检机构直接登记，平台只保存结论和日期；报告请向体检机构领取。"),
    )  # fmt: skip
    return row
