"""Words and facts of the credit archive: what it holds, who may read how much of it, what the authorisation says."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any
from uuid import UUID

from anxin.accounts.values import Purpose
from anxin.catalogue.values import CredentialKind
from anxin.kit.text import gettext_noop
from anxin.policies.values import Policy
from anxin.workers.states import AuthorisationState

APPEAL_DAYS = Policy(
    "workers.conduct_appeal_days", 15, unit=gettext_noop("天"), low=1, high=60,
    meaning=gettext_noop("对记入档案的处罚申诉后，由作出处罚以外的单位作出决定的时限。"),
)  # fmt: skip
WARN_DAYS = Policy(
    "workers.warn_days", (30, 7, 1), unit=gettext_noop("天"), low=1, high=180,
    meaning=gettext_noop("证件到期前多少天提醒本人和机构；到期当天也提醒。"),
)  # fmt: skip


class ArchiveItem(StrEnum):
    """A class of information that is authorised, and taken back, by itself (商服贸函〔2019〕269号)."""

    BASIC = "basic"
    OCCUPATIONAL = "occupational"
    TRAINING = "training"
    HEALTH = "health"
    INSURANCE = "insurance"
    BACKGROUND = "background"
    REVIEWS = "reviews"
    CONDUCT = "conduct"


ITEM_LABELS = {
    ArchiveItem.BASIC: gettext_noop("基本信息"),
    ArchiveItem.OCCUPATIONAL: gettext_noop("从业经历"),
    ArchiveItem.TRAINING: gettext_noop("培训与职业证书"),
    ArchiveItem.HEALTH: gettext_noop("健康体检结论"),
    ArchiveItem.INSURANCE: gettext_noop("家政保险"),
    ArchiveItem.BACKGROUND: gettext_noop("背景核查结论"),
    ArchiveItem.REVIEWS: gettext_noop("评价与投诉"),
    ArchiveItem.CONDUCT: gettext_noop("奖惩记录"),
}
ITEM_WORDS = {
    ArchiveItem.BASIC: gettext_noop("姓名、身份证号码、手机号、常住镇街、学历"),
    ArchiveItem.OCCUPATIONAL: gettext_noop("所属机构、起止时间、从业经历"),
    ArchiveItem.TRAINING: gettext_noop("技能、培训、考核和职业证书"),
    ArchiveItem.HEALTH: gettext_noop("体检类别、结论和日期，不含任何检查数值"),
    ArchiveItem.INSURANCE: gettext_noop("保险类别、保险公司和起止日期"),
    ArchiveItem.BACKGROUND: gettext_noop("核查结论、核查单位和日期，不含具体内容"),
    ArchiveItem.REVIEWS: gettext_noop("客户评分、完成单数和投诉处理结果"),
    ArchiveItem.CONDUCT: gettext_noop("奖励、处罚和申诉结果"),
}
# Without these nobody can tell whether the conditions of the code are met; the rest is the worker's choice (art. 16).
NECESSARY = frozenset(
    {
        ArchiveItem.BASIC, ArchiveItem.TRAINING, ArchiveItem.HEALTH, ArchiveItem.INSURANCE,
        ArchiveItem.BACKGROUND,
    }
)  # fmt: skip
# Sensitive, so that a tick in a list is not enough (个人信息保护法 art. 29).
SEPARATE = {ArchiveItem.HEALTH: Purpose.HEALTH, ArchiveItem.BACKGROUND: Purpose.BACKGROUND}
ITEM_OF = {
    CredentialKind.HEALTH_CHECK: ArchiveItem.HEALTH,
    CredentialKind.INSURANCE: ArchiveItem.INSURANCE,
    CredentialKind.BACKGROUND_CHECK: ArchiveItem.BACKGROUND,
    CredentialKind.TRAINING: ArchiveItem.TRAINING,
    CredentialKind.CERTIFICATE: ArchiveItem.TRAINING,
}


@dataclass(frozen=True)
class AuthorisationText:
    """One version of the 《家政服务员信用信息授权书》, paragraph by paragraph; what is published is never changed."""

    version: int
    paragraphs: tuple[str, ...]

    @property
    def digest(self) -> str:
        """SHA-256 of the Chinese text, which is the one that counts."""
        return sha256("\n".join(self.paragraphs).encode()).hexdigest()


AUTHORISATION_TITLE = gettext_noop("家政服务员信用信息授权书")
_texts = (
    AuthorisationText(
        1,
        (
            gettext_noop(
                "唯一隶属声明：本人同一时间只隶属于上列一家机构从事家政服务；离开时先办理退出，再由新机构重新申领安心码。"
            ),
            gettext_noop(
                "信息接收方：上列机构、安心平台、受商务主管部门委托的家政行业协会和商务主管部门，各自只看办理本职所需的部分。"
            ),
            gettext_noop(
                "用途：建立信用档案，登记家政信用信息平台；通过商务和公安部门的机制核查背景；"
                "经本人出示或同意，供客户扫码查看结论；处理纠纷。"
            ),
            gettext_noop("期限：自签署之日起，至本人离开上列机构之日止；法律规定保存的，封存到期后销毁。"),
            gettext_noop(
                "撤回：本人可随时在“我的授权”撤回全部或任何一项，与授权一样方便。"
                "撤回后，接收方不能再查看；撤回申领安心码必需的事项，安心码立即暂停。"
            ),
        ),
    ),
)
AUTHORISATION_TEXTS = {text.version: text for text in _texts}
AUTHORISATION_NOW = _texts[-1]


@dataclass(frozen=True, slots=True)
class AuthorisationFacts:
    """An authorisation as others may rely on it. `items`: those given and not taken back."""

    id: UUID
    number: str
    worker_id: UUID
    organisation_id: UUID
    state: AuthorisationState
    version: int
    signed_at: datetime
    sha256: str
    items: frozenset[ArchiveItem]

    @property
    def in_force(self) -> bool:
        return self.state is AuthorisationState.SIGNED

    @property
    def missing(self) -> tuple[ArchiveItem, ...]:
        """What the code cannot do without and that was not given or was taken back."""
        return tuple(item for item in ArchiveItem if item in NECESSARY - self.items)

    @property
    def complete(self) -> bool:
        """Whether a code may rest on it."""
        return self.in_force and not self.missing


class ConductKind(StrEnum):
    REWARD = "reward"
    PENALTY = "penalty"


CONDUCT_LABELS = {
    ConductKind.REWARD: gettext_noop("奖励"),
    ConductKind.PENALTY: gettext_noop("处罚"),
}


class Education(StrEnum):
    """GB/T 4658."""

    POSTGRADUATE = "10"
    BACHELOR = "20"
    COLLEGE = "30"
    VOCATIONAL = "40"
    SENIOR = "60"
    JUNIOR = "70"
    PRIMARY = "80"
    OTHER = "90"


EDUCATION_LABELS = {
    Education.POSTGRADUATE: gettext_noop("研究生"),
    Education.BACHELOR: gettext_noop("大学本科"),
    Education.COLLEGE: gettext_noop("大学专科"),
    Education.VOCATIONAL: gettext_noop("中等职业教育"),
    Education.SENIOR: gettext_noop("普通高中"),
    Education.JUNIOR: gettext_noop("初中"),
    Education.PRIMARY: gettext_noop("小学"),
    Education.OTHER: gettext_noop("其他"),
}


class Reader(StrEnum):
    """As what somebody reads an archive."""

    SELF = "self"
    AGENCY = "agency"
    FORMER = "former"
    OVERSEER = "overseer"


@dataclass(frozen=True)
class Reading:
    """How much of one archive a reader sees.

    items: the classes that are shown. whole: names, numbers and files in the clear. own: the times that are the
    reader's own, None = the whole life. frozen: the authorisation was taken back; none: nothing was ever signed.
    """

    reader: Reader
    items: frozenset[ArchiveItem]
    whole: bool
    own: tuple[tuple[datetime, datetime | None], ...] | None = None
    frozen: bool = False
    none: bool = False

    def sees(self, item: ArchiveItem, at: datetime) -> bool:
        """Whether something of a class that happened at a moment is shown."""
        return item in self.items and self.within(at)

    def within(self, at: datetime) -> bool:
        """Whether a moment lies in the time that is shown."""
        return self.own is None or any(start <= at and (end is None or at <= end) for start, end in self.own)


@dataclass(frozen=True)
class ArchiveEvent:
    """One entry of the timeline. `title` is a marked text, `params` fill it."""

    at: datetime
    item: ArchiveItem
    icon: str
    title: str
    params: dict[str, Any] = field(default_factory=dict)
    sub: str = ""
