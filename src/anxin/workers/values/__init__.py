"""Words and facts about workers that every area shares: papers, needs of a service, time, candidates. Plain."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from anxin.accounts.values import Purpose
from anxin.catalogue.values import CREDENTIAL_LABELS, HEALTH_TIER_LABELS, CredentialKind, HealthTier
from anxin.kit.geo import Point
from anxin.kit.text import gettext_noop
from anxin.workers.states import BOOKING_STATE_LABELS, WORKER_STATE_LABELS, BookingState, WorkerState
from anxin.workers.values.archive import (
    AUTHORISATION_NOW,
    ITEM_LABELS,
    NECESSARY,
    ArchiveItem,
    AuthorisationFacts,
    ConductKind,
)
from anxin.workers.values.gates import GATE_LABELS, GATE_OPENERS, BlockSide, Gate
from anxin.workers.values.hours import DAY_CAP, EXCESS_LABELS, REST, WEEK_CAP, Caps, Excess, TooMuch
from anxin.workers.values.span import Span

__all__ = [
    "AFFILIATION_LABELS",
    "BOOKING_KIND_LABELS",
    "BOOKING_STATE_LABELS",
    "CONCLUSION_LABELS",
    "CREDENTIAL_LABELS",
    "CREDIT_GRADES",
    "DAY_CAP",
    "EXCESS_LABELS",
    "REST",
    "WEEK_CAP",
    "Caps",
    "Excess",
    "TooMuch",
    "GATE_LABELS",
    "GATE_OPENERS",
    "HEALTH_TIER_LABELS",
    "ITEM_LABELS",
    "NECESSARY",
    "PAPER_LABELS",
    "SKILL_LEVEL_LABELS",
    "WEEKDAY_LABELS",
    "WORKER_STATE_LABELS",
    "AffiliationKind",
    "AUTHORISATION_NOW",
    "BlockSide",
    "ArchiveItem",
    "AuthorisationFacts",
    "BookingFacts",
    "BookingKind",
    "BookingState",
    "CandidateFacts",
    "Conclusion",
    "ConductKind",
    "CredentialFacts",
    "CredentialKind",
    "Gate",
    "HealthTier",
    "ItemNeeds",
    "Needs",
    "PaperPast",
    "PaperState",
    "Papers",
    "Span",
    "StandingFacts",
    "WorkerCard",
    "WorkerFacts",
    "WorkerState",
    "years_since",
]


class AffiliationKind(StrEnum):
    """How a worker belongs to an agency (A-6.2.3)."""

    EMPLOYEE = "employee"
    INTRODUCED = "introduced"
    FLEXIBLE = "flexible"


AFFILIATION_LABELS = {
    AffiliationKind.EMPLOYEE: gettext_noop("员工制"),
    AffiliationKind.INTRODUCED: gettext_noop("中介介绍"),
    AffiliationKind.FLEXIBLE: gettext_noop("灵活用工"),
}


class Conclusion(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    PENDING = "pending"


CONCLUSION_LABELS = {
    Conclusion.PASSED: gettext_noop("合格"),
    Conclusion.FAILED: gettext_noop("不合格"),
    Conclusion.PENDING: gettext_noop("待定"),
}


# National numbering: 5 is the entry level, 1 the highest (家政服务员国家职业技能标准); 0 = no level certified.
SKILL_LEVEL_LABELS = {
    0: gettext_noop("未评级"),
    5: gettext_noop("五级/初级工"),
    4: gettext_noop("四级/中级工"),
    3: gettext_noop("三级/高级工"),
    2: gettext_noop("二级/技师"),
    1: gettext_noop("一级/高级技师"),
}
WEEKDAY_LABELS = (
    gettext_noop("周一"), gettext_noop("周二"), gettext_noop("周三"), gettext_noop("周四"),
    gettext_noop("周五"), gettext_noop("周六"), gettext_noop("周日"),
)  # fmt: skip


class BookingKind(StrEnum):
    VISIT = "visit"
    LEAVE = "leave"
    INTERVIEW = "interview"
    CLASS = "class"
    EXAM = "exam"


BOOKING_KIND_LABELS = {
    BookingKind.VISIT: gettext_noop("上门服务"),
    BookingKind.LEAVE: gettext_noop("请假"),
    BookingKind.INTERVIEW: gettext_noop("面试"),
    BookingKind.CLASS: gettext_noop("上课"),
    BookingKind.EXAM: gettext_noop("体检"),
}


class PaperState(StrEnum):
    """What one kind of paper is worth on one day."""

    VALID = "valid"
    MISSING = "missing"
    EXPIRED = "expired"
    NOT_YET = "not_yet"
    FAILED = "failed"
    PENDING = "pending"


PAPER_LABELS = {
    PaperState.VALID: gettext_noop("有效"),
    PaperState.MISSING: gettext_noop("未提交"),
    PaperState.EXPIRED: gettext_noop("已过期"),
    PaperState.NOT_YET: gettext_noop("未生效"),
    PaperState.FAILED: gettext_noop("未通过"),
    PaperState.PENDING: gettext_noop("待核验"),
}


@dataclass(frozen=True, slots=True)
class CredentialFacts:
    """One paper: conclusion and dates only, never values. `valid_to` is inclusive."""

    kind: CredentialKind
    valid_from: date
    valid_to: date
    conclusion: Conclusion
    verified: bool
    title: str = ""
    issuer: str = ""
    health_tier: HealthTier | None = None
    occupation_class: int | None = None
    level: int = 0


@dataclass(frozen=True, slots=True)
class PaperPast:
    """A paper and when each thing about it became known."""

    facts: CredentialFacts
    created_at: datetime
    verified_at: datetime | None
    withdrawn_at: datetime | None

    def known_at(self, at: datetime) -> CredentialFacts | None:
        """The paper as it counted at a moment; None before it was entered and after it was withdrawn."""
        if at < self.created_at or (self.withdrawn_at is not None and self.withdrawn_at <= at):
            return None
        verified = self.verified_at is not None and self.verified_at <= at
        return replace(self.facts, verified=verified)


@dataclass(frozen=True, slots=True)
class Papers:
    """All papers of one worker, and what each kind is worth on a day."""

    credentials: tuple[CredentialFacts, ...] = ()

    def of(self, kind: CredentialKind) -> tuple[CredentialFacts, ...]:
        return tuple(c for c in self.credentials if c.kind == kind)

    def on(self, kind: CredentialKind, day: date) -> tuple[PaperState, date | None]:
        """The state of a kind on `day` and the date that explains it (the last or first valid day).

        VALID: verified, passed, the day within both inclusive dates, and no verified failure that is as new
        or newer. Missing, unverified and pending never count (standards §2.2: missing counts as expired).
        """
        known = [c for c in self.of(kind) if c.valid_from <= day]
        failed = [c.valid_from for c in known if c.verified and c.conclusion is Conclusion.FAILED]
        last_failure = max(failed, default=date.min)
        passed = [c for c in self.of(kind) if c.verified and c.conclusion is Conclusion.PASSED]
        standing = [c for c in passed if c.valid_from <= day and c.valid_from > last_failure]
        current = [c.valid_to for c in standing if c.valid_to >= day]
        if current:
            return PaperState.VALID, max(current)
        if failed and not any(c.valid_from > last_failure for c in standing):
            return PaperState.FAILED, last_failure
        if standing:
            return PaperState.EXPIRED, max(c.valid_to for c in standing)
        if any(not c.verified or c.conclusion is Conclusion.PENDING for c in self.of(kind)):
            return PaperState.PENDING, None
        if passed:
            return PaperState.NOT_YET, min(c.valid_from for c in passed)
        return PaperState.MISSING, None


class Needs(Protocol):
    """What a service item demands of whoever does it; catalogue.values.ItemFacts is one.

    min_level: national level needed or better (5 entry … 1 highest), 0 = the skill at any level.
    health_tier: the least strict tier that is enough. insurance_class: the work's occupation class (1–4); the
    policy's class must be at least this. certificates: titles of papers, each of which is needed.
    """

    @property
    def code(self) -> str: ...
    @property
    def min_level(self) -> int: ...
    @property
    def health_tier(self) -> HealthTier: ...
    @property
    def insurance_class(self) -> int: ...
    @property
    def certificates(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class ItemNeeds:
    """The needs alone, as an order's frozen terms carry them. See Needs."""

    code: str
    min_level: int = 0
    health_tier: HealthTier = HealthTier.GENERAL
    insurance_class: int = 2
    certificates: tuple[str, ...] = ()


