"""Reads of sessions and appointments for health checks."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, QuerySet

from anxin.kit.actor import Actor
from anxin.kit.clock import local
from anxin.safetycode.models import ExamAppointment, ExamSlot
from anxin.safetycode.states import ExamState
from anxin.safetycode.values.exams import SlotRow
from anxin.workers.values import HealthTier


def when(slot: ExamSlot) -> str:
    """A session's time as people here write it: 2026-03-20 08:00–09:30."""
    return f"{local(slot.starts_at):%Y-%m-%d %H:%M}–{local(slot.ends_at):%H:%M}"


def slots(
    actor: Actor, at: datetime, *, tier: HealthTier | None = None, town_code: str = ""
) -> list[SlotRow]:
    """Sessions with free places that may be booked now, the next first, at most 60. One query."""
    rows = ExamSlot.objects.visible_to(actor).select_related("organisation")
    rows = rows.filter(closed_at=None, opens_at__lte=at, starts_at__gt=at, taken__lt=F("capacity"))
    if tier:
        rows = rows.filter(tier__gte=int(tier))
    if town_code:
        rows = rows.filter(town_code=town_code)
    return [
        SlotRow(
            id=row.pk, institution=row.organisation.name, place=row.place, town_code=row.town_code,
            starts_at=row.starts_at, ends_at=row.ends_at, tier=HealthTier(row.tier), left=row.capacity - row.taken,
        )
        for row in rows.order_by("starts_at", "pk")[:60]
    ]  # fmt: skip


def own_slots(actor: Actor, at: datetime) -> QuerySet[ExamSlot]:
    """The sessions of an institution that are not over, the next first."""
    rows: QuerySet[ExamSlot] = ExamSlot.objects.visible_to(actor).filter(ends_at__gt=at)
    return rows.order_by("starts_at", "tier")


def exams(actor: Actor) -> QuerySet[ExamAppointment]:
    """Appointments the actor may see, with the session, the institution and the worker; the newest first."""
    rows: QuerySet[ExamAppointment] = ExamAppointment.objects.visible_to(actor)
    return rows.select_related("slot__organisation", "worker__person").order_by("-created_at", "-pk")


def exam_for(actor: Actor, number: str) -> ExamAppointment | None:
    """One appointment by its number, if the actor may see it."""
    return exams(actor).filter(number=number).first()


def on_day(actor: Actor, since: datetime, until: datetime) -> QuerySet[ExamAppointment]:
    """Who comes to an institution in a span of time, by session."""
    rows = exams(actor).filter(slot__starts_at__gte=since, slot__starts_at__lt=until)
    return rows.exclude(state=ExamState.CANCELLED).order_by("slot__starts_at", "number")


def misses(worker_id: UUID, at: datetime, days: int) -> int:
    """How often a worker did not come in the last `days`."""
    rows = ExamAppointment.objects.filter(worker=worker_id, state=ExamState.ABSENT)
    return rows.filter(state_at__gt=at - timedelta(days=days)).count()
