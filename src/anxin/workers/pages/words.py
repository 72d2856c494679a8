"""Papers, time and skills in the reader's words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from anxin.catalogue.values import CREDENTIAL_LABELS, HEALTH_TIER_LABELS, CredentialKind, HealthTier
from anxin.kit.clock import SHANGHAI, at_local, local
from anxin.workers.models import Credential, Shift
from anxin.workers.values import (
    BOOKING_KIND_LABELS,
    BOOKING_STATE_LABELS,
    CONCLUSION_LABELS,
    SKILL_LEVEL_LABELS,
    WEEKDAY_LABELS,
    BookingFacts,
    BookingKind,
    BookingState,
    Conclusion,
    Span,
)

SOON_DAYS = 30


@dataclass(frozen=True)
class PaperShown:
    """A paper as a row, with its expiry as word and tone."""

    row: Credential
    kind: str
    extra: str
    state: str
    tone: str


@dataclass(frozen=True)
class DayShown:
    """One day of the week view and what is booked on it."""

    day: date
    name: str
    is_today: bool
    entries: tuple[dict[str, Any], ...]


def paper(row: Credential, today: date) -> PaperShown:
    """How a paper stands today: not verified, failed, valid, about to run out, run out."""
    state, tone = _standing(row, today)
    return PaperShown(row, _(CREDENTIAL_LABELS[CredentialKind(row.kind)]), _extra(row), state, tone)


def _standing(row: Credential, today: date) -> tuple[str, str]:
    left = (row.valid_to - today).days
    if row.conclusion != Conclusion.PASSED:
        word = _(CONCLUSION_LABELS[Conclusion(row.conclusion)])
        return word, "bad" if row.conclusion == Conclusion.FAILED else "wait"
    if left < 0:
        return _("已过期"), "bad"
    if row.verified_at is None:
        return _("待核验"), "wait"
    if row.valid_from > today:
        return _("未生效"), "plain"
    if left == 0:
        return _("今天到期"), "wait"
    if left <= SOON_DAYS:
        return ngettext("还有 %(n)s 天到期", "还有 %(n)s 天到期", left) % {"n": left}, "wait"
    return _("有效"), "good"


def _extra(row: Credential) -> str:
    if row.health_tier:
        return _(HEALTH_TIER_LABELS[HealthTier(row.health_tier)])
    if row.occupation_class:
        return _("职业 %(n)s 类") % {"n": row.occupation_class}
    return _(SKILL_LEVEL_LABELS[row.level]) if row.level else ""


def soonest(rows: Iterable[Credential], today: date) -> PaperShown | None:
    """The verified paper of the three that the colour rests on that runs out first."""
    counted = [
        row for row in rows
        if row.verified_at and row.conclusion == Conclusion.PASSED
        and row.kind in (CredentialKind.HEALTH_CHECK, CredentialKind.INSURANCE, CredentialKind.BACKGROUND_CHECK)
    ]  # fmt: skip
    latest: dict[str, Credential] = {}
    for row in counted:
        if row.kind not in latest or row.valid_to > latest[row.kind].valid_to:
            latest[row.kind] = row
    first = min(latest.values(), key=lambda row: row.valid_to, default=None)
    return paper(first, today) if first else None


def hours(shifts: Iterable[Shift]) -> list[tuple[str, str]]:
    """Weekday → from–to, Monday first; a day off says so."""
    by_day: dict[int, list[str]] = {}
    for shift in sorted(shifts, key=lambda s: (s.weekday, s.from_minute)):
        by_day.setdefault(shift.weekday, []).append(f"{_clock(shift.from_minute)}–{_clock(shift.to_minute)}")
    return [
        (_(name), _("、").join(by_day.get(day, [])) or _("休息")) for day, name in enumerate(WEEKDAY_LABELS)
    ]


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def week_span(first: date) -> Span:
    """Seven local days from `first`."""
    return Span(at_local(first, 0), at_local(first + timedelta(days=7), 0))


def week(first: date, bookings: Iterable[BookingFacts], now: datetime) -> list[DayShown]:
    """Seven days with their entries; what runs over midnight shows on each day it touches."""
    rows = list(bookings)
    days = []
    for n in range(7):
        day = first + timedelta(days=n)
        whole = Span(at_local(day, 0), at_local(day + timedelta(days=1), 0))
        entries = tuple(_entry(row, whole, now) for row in rows if row.span.overlaps(whole))
        days.append(DayShown(day, _(WEEKDAY_LABELS[day.weekday()]), day == local(now).date(), entries))
    return days


def _entry(row: BookingFacts, whole: Span, now: datetime) -> dict[str, Any]:
    start, end = max(row.span.start, whole.start), min(row.span.end, whole.end)
    last = end.astimezone(SHANGHAI)
    return {
        "id": row.id,
        "from": f"{start.astimezone(SHANGHAI):%H:%M}",
        "to": "24:00" if end == whole.end else f"{last:%H:%M}",
        "kind": str(row.kind),
        "words": _(BOOKING_KIND_LABELS[row.kind]),
        "state": _(BOOKING_STATE_LABELS[row.state]) if row.kind is not BookingKind.LEAVE else "",
        "tone": "good" if row.state is BookingState.FIRM else "wait",
        "note": row.note,
        "cancellable": row.kind is BookingKind.LEAVE and row.span.end > now,
    }