# Grades of a credit score with the least score of each, best first (standards §3.3, a default of ours).
CREDIT_GRADES = (("A", 90), ("B", 80), ("C", 70), ("D", 60), ("E", 0))


@dataclass(frozen=True, slots=True)
class StandingFacts:
    """rating_sum is the sum of stars (1–5 each) over rating_count ratings; recent_orders of the last 30 days."""

    rating_sum: float = 0.0
    rating_count: int = 0
    completed: int = 0
    late: int = 0
    credit_score: int = 80
    recent_orders: int = 0

    @property
    def rating(self) -> float | None:
        """Mean stars, None before the first rating."""
        return self.rating_sum / self.rating_count if self.rating_count else None


@dataclass(frozen=True, slots=True)
class CandidateFacts:
    """An eligible worker as matching ranks them. `point` is coarse (3 decimals); `years` since practising."""

    worker_id: UUID
    number: str
    organisation_id: UUID
    affiliation_kind: AffiliationKind
    may_grab: bool
    point: Point | None
    skill_level: int
    years: float
    standing: StandingFacts


@dataclass(frozen=True, slots=True)
class BookingFacts:
    """One booking of a worker's time. `ref` is the visit, interview or class it is for."""

    id: UUID
    worker_id: UUID
    kind: BookingKind
    state: BookingState
    span: Span
    buffered: Span
    ref: UUID | None
    point: Point | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class WorkerFacts:
    """A worker's particulars in the clear, for a contract. Whoever asks writes the audit row."""

    worker_id: UUID
    number: str
    person_id: UUID
    name: str
    id_number: str
    phone: str
    home_town: str
    health: PaperState
    health_tier: HealthTier | None
    health_until: date | None
    insurance: PaperState
    insurance_until: date | None
    training: PaperState
    training_title: str
    organisation_id: UUID | None


@dataclass(frozen=True, slots=True)
class WorkerCard:
    """What anybody may see of a worker: name masked, conclusions only."""

    worker_id: UUID
    number: str
    name: str
    state: WorkerState
    organisation_id: UUID | None
    organisation_name: str
    affiliation_kind: AffiliationKind | None
    photo_id: UUID | None
    home_town: str
    years: float
    intro: str
    skills: tuple[tuple[str, int], ...] = ()
    certificates: tuple[CredentialFacts, ...] = ()
    standing: StandingFacts = field(default_factory=StandingFacts)


def years_since(since: date | None, day: date) -> float:
    """Whole and part years between two days, never below 0."""
    return max(0.0, (day - since).days / 365.25) if since else 0.0


# The papers that may be taken with the person's separate consent only (个人信息保护法 art. 29).
CONSENTS = {
    CredentialKind.HEALTH_CHECK: Purpose.HEALTH,
    CredentialKind.BACKGROUND_CHECK: Purpose.BACKGROUND,
}
