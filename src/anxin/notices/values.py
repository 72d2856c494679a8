"""Kinds of notices, the night hours of text messages, and to whom an announcement can be sent."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from anxin.accounts.values import OrganisationKind
from anxin.kit.actor import Actor
from anxin.kit.text import gettext_noop
from anxin.notices.states import AnnouncementState
from anxin.policies.values import Policy

# The first word of a notice's kind ("orders.accepted") decides its icon and name in the inbox.
FAMILIES = {
    "orders": (gettext_noop("订单"), "clipboard-list"),
    "matching": (gettext_noop("派工"), "users"),
    "workers": (gettext_noop("档案"), "id"),
    "contracts": (gettext_noop("合同"), "file-text"),
    "payments": (gettext_noop("账单"), "receipt"),
    "reviews": (gettext_noop("评价"), "star"),
    "safetycode": (gettext_noop("安心码"), "qrcode"),
    "agencies": (gettext_noop("机构"), "building-store"),
    "accounts": (gettext_noop("账号"), "user"),
    "announcements": (gettext_noop("通知公告"), "speakerphone"),
}
OTHER = (gettext_noop("通知"), "bell")


def family(kind: str) -> tuple[str, str]:
    """Label (source text) and icon of a kind."""
    return FAMILIES.get(kind.partition(".")[0], OTHER)


NIGHT_STARTS = Policy(
    "notices.night_starts",
    22,
    unit=gettext_noop("点"),
    meaning=gettext_noop("从几点起不再发送通知短信（验证码不受影响），留到早上再发。"),
    low=0,
    high=23,
)
NIGHT_ENDS = Policy(
    "notices.night_ends",
    7,
    unit=gettext_noop("点"),
    meaning=gettext_noop("早上几点开始发送夜里留下的通知短信。"),
    low=0,
    high=23,
)
ANNOUNCEMENTS_A_DAY = Policy(
    "notices.announcements_a_day",
    3,
    unit=gettext_noop("条"),
    meaning=gettext_noop("一家单位 24 小时内最多群发几条通知。"),
    low=1,
    high=50,
)


class Purpose(StrEnum):
    """Why it is sent. Advertising goes to nobody who has declined it, and never by text message."""

    SERVICE = "service"
    MARKETING = "marketing"


PURPOSE_LABELS = {Purpose.SERVICE: gettext_noop("服务通知"), Purpose.MARKETING: gettext_noop("推广消息")}
STATE_LABELS = {
    AnnouncementState.SENDING: gettext_noop("发送中"),
    AnnouncementState.SENT: gettext_noop("已发完"),
    AnnouncementState.STOPPED: gettext_noop("已停止"),
}
TITLE_LENGTH, BODY_LENGTH = 40, 400


@dataclass(frozen=True)
class Sender:
    """On whose behalf: an organisation, its kind, and the region it answers for ("" = everywhere)."""

    organisation_id: UUID
    kind: str
    region: str


People = Callable[[Sender, datetime], Iterable[UUID]]


@dataclass(frozen=True)
class Audience:
    """People to whom organisations of these kinds may write: always their own, or those of their region."""

    code: str
    label: str
    kinds: frozenset[OrganisationKind]
    people: People


AUDIENCES: dict[str, Audience] = {}


def audience(code: str, label: str, *kinds: OrganisationKind) -> Callable[[People], People]:
    """Declare an audience. Areas above, which know their people, declare theirs in `handlers`."""

    def declare(people: People) -> People:
        AUDIENCES[code] = Audience(code, label, frozenset(kinds), people)
        return people

    return declare


def may_send(actor: Actor) -> bool:
    """Whether the actor's post sends announcements for its organisation."""
    return actor.organisation_id is not None and actor.holds("notices.send")
