"""Reads of workers' time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import F, Func, Q, QuerySet
from django.db.models.fields import DateTimeField

from anxin.kit.geo import Point
from anxin.workers import rules
from anxin.workers.models import Booking, Shift, Worker
from anxin.workers.states import WorkerState
from anxin.workers.values import BookingFacts, Gate, Span

# One lock per worker: whoever books, moves or stops a worker's time holds it until commit.
LOCK_SPACE = 7_320_001
# Nothing further away in time keeps a worker from coming.
NEAR = timedelta(days=1)
STARTS = Func(F("span"), function="lower", output_field=DateTimeField())


@dataclass(frozen=True, slots=True)
class OnShift:
    """A worker's base (coarse) and weekly shifts: weekday (0 = Monday), minutes after midnight, half-open."""

    worker_id: UUID
    point: Point | None
    shifts: tuple[tuple[int, int, int], ...]


def range_of(span: Span) -> Any:
    """The span as a database range."""
    return DateTimeTZRange(span.start, span.end, "[)")


def lock_time(worker_id: UUID) -> None:
    """Hold the worker's calendar until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK_SPACE, str(worker_id)])


def neighbours(
    worker_id: UUID, span: Span, *, without: UUID | None = None
) -> tuple[BookingFacts | None, BookingFacts | None]:
    """The last booking with a place that starts before the span, and the first that starts after. One query."""
    rows = Booking.objects.filter(worker=worker_id, lat__isnull=False).annotate(starts=STARTS)
    if without:
        rows = rows.exclude(pk=without)
    before = rows.filter(starts__lt=span.start).order_by("-starts")[:1]
    after = rows.filter(starts__gte=span.start).order_by("starts")[:1]
    found: list[Booking] = list(before.union(after, all=True))
    left = next((row.facts for row in found if row.span.lower < span.start), None)
    right = next((row.facts for row in found if row.span.lower >= span.start), None)
    return left, right


def bookings(worker_ids: Iterable[UUID], window: Span) -> QuerySet[Booking]:
    """The bookings that touch the window, by worker and start. One query."""
    return (
        Booking.objects.filter(worker__in=list(worker_ids), span__overlap=range_of(window))
        .annotate(starts=STARTS)
        .order_by("worker", "starts")
    )


def busy(worker_ids: Iterable[UUID], window: Span) -> dict[UUID, list[BookingFacts]]:
    """What each worker's time is booked for within the window, by start; every id has a list. One query."""
    taken: dict[UUID, list[BookingFacts]] = {worker_id: [] for worker_id in worker_ids}
    for row in bookings(taken, window):
        taken[row.worker_id].append(row.facts)
    return taken


def on_shift(organisation_id: UUID, at: datetime) -> list[OnShift]:
    """An agency's active workers who have shifts, by number: where they start from and their week. Two queries."""
    rows = (
        Worker.objects.filter(
            state=WorkerState.ACTIVE,
            affiliations__organisation=organisation_id,
            affiliations__period__contains=at,
        )
        .prefetch_related("shifts")
        .order_by("number")
    )
    return [
        OnShift(row.pk, row.point, tuple((s.weekday, s.from_minute, s.to_minute) for s in row.shifts.all()))
        for row in rows
        if row.shifts.all()
    ]


def booking_of(ref: UUID, worker_id: UUID | None = None) -> QuerySet[Booking]:
    """The bookings for a visit, interview or class (one per worker of the crew)."""
    only = Q(ref=ref) & (Q(worker=worker_id) if worker_id else Q())
    return Booking.objects.filter(only).order_by("id")


def blocked(worker_id: UUID, span: Span, point: Point | None, turnover_minutes: int) -> Gate | None:
    """Why this time is not free: SHIFT, FREE, TRAVEL, or None if it is. Three queries, no lock: an answer for people.

    Booking decides again, under the lock.
    """
    shifts = Shift.objects.filter(worker=worker_id).values_list("weekday", "from_minute", "to_minute")
    week = [(d * rules.DAY_MINUTES + a, d * rules.DAY_MINUTES + b) for d, a, b in shifts]
    if not rules.covered(rules.week_pieces(span), week):
        return Gate.SHIFT
    if is_taken(worker_id, span, turnover_minutes):
        return Gate.FREE
    before, after = neighbours(worker_id, span)
    return None if rules.fits_between(before, span, point, after) else Gate.TRAVEL


def free_spans(
    worker_id: UUID, spans: Sequence[Span], point: Point | None, turnover_minutes: int, *,
    without: UUID | None = None,
) -> list[Span]:  # fmt: skip
    """Those of the spans in which the worker has a shift and time, travel included; `without`: the reference of a
    booking that does not count. Two queries, no lock: an answer for people."""
    if not spans:
        return []
    shifts = Shift.objects.filter(worker=worker_id).values_list("weekday", "from_minute", "to_minute")
    week = [(d * rules.DAY_MINUTES + a, d * rules.DAY_MINUTES + b) for d, a, b in shifts]
    window = Span(min(s.start for s in spans) - NEAR, max(s.end for s in spans) + NEAR)
    taken = [one for one in busy([worker_id], window)[worker_id] if without is None or one.ref != without]
    return [
        span
        for span in spans
        if rules.covered(rules.week_pieces(span), week)
        and rules.has_room(taken, span, point, turnover_minutes)
    ]


def is_taken(worker_id: UUID, span: Span, turnover_minutes: int, *, without: UUID | None = None) -> bool:
    """Whether a booking overlaps the span with its turnover."""
    wanted = range_of(span.buffered(turnover_minutes))
    rows = Booking.objects.filter(worker=worker_id, buffered__overlap=wanted)
    return (rows.exclude(pk=without) if without else rows).exists()
