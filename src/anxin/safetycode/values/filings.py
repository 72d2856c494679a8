"""Words and facts of liability insurance (家政责任险, standards §3.6). Plain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID

from anxin.kit.text import gettext_noop
from anxin.policies.values import Policy


class Product(StrEnum):
    EMPLOYER = "employer"
    THIRD_PARTY = "third_party"
    ACCIDENT = "accident"
    COMBINED = "combined"


PRODUCT_LABELS = {
    Product.EMPLOYER: gettext_noop("雇主责任险"),
    Product.THIRD_PARTY: gettext_noop("第三者责任险"),
    Product.ACCIDENT: gettext_noop("意外伤害险"),
    Product.COMBINED: gettext_noop("家政综合责任险"),
}


class Limit(StrEnum):
    """What a policy pays for, each up to a limit in fen."""

    DEATH = "death"
    MEDICAL = "medical"
    THIRD_PARTY = "third_party"
    PROPERTY = "property"


LIMIT_LABELS = {
    Limit.DEATH: gettext_noop("死亡伤残"),
    Limit.MEDICAL: gettext_noop("医疗费用"),
    Limit.THIRD_PARTY: gettext_noop("第三者人身"),
    Limit.PROPERTY: gettext_noop("第三者财产"),
}
# Which limits a product has to name at all.
LIMITS_OF: dict[Product, tuple[Limit, ...]] = {
    Product.EMPLOYER: (Limit.DEATH, Limit.MEDICAL),
    Product.THIRD_PARTY: (Limit.THIRD_PARTY, Limit.PROPERTY),
    Product.ACCIDENT: (Limit.DEATH, Limit.MEDICAL),
    Product.COMBINED: tuple(Limit),
}
LEAST_LIMITS = Policy(
    "safetycode.insurance_least", {"death": 300_000, "medical": 10_000, "third_party": 100_000, "property": 10_000},
    unit=gettext_noop("元"), meaning=gettext_noop("家政责任险每人每次保额的最低要求；低于它的保单会提示。"),
    low=0, high=10_000_000,
    labels={str(limit): label for limit, label in LIMIT_LABELS.items()},
)  # fmt: skip
SOON_DAYS = Policy(
    "safetycode.insurance_soon_days", 30, unit=gettext_noop("天"),
    meaning=gettext_noop("报备的保单剩余不到多少天时，提醒确认人即将到期。"), low=1, high=180,
)  # fmt: skip
ROSTER_MOST = 500


@dataclass(frozen=True, slots=True)
class Terms:
    """What a policy says. `limits`: fen by what is paid for; dates inclusive (24:00); occupation class 1–4."""

    number: str
    product: Product
    occupation_class: int
    valid_from: date
    valid_to: date
    limits: Mapping[Limit, int] = field(default_factory=dict)


class Finding(StrEnum):
    """What is told of a policy before anybody confirms it. None of these stops it: a person decides."""

    LIMIT_LOW = "limit_low"
    LIMIT_MISSING = "limit_missing"
    ENDS_SOON = "ends_soon"
    OVERLAP = "overlap"
    GAP = "gap"
    EMPTY = "empty"


FINDING_LABELS = {
    Finding.LIMIT_LOW: gettext_noop("%(what)s保额 ¥%(given)s，低于最低要求 ¥%(least)s"),
    Finding.LIMIT_MISSING: gettext_noop("没有写明%(what)s保额，最低要求 ¥%(least)s"),
    Finding.ENDS_SOON: gettext_noop("%(day)s 到期，只剩 %(n)s 天"),
    Finding.OVERLAP: gettext_noop("%(n)s 人在这期间已有保单（%(number)s）保着同类职业"),
    Finding.GAP: gettext_noop("%(n)s 人的上一份保单 %(day)s 到期，到本单生效之间有 %(days)s 天没有保险"),
    Finding.EMPTY: gettext_noop("还没有被保人名单"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One finding with what fills its words."""

    finding: Finding
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cover:
    """A worker's cover by another policy."""

    worker_id: UUID
    number: str
    occupation_class: int
    valid_from: date
    valid_to: date


class RowFault(StrEnum):
    """What is wrong with a row of an uploaded roster."""

    NAMELESS = "nameless"
    UNKNOWN = "unknown"
    OTHER_NAME = "other_name"
    TWICE = "twice"
    INSURED = "insured"


ROW_FAULT_LABELS = {
    RowFault.NAMELESS: gettext_noop("姓名和服务员编号（或身份证号码）都要填"),
    RowFault.UNKNOWN: gettext_noop("本机构没有这位服务员"),
    RowFault.OTHER_NAME: gettext_noop("姓名与编号对不上"),
    RowFault.TWICE: gettext_noop("与第 %(row)s 行是同一个人"),
    RowFault.INSURED: gettext_noop("已在本保单名单里"),
}


@dataclass(frozen=True, slots=True)
class RosterRow:
    """A row of an uploaded roster, read: the worker it names, or what is wrong with it."""

    line: int
    name: str
    number: str
    worker_id: UUID | None = None
    fault: RowFault | None = None
    params: Mapping[str, object] = field(default_factory=dict)
