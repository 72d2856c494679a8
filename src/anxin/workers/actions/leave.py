"""Leave: a booking like any other, so that nothing else can be put on it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from anxin.audit.public import record
from anxin.kit.actor import Actor
from anxin.kit.errors import Conflict, Invalid
from anxin.kit.events import announce
from anxin.workers import events, rules
from anxin.workers.actions.papers import HealthValueGiven
from anxin.workers.actions.people import owned
from anxin.workers.actions.time import NoSuchTime, TimeTaken, hold_time
from anxin.workers.models import Booking
from anxin.workers.queries.time import range_of
from anxin.workers.values import BookingKind, Span


class LeaveOverBooking(Conflict):
    code = "leave_over_booking"
    message = _("这段时间已有上门安排，不能直接请假。请先请机构改派或与客户改期。")


class LeaveInPast(Invalid):
    code = "leave_in_past"
    message = _("请假的结束时间已过，请重新选择。")


@transaction.atomic
def take_leave(*, worker_id: UUID, span: Span, by: Actor, at: datetime, note: str = "") -> Booking:
    """Book leave, firm at once, by the worker or their agency.

    Refuses: LeaveOverBooking (any visit, held or firm, overlaps), TimeTaken (other leave), LeaveInPast,
    HealthValueGiven (the reason must not carry findings), NoSuchWorker, NotYours.
    """
    row = owned(worker_id, by)
    if span.end <= at:
        raise LeaveInPast("until")
    if rules.names_health_value(note):
        raise HealthValueGiven("note")
    try:
        leave = hold_time(
            worker_id=row.pk, span=span, kind=BookingKind.LEAVE, ref=None, point=None, turnover_minutes=0,
            by=by, at=at, firm=True, note=note,
        )  # fmt: skip
    except TimeTaken as taken:
        if Booking.objects.filter(
            worker=row, buffered__overlap=range_of(span), kind=BookingKind.VISIT
        ).exists():
            raise LeaveOverBooking("since") from taken
        raise
    announce(events.LeaveTaken(row.pk, leave.pk))
    return leave


@transaction.atomic
def cancel_leave(*, booking_id: UUID, by: Actor, at: datetime) -> None:
    """Give leave back that has not ended. Refuses: NoSuchTime, NoSuchWorker, NotYours."""
    leave = Booking.objects.filter(pk=booking_id, kind=BookingKind.LEAVE, span__endswith__gt=at).first()
    if leave is None:
        raise NoSuchTime
    owned(leave.worker_id, by)
    leave.delete()
    record("workers.cancel_leave", by=by, at=at, subject="worker", subject_id=leave.worker_id)
