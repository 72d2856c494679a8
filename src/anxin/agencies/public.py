"""The door of agencies: who offers what, for how much, and the one way a price is worked out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anxin.agencies import rules
from anxin.agencies.actions import (
    Paper,
    Profile,
    ScoreUnfit,
    add_document,
    apply,
    approve,
    leave,
    offer_service,
    record_completed,
    record_rating,
    reinstate,
    reject,
    reverify,
    save_draft,
    send_back,
    set_credit,
    submit,
    suspend,
    tick,
    verify_document,
    withdraw_service,
)
from anxin.agencies.engine.explained import WORDS as EXPLAINING_WORDS
from anxin.agencies.engine.explained import parts as explanation
from anxin.agencies.engine.pricing import UnknownExtra, price
from anxin.agencies.events import (
    AgencyLeft,
    AgencySuspended,
    AgencyWentLive,
    ServiceWithdrawn,
    VersionPublished,
)
from anxin.agencies.models import Agency, ServiceVersion
from anxin.agencies.queries import (
    CREDIT_SQL,
    SERVING_SQL,
    Sort,
    agencies,
    agencies_of,
    agency,
    agency_of,
    candidates,
    coverage,
    credit_of,
    current_version,
    frozen_version,
    offers,
    own_versions,
    party_of,
    version,
    versions,
)
from anxin.agencies.queries.live import LIVE_SQL, live_organisations
from anxin.agencies.queries.pages import counts, queue
from anxin.agencies.values import Deduction, ExtraUse, Quote, Usage, VersionFacts
from anxin.kit.clock import local_date
from anxin.kit.errors import Invalid
from anxin.places import public as places
from anxin.places.values import DayKind

__all__ = [
    "EXPLAINING_WORDS",
    "Agency",
    "AgencyLeft",
    "AgencySuspended",
    "AgencyWentLive",
    "Paper",
    "Profile",
    "ScoreUnfit",
    "ServiceVersion",
    "ServiceWithdrawn",
    "Sort",
    "UnknownExtra",
    "UsageUnfit",
    "VersionPublished",
    "add_document",
    "agencies",
    "agencies_of",
    "agency",
    "agency_of",
    "apply",
    "approve",
    "calendar_for",
    "candidates",
    "counts",
    "coverage",
    "covers",
    "current_version",
    "explanation",
    "frozen_version",
    "LIVE_SQL",
    "CREDIT_SQL",
    "SERVING_SQL",
    "credit_of",
    "leave",
    "live_organisations",
    "offer_service",
    "offers",
    "own_versions",
    "party_of",
    "price",
    "queue",
    "quote_for",
    "quoted",
    "record_completed",
    "record_rating",
    "set_credit",
    "reinstate",
    "reject",
    "reverify",
    "save_draft",
    "send_back",
    "submit",
    "suspend",
    "tick",
    "usage_for",
    "verify_document",
    "version",
    "versions",
    "withdraw_service",
]


# No agreement of a household runs longer; it also bounds the days to be looked up.
LONGEST = timedelta(days=400)


class UsageUnfit(Invalid):
    code = "usage_unfit"
    message = _("用量、时间或加项填写有误，算不出价格。请检查数量和起止时间。")


def covers(offer: VersionFacts, town_code: str, span: tuple[datetime, datetime] | None = None) -> bool:
    """Whether a version serves a town (9 digits or a village's 12) and takes work in the half-open span. No query."""
    if town_code and town_code[:9] not in offer.content.towns:
        return False
    return span is None or rules.takes(offer.content.hours, *span)


def usage_for(
    *,
    quantity: Decimal,
    periods: Iterable[tuple[datetime, datetime]] = (),
    town_code: str = "",
    headcount: int = 1,
    extras: Iterable[ExtraUse] = (),
    deductions: Iterable[Deduction] = (),
    calendar: Mapping[date, DayKind] | None = None,
) -> Usage:
    """A usage with the kinds of its days looked up in the working-day calendar. One query, none with a `calendar`.

    calendar: what `calendar_for` found for this usage and others, so that a list asks once.
    Refuses: UsageUnfit (a period that ends before it starts, or runs longer than 400 days).
    """
    spans = tuple(periods)
    if any(end < start or end - start > LONGEST for start, end in spans):
        raise UsageUnfit(field="periods")
    days = _days(spans)
    kinds = places.day_kinds(days) if calendar is None else {day: calendar[day] for day in days}
    return Usage(
        quantity=quantity,
        periods=spans,
        day_kinds=tuple((day, str(kind)) for day, kind in sorted(kinds.items())),
        headcount=headcount,
        extras=tuple(extras),
        deductions=tuple(deductions),
        town_code=town_code[:9],
    )


def calendar_for(periods: Iterable[tuple[datetime, datetime]]) -> dict[date, DayKind]:
    """The kinds of all days that these periods touch. One query."""
    return places.day_kinds(_days(span for span in periods if span[1] - span[0] <= LONGEST))


def quote_for(
    version_id: UUID,
    *,
    quantity: Decimal,
    periods: Iterable[tuple[datetime, datetime]] = (),
    town_code: str = "",
    headcount: int = 1,
    extras: Iterable[ExtraUse] = (),
) -> Quote:
    """The price of a usage under a published version. Two queries. Refuses: NotFound, UsageUnfit."""
    usage = usage_for(
        quantity=quantity, periods=periods, town_code=town_code, headcount=headcount, extras=extras
    )
    return quoted(version(version_id), usage)


def quoted(offer: VersionFacts, usage: Usage) -> Quote:
    """`price` with its ValueErrors as a refusal. No query."""
    try:
        return price(offer.price_list, usage)
    except ValueError as error:
        raise UsageUnfit from error


def _days(spans: Iterable[tuple[datetime, datetime]]) -> set[date]:
    days: set[date] = set()
    for start, end in spans:
        day, last = local_date(start), local_date(max(start, end - timedelta(microseconds=1)))
        while day <= last:
            days.add(day)
            day += timedelta(days=1)
    return days
