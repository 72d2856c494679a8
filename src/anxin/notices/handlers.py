"""What accounts announces about posts is told to those whom it concerns; accounts lies below and cannot tell.

And the audiences of announcements that accounts knows: colleagues, and the heads of agencies.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from anxin.accounts import public as accounts
from anxin.accounts.public import (
    FactorChanged,
    NewDevice,
    PostLapsing,
    PostSuspended,
    RightsAsked,
    RightsDecided,
    StandInEnded,
    StandInNamed,
)
from anxin.accounts.values import ADMINISTRATORS, POSTS, OrganisationKind
from anxin.kit import clock
from anxin.kit.events import on
from anxin.kit.text import gettext_noop
from anxin.notices import actions
from anxin.notices.actions import tell
from anxin.notices.values import Sender, audience

RIGHTS = "/rights/"


def _name(person_id: UUID) -> str:
    found = accounts.people([person_id]).get(person_id)
    return found.name_masked if found else ""


def _when(at: datetime) -> str:
    return f"{clock.local(at):%Y-%m-%d %H:%M}"


@on(StandInNamed)
def stand_in_named(event: StandInNamed) -> None:
    words = {"post": POSTS[event.post].label, "begins": _when(event.begins), "ends": _when(event.ends)}
    tell(
        event.person_id, kind="accounts.stand_in", at=event.at, url=RIGHTS, sms=True,
        title=gettext_noop("%(who)s请您代理%(post)s"),
        body=gettext_noop("从%(begins)s到%(ends)s，到时自动结束。请切换到该岗位操作。"),
        params={"who": _name(event.for_person_id), **words},
    )  # fmt: skip
    tell(
        event.for_person_id, kind="accounts.stand_in", at=event.at, url=RIGHTS,
        title=gettext_noop("已委托%(who)s代理%(post)s"),
        body=gettext_noop("从%(begins)s到%(ends)s，到时自动结束，也可以随时收回。"),
        params={"who": _name(event.person_id), **words},
    )  # fmt: skip


@on(StandInEnded)
def stand_in_ended(event: StandInEnded) -> None:
    for person, other in ((event.person_id, event.for_person_id), (event.for_person_id, event.person_id)):
        tell(
            person, kind="accounts.stand_in", at=event.at, url=RIGHTS,
            title=gettext_noop("%(post)s的代理已提前结束"), body=gettext_noop("另一方：%(who)s。"),
            params={"post": POSTS[event.post].label, "who": _name(other)},
        )  # fmt: skip


@on(RightsAsked)
def rights_asked(event: RightsAsked) -> None:
    words = {"who": _name(event.person_id), "post": POSTS[event.post].label}
    for person in accounts.approvers(event.organisation_id, event.at, alone=event.post in ADMINISTRATORS):
        if person != event.person_id:
            tell(
                person, kind="accounts.request", at=event.at, url=RIGHTS,
                title=gettext_noop("%(who)s申请%(post)s岗位，等待您审批"), params=words,
            )  # fmt: skip


@on(RightsDecided)
def rights_decided(event: RightsDecided) -> None:
    tell(
        event.person_id, kind="accounts.request", at=event.at, url=RIGHTS,
        title=gettext_noop("您申请的%(post)s岗位已批准") if event.approved
        else gettext_noop("您申请的%(post)s岗位未获批准"),
        body=gettext_noop("%(answer)s") if event.answer else "",
        params={"post": POSTS[event.post].label, "answer": event.answer},
    )  # fmt: skip


@on(PostLapsing)
def post_lapsing(event: PostLapsing) -> None:
    tell(
        event.person_id, kind="accounts.lapse", at=event.at, url="/me/", sms=True,
        title=gettext_noop("%(post)s岗位长期未使用，即将停用"),
        body=gettext_noop("在%(ends)s之前以该岗位登录一次即可保留。"),
        params={"post": POSTS[event.post].label, "ends": _when(event.lapses_at)},
    )  # fmt: skip


@on(PostSuspended)
def post_suspended(event: PostSuspended) -> None:
    tell(
        event.person_id, kind="accounts.lapse", at=event.at, url=RIGHTS, sms=True,
        title=gettext_noop("%(post)s岗位 90 天未使用，已停用"),
        body=gettext_noop("需要时可申请恢复，由负责人或安全管理员批准。"),
        params={"post": POSTS[event.post].label},
    )  # fmt: skip


@on(NewDevice)
def tell_new_device(event: NewDevice) -> None:
    actions.tell_new_device(
        event.person_id, how=event.how, device=event.device, address=event.address, at=event.at
    )


@on(FactorChanged)
def tell_factor_change(event: FactorChanged) -> None:
    actions.tell_factor_change(event.person_id, change=event.change, at=event.at)


@audience("staff", gettext_noop("本单位员工"), *OrganisationKind)
def staff(sender: Sender, at: datetime) -> Iterable[UUID]:
    return [row.person_id for row in accounts.staff_of(sender.organisation_id, at)]


@audience(
    "agencies", gettext_noop("辖区内家政企业负责人"),
    OrganisationKind.OPERATOR, OrganisationKind.ASSOCIATION, OrganisationKind.BUREAU,
)  # fmt: skip
def agency_heads(sender: Sender, at: datetime) -> Iterable[UUID]:
    return accounts.heads_in(sender.region, at)
