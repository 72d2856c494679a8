"""Booking a worker's time. The database excludes overlaps; travel is checked under the worker's lock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from anxin.audit.public import record
from anxin.kit.actor import Actor
from anxin.kit.errors import Conflict, NotFound
from anxin.kit.geo import Point
from anxin.workers import rules
from anxin.workers.models import Booking, Worker
from anxin.workers.models.time import NO_OVERLAP, ONCE
from anxin.workers.queries.time import booking_of, is_taken, lock_time, neighbours, range_of
from anxin.workers.states import BookingState, WorkerState
from anxin.workers.values import BookingKind, Span


class TimeTaken(Conflict):
    code = "time_taken"
    message = _("该时段已有安排，请换一个时间或另选服务员。")


class TravelTooFar(Conflict):
    code = "travel_too_far"
    message = _("与前后安排之间来不及赶路，请调整时间或另选服务员。")


class NotWorking(Conflict):
    code = "not_working"
    message = _("这位服务员当前不接单，请另选服务员。")


class NoSuchTime(NotFound):
    code = "no_such_time"
    message = _("没有找到这段预约时间，可能已经释放。请刷新查看。")


@contextmanager
def exclusive() -> Iterator[None]:
    """Turn the breach of the booking constraints into TimeTaken, undoing only what is inside."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if not is_overlap(error):
            raise
        raise TimeTaken from error


def is_overlap(error: IntegrityError) -> bool:
    """Whether a breach means that the time is taken.

    By the constraint's name: every other breach is a defect and must not look like a busy calendar.
    """
    return getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) in (NO_OVERLAP, ONCE)


@transaction.atomic
def hold_time(
    *,
    worker_id: UUID,
    span: Span,
    kind: BookingKind,
    ref: UUID | None,
    point: Point | None,
    turnover_minutes: int,
    by: Actor,
    at: datetime,
    firm: bool = False,
    note: str = "",
) -> Booking:
    """Hold `span` of a worker's time (firm at once if asked), plus `turnover_minutes` after it.

    `ref` is the visit, interview or class; `point` its place, None if there is none to travel to. Of any
    number who ask for overlapping time at once, one gets it.
    Refuses: NotWorking (no such worker; a visit while paused or left), TravelTooFar, TimeTaken (overlap, or
    already held for this ref).
    Source: A-6.4.2, standards §6.3.
    """
    lock_time(worker_id)
    # Read after the lock: who was slower sees what the faster one booked.
    worker = Worker.objects.only("state", "city_code").filter(pk=worker_id).first()
    if worker is None or (kind is BookingKind.VISIT and worker.state != WorkerState.ACTIVE):
        raise NotWorking
    _check_travel(worker_id, span, point, turnover_minutes)
    row = Booking(
        worker_id=worker_id, kind=str(kind), state=str(BookingState.FIRM if firm else BookingState.HELD),
        span=range_of(span), buffered=range_of(span.buffered(turnover_minutes)), ref=ref,
        lat=point.lat if point else None, lng=point.lng if point else None,
        city_code=worker.city_code, note=note[:200], created_at=at,
    )  # fmt: skip
    with exclusive():
        row.save(force_insert=True)
    record(
        "workers.hold_time", by=by, at=at, subject="worker", subject_id=worker_id,
        detail={"booking": str(row.pk), "ref": str(ref) if ref else None, "kind": str(kind)},
    )  # fmt: skip
    return row


@transaction.atomic
def confirm_time(*, ref: UUID, by: Actor, at: datetime, worker_id: UUID | None = None) -> int:
    """Make the held time for `ref` firm (for one worker, or the whole crew). Twice is once. Returns the rows.

    Refuses: NoSuchTime when nothing is booked for it.
    """
    rows = booking_of(ref, worker_id)
    changed = rows.update(state=str(BookingState.FIRM))
    if not changed:
        raise NoSuchTime
    record("workers.confirm_time", by=by, at=at, subject="booking", subject_id=ref)
    return changed


@transaction.atomic
def release_time(*, ref: UUID, by: Actor, at: datetime, worker_id: UUID | None = None) -> int:
    """Give the time for `ref` back (of one worker, or the whole crew). Twice is once. Returns the rows freed."""
    freed = booking_of(ref, worker_id).delete()[0]
    if freed:
        record(
            "workers.release_time", by=by, at=at, subject="booking", subject_id=ref,
            detail={"worker": str(worker_id) if worker_id else None, "rows": freed},
        )  # fmt: skip
    return freed


@transaction.atomic
def move_time(
    *,
    ref: UUID,
    worker_id: UUID,
    span: Span,
    turnover_minutes: int,
    by: Actor,
    at: datetime,
    point: Point | None = None,
) -> Booking:
    """Move a booking to another time (and place, if given); the old time is kept if the new one is refused.

    Refuses: NoSuchTime, TravelTooFar, TimeTaken.
    """
    lock_time(worker_id)
    row = booking_of(ref, worker_id).first()
    if row is None:
        raise NoSuchTime
    place = point or row.point
    _check_travel(worker_id, span, place, turnover_minutes, without=row.pk)
    row.span = range_of(span)
    row.buffered = range_of(span.buffered(turnover_minutes))
    row.lat, row.lng = (place.lat, place.lng) if place else (None, None)
    with exclusive():
        row.save(update_fields=["span", "buffered", "lat", "lng"])
    record("workers.move_time", by=by, at=at, subject="booking", subject_id=ref)
    return row


def _check_travel(
    worker_id: UUID, span: Span, point: Point | None, turnover_minutes: int, without: UUID | None = None
) -> None:
    before, after = neighbours(worker_id, span, without=without)
    if rules.fits_between(before, span, point, after):
        return
    # Overlap is the plainer word, where both are true.
    if is_taken(worker_id, span, turnover_minutes, without=without):
        raise TimeTaken
    raise TravelTooFar
