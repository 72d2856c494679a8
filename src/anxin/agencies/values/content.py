"""What an agency publishes of a service, and the frozen facts that other areas are given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from anxin.agencies.states import AgencyState, ItemState
from anxin.agencies.values.pricing import PriceList
from anxin.kit.text import gettext_noop


class Mode(StrEnum):
    """How the agency works with its workers; it decides tax and the kind of contract."""

    EMPLOYER = "employer"
    BROKER = "broker"
    DISPATCH = "dispatch"


MODE_LABELS = {
    Mode.EMPLOYER: gettext_noop("员工制"),
    Mode.BROKER: gettext_noop("中介制"),
    Mode.DISPATCH: gettext_noop("派遣制"),
}


class DocumentKind(StrEnum):
    LICENCE = "licence"
    QUALIFICATION = "qualification"
    HONOUR = "honour"
    GRADE = "grade"


DOCUMENT_LABELS = {
    DocumentKind.LICENCE: gettext_noop("营业执照"),
    DocumentKind.QUALIFICATION: gettext_noop("前置资质"),
    DocumentKind.HONOUR: gettext_noop("荣誉"),
    DocumentKind.GRADE: gettext_noop("等级评定"),
}


class Verification(StrEnum):
    UNVERIFIED = "unverified"
    VERIFIED = "verified"
    REFUSED = "refused"


VERIFICATION_LABELS = {
    Verification.UNVERIFIED: gettext_noop("未核实"),
    Verification.VERIFIED: gettext_noop("已核实"),
    Verification.REFUSED: gettext_noop("未通过"),
}

# The terms an agency agrees to when it joins; a new text gets a new number.
AGREEMENT_VERSION = "2026.1"

# GB/T 31772: five grades by letters.
GRADES = ("A", "AA", "AAA", "AAAA", "AAAAA")

AGENCY_LABELS = {
    AgencyState.APPLIED: gettext_noop("资料待提交"),
    AgencyState.VERIFYING: gettext_noop("审核中"),
    AgencyState.RETURNED: gettext_noop("退回补正"),
    AgencyState.REJECTED: gettext_noop("未通过"),
    AgencyState.LIVE: gettext_noop("正常服务"),
    AgencyState.SUSPENDED: gettext_noop("已暂停"),
    AgencyState.LEAVING: gettext_noop("退出公示中"),
    AgencyState.LEFT: gettext_noop("已退出"),
}
ITEM_LABELS = {
    ItemState.DRAFT: gettext_noop("草稿"),
    ItemState.PUBLISHED: gettext_noop("已发布"),
    ItemState.WITHDRAWN: gettext_noop("已下架"),
}


class Dimension(StrEnum):
    """What customers rate (review dimensions of the standard)."""

    CONTENT = "content"
    SCOPE = "scope"
    QUALITY = "quality"
    FEE = "fee"


WEEKDAYS = tuple(gettext_noop(day) for day in ("周一", "周二", "周三", "周四", "周五", "周六", "周日"))


@dataclass(frozen=True, slots=True)
class SpecStep:
    """One step of a service specification; `standard` says when it is well done, `photo` that it is shown."""

    code: str
    title: str
    standard: str = ""
    photo: bool = False

    def to_json(self) -> dict[str, Any]:
        return {"code": self.code, "title": self.title, "standard": self.standard, "photo": self.photo}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> SpecStep:
        return cls(
            str(data["code"]),
            str(data["title"]),
            str(data.get("standard", "")),
            bool(data.get("photo", False)),
        )


@dataclass(frozen=True, slots=True)
class Hours:
    """The agency takes this work on `weekday` (0 = Monday) in the half-open minutes of the day (0 to 1440)."""

    weekday: int
    start_minute: int
    end_minute: int

    def to_json(self) -> list[int]:
        return [self.weekday, self.start_minute, self.end_minute]

    @classmethod
    def from_json(cls, data: Any) -> Hours:
        weekday, start, end = data
        return cls(int(weekday), int(start), int(end))


@dataclass(frozen=True, slots=True)
class ServiceContent:
    """All that a version of a service says. `towns` are 9-digit codes; `notice_minutes` the least lead time."""

    name: str
    price_list: PriceList
    specification: tuple[SpecStep, ...] = ()
    description: str = ""
    towns: tuple[str, ...] = ()
    hours: tuple[Hours, ...] = ()
    notice_minutes: int = 120

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "price_list": self.price_list.to_json(),
            "specification": [step.to_json() for step in self.specification],
            "description": self.description,
            "towns": list(self.towns),
            "hours": [hours.to_json() for hours in self.hours],
            "notice_minutes": self.notice_minutes,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ServiceContent:
        """Read what to_json wrote. Raises ValueError for anything malformed."""
        try:
            return cls(
                name=str(data["name"]),
                price_list=PriceList.from_json(data["price_list"]),
                specification=tuple(SpecStep.from_json(step) for step in data.get("specification", ())),
                description=str(data.get("description", "")),
                towns=tuple(str(code) for code in data.get("towns", ())),
                hours=tuple(Hours.from_json(hours) for hours in data.get("hours", ())),
                notice_minutes=int(data.get("notice_minutes", 120)),
            )
        except (KeyError, TypeError) as error:
            raise ValueError(f"not the content of a service: {error}") from error


# The credit score of an agency that was not evaluated yet.
START_CREDIT = 80


@dataclass(frozen=True, slots=True)
class Rating:
    """Sums of what customers gave (1 to 5); `score` leans to the prior while reviews are few."""

    count: int = 0
    sums: Mapping[str, int] | None = None
    completed: int = 0

    @property
    def mean(self) -> float | None:
        """Mean of all dimensions, None without reviews."""
        if not self.count or not self.sums:
            return None
        return sum(self.sums.values()) / (len(self.sums) * self.count)

    def score(self, prior: float = 4.5, weight: int = 10) -> float:
        """The mean after `weight` imagined reviews of `prior` (few good reviews must not beat many)."""
        return ((self.mean or 0) * self.count + prior * weight) / (self.count + weight)


@dataclass(frozen=True, slots=True)
class AgencyFacts:
    """What anyone may know of an agency. `lat`/`lng` are WGS-84 degrees."""

    id: UUID
    organisation_id: UUID
    number: str
    name: str
    uscc: str
    mode: Mode
    state: AgencyState
    town_code: str
    address: str
    phone: str
    lat: float | None
    lng: float | None
    rating: Rating
    verified_at: datetime | None

    @property
    def is_live(self) -> bool:
        return self.state is AgencyState.LIVE


@dataclass(frozen=True, slots=True)
class AgencyParty:
    """The agency as a party to a contract: what 商务部令2012年第11号 wants named."""

    agency_id: UUID
    organisation_id: UUID
    name: str
    uscc: str
    address: str
    legal_representative: str
    phone: str
    mode: Mode


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """One version of a service, frozen once published. An order keeps `id`, and `content` as its terms."""

    id: UUID
    service_id: UUID
    agency_id: UUID
    organisation_id: UUID
    item_code: str
    number: int
    content: ServiceContent
    published_at: datetime | None
    is_current: bool
    # How the agency works with its workers (Mode): it decides the kind of contract.
    engagement: str = str(Mode.EMPLOYER)

    @property
    def name(self) -> str:
        return self.content.name

    @property
    def price_list(self) -> PriceList:
        return self.content.price_list


@dataclass(frozen=True, slots=True)
class OfferFacts:
    """One agency's current offer of one catalogue item. `distance_m` from the asked point, where there is one."""

    agency: AgencyFacts
    version: VersionFacts
    distance_m: float | None = None


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """A document as the public page shows it."""

    id: UUID
    kind: DocumentKind
    title: str
    issuer: str
    number: str
    valid_from: date | None
    valid_to: date | None
    verification: Verification
    verified_at: datetime | None
    file_id: UUID | None
