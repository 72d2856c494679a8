"""Who is told what of an appeal, and of a code that has turned red."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext, gettext_noop

from anxin.accounts.public import staff_ids
from anxin.kit.clock import local_date
from anxin.notices.public import tell, tell_all
from anxin.safetycode.models import Appeal
from anxin.safetycode.queries.appeals import DECIDE
from anxin.safetycode.queries.applications import regional
from anxin.safetycode.queries.applications.desks import PERMISSIONS
from anxin.safetycode.queries.codes import code_of, judge
from anxin.safetycode.states import AppealState as P
from anxin.safetycode.values import REASON_LABELS, Colour
from anxin.safetycode.values.applying import Desk
from anxin.workers.public import tell_worker_and_agency

KIND = "safetycode.appeal"
# Deciders are reminded the day before, on the day, and the day after an appeal's last day.
REMINDED = (timedelta(days=1), timedelta(), timedelta(days=-1))
TOLD = {
    P.FILED: (
        gettext_noop("申诉已提出"),
        gettext_noop("原单位须在 %(answer_by)s 前答复，%(due)s 前有裁定。"),
    ),
    P.ANSWERED: (
        gettext_noop("对您的申诉已有答复"),
        gettext_noop("您可以在 %(reply_by)s 前再次陈述，之后才会裁定。"),
    ),
    P.READY: (gettext_noop("申诉已进入裁定"), gettext_noop("由没有经手过的人裁定，%(due)s 前告诉您结果。")),
    P.UPHELD: (gettext_noop("申诉成立"), gettext_noop("裁定：%(ruling)s。已为您恢复，请查看。")),
    P.DISMISSED: (
        gettext_noop("申诉不成立"),
        gettext_noop("裁定：%(ruling)s。仍不同意的，可以依法申请行政复议或者提起诉讼。"),
    ),
    P.WITHDRAWN: (gettext_noop("申诉已撤回"), ""),
}
TO_ANSWER = gettext_noop("%(name)s对安心码的决定提出申诉，请答复")
TO_DECIDE = gettext_noop("%(name)s的安心码申诉待裁定")
BY = gettext_noop("请在 %(by)s 前办理。")
RED = gettext_noop("%(name)s的安心码变为红码")
RED_WHY = gettext_noop("原因：%(why)s。不同意的，本人可以在安心码页面申诉。")


def tell_appeal(row: Appeal, *, at: datetime) -> None:
    """Tell the worker where the appeal stands, and whoever's turn it is."""
    title, body = TOLD[P(row.state)]
    params = {
        "answer_by": row.answer_by, "reply_by": row.reply_by or "", "due": row.due_on, "ruling": row.ruling,
        "name": row.worker.person.name, "by": row.answer_by,
    }  # fmt: skip
    url = f"/code/appeals/{row.number}/"
    sms = row.state in (P.ANSWERED, P.UPHELD, P.DISMISSED)
    tell(row.worker.person_id, kind=KIND, title=title, body=body, params=params, url=url, at=at, sms=sms)
    if row.state == P.FILED and row.against_id:
        people = {
            p
            for permission in PERMISSIONS.values()
            for p in staff_ids(row.against_id, at, permission=permission)
        }
        _tell(row, people, TO_ANSWER, params, at)
    elif row.state == P.READY:
        tell_due(row, at=at)


def tell_due(row: Appeal, *, at: datetime) -> None:
    """Tell those who decide it, with the day."""
    people = {
        person for one in regional(Desk(row.desk), row.town_code) for person in staff_ids(one, at, permission=DECIDE)
    }  # fmt: skip
    _tell(row, people, TO_DECIDE, {"name": row.worker.person.name, "by": row.due_on}, at)


def _tell(row: Appeal, people: set[UUID], title: str, params: dict[str, object], at: datetime) -> None:
    tell_all(
        sorted(people - {row.worker.person_id}), kind=KIND, title=title, body=BY, params=params, at=at,
        url=f"/desk/appeals/{row.number}/",
    )  # fmt: skip


def tell_red(*, worker_id: UUID, at: datetime) -> bool:
    """Tell worker and agency that the code is red, why, and that it can be contested; False if it no longer is."""
    judged = judge(worker_id, at)
    if judged.colour is not Colour.RED or code_of(worker_id) is None:
        return False
    why = "；".join(
        gettext(REASON_LABELS[one.code]) % {"day": one.day or local_date(at)} for one in judged.reasons
    )  # fmt: skip
    tell_worker_and_agency(
        worker_id=worker_id, kind="safetycode.red", title=RED, body=RED_WHY, params={"why": why}, url="/code/",
        sms=True, at=at,
    )  # fmt: skip
    return True
