"""A worker takes an open demand themself: the agency is the party, the worker has confirmed, their time is held."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError
from django.utils.translation import gettext

from anxin.kit import prepared
from anxin.kit.actor import Actor
from anxin.kit.ids import new_id
from anxin.kit.models import as_written
from anxin.orders import queries
from anxin.orders.actions import refusals
from anxin.orders.actions.assign import CARDED, not_after
from anxin.orders.actions.offer import taking_of, was_taken
from anxin.orders.actions.taking import reading, writing
from anxin.orders.models import Assignment, Order
from anxin.orders.states import AssignmentState
from anxin.orders.values import Side
from anxin.safetycode import public as safetycode
from anxin.workers import public as workers
from anxin.workers.values import BookingKind, Gate, Span

# How often a calendar that moves between read and write is read again.
TRIES = 3
BUSY = {Gate.FREE, Gate.TRAVEL}


def grab(order: Order, *, by: Actor, at: datetime) -> Assignment:
    """A worker with an agency contract takes an open demand: acceptance, assignment, booking and card at once.

    Two reads, the first of which turns late comers away, and one write; the exclusion constraint on bookings has
    the last word about the worker's time. Refuses: NeedsTwo (one worker cannot take a pair), MayNotGrab (no agency,
    or it does not allow it), AlreadyTaken, OwnDemand, NotOpenYet (who is of better credit may first), BusyThen,
    CodeNotGreen, NotEligible (any other gate, each named), and what accept refuses. Nothing is half-done.
    """
    if order.party is not None:
        raise refusals.NeedsTwo
    for _ in range(TRIES):
        standing, grabber = reading.grabbing(order, by=by, at=at)
        standing.check_open(at)
        if order.customer.person_id == by.person_id:
            raise refusals.OwnDemand
        _check(order, grabber, at)
        found = _write(order, standing, grabber, by=by, at=at)
        if found:
            return found
    # Still open, yet the worker's day was booked anew each time.
    raise refusals.BusyThen


def _check(order: Order, grabber: reading.Grabber, at: datetime) -> None:
    """The gates of every proposal (C-5.3.8); the code must be green on every day of service."""
    green = safetycode.green_through(grabber.facts, *Span(order.starts_at, order.ends_at).days(at))
    failed = set(grabber.failed)
    if failed - BUSY or (failed and not green):
        words = queries.told_obstacles(grabber.failed, green=green)
        raise refusals.NotEligible(reasons="；".join(gettext(word) for word in words))
    if not green:
        raise refusals.CodeNotGreen
    if failed:
        raise refusals.BusyThen


def _write(
    order: Order, standing: reading.Standing, grabber: reading.Grabber, *, by: Actor, at: datetime
) -> Assignment | None:
    assignment_id: UUID = new_id()
    due = not_after(order.starts_at, at + timedelta(hours=grabber.hours), at)
    booking = {
        "booking": str(grabber.values["booking"]), "ref": str(assignment_id), "kind": str(BookingKind.VISIT),
    }  # fmt: skip
    taken = taking_of(
        order, standing, grabber.organisation_id, side=Side.WORKER,
        lines=[writing.Line("carded", CARDED, Side.WORKER, "customer provider")],
        entries=[("workers.hold_time", "worker", grabber.worker_id, booking),
                 ("orders.confirm_worker", "order", order.pk, {})],
    )  # fmt: skip
    try:
        with prepared.contained():
            found = writing.write_grab(
                order, taken, grabber.values, assignment=assignment_id, due_at=due, by=by, at=at
            )
    except IntegrityError as error:
        if workers.is_overlap(error):
            raise refusals.BusyThen from error
        raise
    if found is None:
        return None
    visit_id, number = found
    was_taken(order, taken, at)
    row = as_written(Assignment, {
        "id": assignment_id, "state": str(AssignmentState.CARDED), "state_at": at, "order_id": order.pk,
        "visit_id": visit_id, "worker_id": grabber.worker_id, "slot": 1, "round": number, "score": {}, "reason": "",
        "due_at": due, "created_at": at,
    })  # fmt: skip
    row._state.fields_cache["order"] = order
    return row
