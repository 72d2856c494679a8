"""Where and when a worker works, and what their time is booked for."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from anxin.kit.geo import Point
from anxin.kit.models import Base
from anxin.workers.models.worker import Worker
from anxin.workers.states import BookingState
from anxin.workers.values import BookingFacts, BookingKind, Span

# The constraints whose breach means: this time is taken.
NO_OVERLAP = "workers_booking_no_overlap"
ONCE = "workers_booking_once"


class WorkArea(models.Model):
    """A town (9 digits) in which the worker takes work."""

    id = models.BigAutoField(primary_key=True)
    worker = models.ForeignKey(Worker, on_delete=models.CASCADE, related_name="areas")
    town_code = models.CharField(max_length=9)

    objects: ClassVar[models.Manager[WorkArea]] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["town_code", "worker"], name="workers_area_once")]


class Shift(models.Model):
    """Weekly availability: weekday 0 = Monday, minutes after local midnight, half-open, 1440 = 24:00."""

    id = models.BigAutoField(primary_key=True)
    worker = models.ForeignKey(Worker, on_delete=models.CASCADE, related_name="shifts", db_index=False)
    weekday = models.SmallIntegerField()
    from_minute = models.SmallIntegerField()
    to_minute = models.SmallIntegerField()

    objects: ClassVar[models.Manager[Shift]] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["worker", "weekday", "from_minute"], name="workers_shift_once"),
            models.CheckConstraint(
                condition=Q(
                    weekday__range=(0, 6),
                    from_minute__range=(0, 1439),
                    to_minute__range=(1, 1440),
                    from_minute__lt=F("to_minute"),
                ),
                name="workers_shift_minutes",
            ),
        ]


class Booking(Base):
    """One piece of a worker's time. Double booking is impossible: the database excludes overlaps.

    `span` is the service time, `buffered` the span plus the fixed turnover after it. `ref` is the key of the
    visit, interview or class (a row of a higher area, so no foreign key). Released time is deleted.
    """

    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="bookings", db_index=False)
    kind = models.CharField(max_length=12)
    state = models.CharField(max_length=8)
    span = DateTimeRangeField()
    buffered = DateTimeRangeField()
    ref = models.UUIDField(null=True)
    lat = models.FloatField(null=True)
    lng = models.FloatField(null=True)
    city_code = models.CharField(max_length=4)
    note = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()

    objects: ClassVar[models.Manager[Booking]] = models.Manager()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name=NO_OVERLAP,
                expressions=[("worker", RangeOperators.EQUAL), ("buffered", RangeOperators.OVERLAPS)],
            ),
            models.UniqueConstraint(fields=["ref", "worker"], name=ONCE),
            models.CheckConstraint(
                condition=Q(kind__in=[str(k) for k in BookingKind]), name="workers_booking_kind"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[str(s) for s in BookingState]), name="workers_booking_state"
            ),
            models.CheckConstraint(
                condition=Q(
                    span__isempty=False,
                    span__lower_inf=False,
                    span__upper_inf=False,
                    buffered__contains=F("span"),
                ),
                name="workers_booking_span",
            ),
        ]
        indexes = [
            # Free time is probed here; the exclusion index is for correctness.
            models.Index(
                F("worker"),
                Func(F("span"), function="lower", output_field=models.DateTimeField()),
                name="workers_booking_starts",
            ),
        ]

    @property
    def point(self) -> Point | None:
        return None if self.lat is None or self.lng is None else Point(self.lat, self.lng)

    @property
    def facts(self) -> BookingFacts:
        return BookingFacts(
            id=self.pk,
            worker_id=self.worker_id,
            kind=BookingKind(self.kind),
            state=BookingState(self.state),
            span=Span(self.span.lower, self.span.upper),
            buffered=Span(self.buffered.lower, self.buffered.upper),
            ref=self.ref,
            point=self.point,
            note=self.note,
        )
