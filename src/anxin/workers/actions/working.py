"""Pausing, leaving the platform, and coming back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from anxin.audit.public import record
from anxin.kit.actor import Actor
from anxin.kit.events import announce
from anxin.kit.models import move
from anxin.workers import events
from anxin.workers.actions.affiliation import current, end_affiliation, refuse_booked
from anxin.workers.actions.people import owned
from anxin.workers.models import Booking, Worker
from anxin.workers.queries.time import lock_time
from anxin.workers.states import WorkerState
from anxin.workers.values import BookingKind


@transaction.atomic
def set_state(*, worker_id: UUID, to: WorkerState, by: Actor, at: datetime, why: str = "") -> Worker:
    """Pause, resume, leave the platform or return. Nothing new is booked while not active, and whoever had agreed on
    this worker chooses again (`WorkerStopped`): their visits are freed by the area that booked them.

    Who leaves the platform leaves their agency too, and all that hangs on it ends (`end_affiliation`); leave that was
    entered ahead is given back. Refuses: NoSuchWorker, NotYours, StillBooked (leaving while a visit lies ahead; the
    house closes accounts only after asking itself what is open), and what the state table refuses.
    """
    row = owned(worker_id, by)
    lock_time(row.pk)
    leaves = to is WorkerState.LEFT
    if leaves and not by.is_system:
        refuse_booked(row.pk, at)
    move(row, to, by=by, at=at, why=why)
    record("workers.set_state", by=by, at=at, subject="worker", subject_id=row.pk, detail={"to": str(to)})
    if to != WorkerState.ACTIVE:
        announce(events.WorkerStopped(row.pk, left=leaves, at=at))
    if leaves:
        Booking.objects.filter(worker=row, kind=BookingKind.LEAVE, span__endswith__gt=at).delete()
        if (agency := current(row.pk, at)) is not None:
            end_affiliation(agency, by=by, at=at)
    return row
