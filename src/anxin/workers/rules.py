"""Decisions about a worker's time and papers. Plain: no ORM, no clock."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from anxin.kit.clock import SHANGHAI
from anxin.kit.geo import Point, travel_minutes
from anxin.workers.values import BookingFacts, Span
from anxin.workers.values.hours import service_days as service_days

DAY_MINUTES = 24 * 60
WEEK_MINUTES = 7 * DAY_MINUTES
SPEED_KMH = 30.0

# Words and units of laboratory results: a conclusion and dates are kept, values never (个保法 art. 28; §3.5).
HEALTH_VALUE = re.compile(
    r"mmHg|mmol|μmol|µmol|umol|U/L|g/L|HBsAg|HIV|乙肝|肝炎|梅毒|艾滋|血压|血糖|转氨酶|肌酐|尿素氮|"
    r"血红蛋白|白细胞|阳性|阴性|病史|(?<!\d)(?:[89]\d|1\d\d|2[0-2]\d)\s*/\s*(?:[4-9]\d|1[0-3]\d)(?!\d)",
    re.IGNORECASE,
)


def travel_fits(
    leaves: Point | None, leaves_at: datetime, arrives: Point | None, arrives_at: datetime
) -> bool:
    """Whether one can get from the place left at `leaves_at` to the place due at `arrives_at`.

    A place that is not known (leave, a class by telephone) asks for no travel. The one rule of booking,
    ranking and planning alike.
    """
    if arrives_at < leaves_at:
        return False
    if leaves is None or arrives is None:
        return True
    return arrives_at - leaves_at >= timedelta(minutes=travel_minutes(leaves, arrives, SPEED_KMH))


def fits_between(
    before: BookingFacts | None, span: Span, point: Point | None, after: BookingFacts | None
) -> bool:
    """Whether a visit fits, by travel, between its neighbours in the worker's day."""
    if before and not travel_fits(before.point, before.span.end, point, span.start):
        return False
    return not after or travel_fits(point, span.end, after.point, after.span.start)


def has_room(taken: Iterable[BookingFacts], span: Span, point: Point | None, turnover_minutes: int) -> bool:
    """Whether a visit with its turnover overlaps nothing that is booked and can be reached from it and left for it."""
    held = span.buffered(turnover_minutes)
    rest = list(taken)
    if any(one.buffered.overlaps(held) for one in rest):
        return False
    before = [one for one in rest if one.span.start < span.start]
    after = [one for one in rest if one.span.start >= span.start]
    last = max(before, key=lambda one: one.span.start, default=None)
    return fits_between(last, span, point, min(after, key=lambda one: one.span.start, default=None))


def week_pieces(span: Span) -> list[tuple[int, int]]:
    """The span as half-open pieces of a week of minutes (Monday 0:00 = 0, ends at 10,080), local time, merged.

    A span of a week or more needs the whole week.
    """
    if span.end - span.start >= timedelta(days=7):
        return [(0, WEEK_MINUTES)]
    local = span.start.astimezone(SHANGHAI)
    start = local.weekday() * DAY_MINUTES + local.hour * 60 + local.minute
    seconds = (span.end - span.start).total_seconds() + local.second
    end = start + int(-(-seconds // 60))
    if end <= WEEK_MINUTES:
        return [(start, end)]
    return [(0, end - WEEK_MINUTES), (start, WEEK_MINUTES)]


def covered(pieces: Iterable[tuple[int, int]], shifts: Iterable[tuple[int, int]]) -> bool:
    """Whether the union of `shifts` (week minutes, half-open) holds every piece."""
    merged: list[list[int]] = []
    for start, end in sorted(shifts):
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    return all(any(a <= start and end <= b for a, b in merged) for start, end in pieces)


def names_health_value(*texts: str) -> bool:
    """Whether a text carries a medical finding or value, which must not be kept."""
    return any(HEALTH_VALUE.search(text) for text in texts if text)


def coarse(point: Point) -> Point:
    """The point to about 100 m (3 decimals), for ranking: the exact home stays sealed."""
    return Point(round(point.lat, 3), round(point.lng, 3))
