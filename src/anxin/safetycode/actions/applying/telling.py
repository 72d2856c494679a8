"""Who is told what of an application's steps."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_noop

from anxin.kit.clock import local_date
from anxin.notices.public import tell, tell_all
from anxin.safetycode.models import Application
from anxin.safetycode.queries.applications import people_at, turn_of
from anxin.safetycode.states import ApplicationState as A
from anxin.safetycode.values.applying import Desk

KIND = "safetycode.application"
OWN = "/code/application/"
# To the worker: title and body per state; %(why)s is the desk's reason.
TOLD = {
    A.DRAFT: (
        gettext_noop("%(agency)s为您准备了安心码申领"),
        gettext_noop("请核对资料并亲自确认、提交；不是您本人的意思，可以撤回。"),
    ),
    A.AGENCY_REVIEW: (
        gettext_noop("安心码申领已提交"),
        gettext_noop("由%(agency)s初审。全程一般不超过 %(limit)s 个工作日，可随时查看进展。"),
    ),
    A.ASSOCIATION_REVIEW: (
        gettext_noop("安心码申领：机构初审已通过"),
        gettext_noop("已报行业协会复核。"),
    ),
    A.BUREAU_REVIEW: (
        gettext_noop("安心码申领：协会复核已通过"),
        gettext_noop("由主管部门会同有关部门审核个人信用信息。"),
    ),
    A.EXAM_PENDING: (
        gettext_noop("安心码申领：信用审核已通过，请去体检"),
        gettext_noop("%(agency)s会安排您到指定机构体检，体检不收您的钱。"),
    ),
    A.INSURANCE_PENDING: (
        gettext_noop("安心码申领：体检合格"),
        gettext_noop("%(agency)s正在为您办理家政责任险。"),
    ),
    A.APPROVED: (
        gettext_noop("安心码申领：条件已齐"),
        gettext_noop("由行业协会生成安心码。"),
    ),
    A.ISSUED: (
        gettext_noop("安心码已生成"),
        gettext_noop("打开“安心码”即可出示；%(agency)s会把居家上门服务证交给您。"),
    ),
    A.DELIVERED: (
        gettext_noop("居家上门服务证已下发"),
        gettext_noop("上门时请出示安心码或服务证，两者效力相同。"),
    ),
    A.RETURNED: (
        gettext_noop("安心码申领被退回，请补正"),
        gettext_noop("原因：%(why)s。补正期间不计办理时限，补好后重新提交即可。"),
    ),
    A.REJECTED: (
        gettext_noop("安心码申领未通过"),
        gettext_noop("理由：%(why)s。不同意的，可以在申领页面申诉，由没有经手过的人复核。"),
    ),
    A.WITHDRAWN: (gettext_noop("安心码申领已撤回"), gettext_noop("需要时可以重新申领。")),
}
# By SMS too: what the worker has to act on, and the ends.
URGENT = (A.DRAFT, A.EXAM_PENDING, A.RETURNED, A.REJECTED, A.ISSUED)
# To the desk whose turn it is.
TURN = {
    A.AGENCY_REVIEW: gettext_noop("%(name)s的安心码申领待初审"),
    A.ASSOCIATION_REVIEW: gettext_noop("%(name)s的安心码申领待复核"),
    A.BUREAU_REVIEW: gettext_noop("%(name)s的安心码申领待审核信用"),
    A.EXAM_PENDING: gettext_noop("请为%(name)s安排体检"),
    A.INSURANCE_PENDING: gettext_noop("请为%(name)s办理家政责任险"),
    A.APPROVED: gettext_noop("%(name)s的安心码待发放"),
    A.ISSUED: gettext_noop("请把居家上门服务证交给%(name)s"),
}
BY_WHEN = gettext_noop("请在 %(due)s 前办理。")
# These ends the agency hears of, though it is nobody's turn.
AGENCY_HEARS = {
    A.RETURNED: gettext_noop("%(name)s的安心码申领被退回：%(why)s"),
    A.REJECTED: gettext_noop("%(name)s的安心码申领未通过：%(why)s"),
    A.WITHDRAWN: gettext_noop("%(name)s撤回了安心码申领"),
}


def tell_step(row: Application, *, why: str, at: datetime) -> None:
    """Tell the worker where the application stands now, and the desk whose turn it is."""
    state = A(row.state)
    params = _params(row, why)
    title, body = TOLD[state]
    own = row.worker.person_id
    if not (state is A.DRAFT and row.opened_by == own):
        tell(own, kind=KIND, title=title, body=body, params=params, url=OWN, at=at, sms=state in URGENT)
    if state in AGENCY_HEARS and row.submitted_at:
        told = people_at(Desk.AGENCY, row, at) - {own}
        _tell_desk(row, told, AGENCY_HEARS[state], "", params, at)
    elif state in TURN:
        _tell_desk(row, people_at(turn_of(row), row, at) - {own}, TURN[state], BY_WHEN, params, at)


def tell_worker(row: Application, title: str, body: str, *, at: datetime, **params: object) -> None:
    """Tell the worker something about the clock, by SMS too: it is their time."""
    filled = _params(row, "") | params
    tell(row.worker.person_id, kind=KIND, title=title, body=body, params=filled, url=OWN, at=at, sms=True)


def tell_desk(row: Application, desk: Desk | None, title: str, *, at: datetime, **params: object) -> None:
    """Tell those at a desk, with the day by which it is due."""
    _tell_desk(
        row, people_at(desk, row, at), title, BY_WHEN if row.due_on else "", _params(row, "") | params, at
    )


def _params(row: Application, why: str) -> dict[str, object]:
    return {
        "name": row.worker.person.name, "agency": row.organisation.name, "why": why, "limit": row.limit_days,
        "number": row.number, "due": row.due_on or local_date(row.state_at),
    }  # fmt: skip


def _tell_desk(
    row: Application, people: Iterable[UUID], title: str, body: str, params: dict[str, object], at: datetime
) -> None:
    tell_all(
        sorted(people), kind=KIND, title=title, body=body, params=params, at=at,
        url=f"/desk/code-applications/{row.number}/",
    )  # fmt: skip
