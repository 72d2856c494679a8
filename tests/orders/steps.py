"""Playing an order forward through the actions, for tests that begin in its middle."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from anxin.orders.actions import assign, offer
from anxin.orders.actions.marks import mark_signed
from anxin.orders.models import Assignment, Order, Visit
from anxin.orders.states import LIVE_ASSIGNMENTS
from anxin.workers.models import Booking
from anxin.workers.values import BookingKind
from tests.cast import NOON
from tests.stage import Stage
from tests.tape import scene


@scene
def accepted(stage: Stage, **demand: Any) -> Order:
    """Asked of 甲 and accepted."""
    order = stage.ask(**demand)
    return offer.accept(order, organisation_id=stage.head.organisation.pk, by=stage.head.actor, at=NOON)


def proposed(stage: Stage, order: Order, who: int = 0, at: datetime = NOON) -> Assignment:
    """The worker of that place in the team is proposed."""
    return assign.propose(order, worker_id=stage.workers[who].pk, score={}, by=stage.head.actor, at=at)


def carded(stage: Stage, order: Order, who: int = 0, at: datetime = NOON) -> Assignment:
    """… and has confirmed."""
    return assign.confirm(proposed(stage, order, who, at), by=stage.people[who].actor, at=at)


@scene
def agreed(stage: Stage, who: int = 0) -> Assignment:
    """… and the customer has agreed; its order waits for the contract."""
    return assign.agree(carded(stage, accepted(stage), who), by=stage.customer.actor, at=NOON)


@scene
def signed(stage: Stage) -> tuple[Order, Visit]:
    """… and the contract stands; the order and its visit."""
    order = mark_signed(order_id=agreed(stage).order_id, by=stage.head.actor, at=NOON)
    return order, order.visits.select_related("order__customer").get()


def assert_time_is_held_for_the_live_alone() -> None:
    """Every live assignment holds its worker's time for its visit, and nothing else does."""
    live = Assignment.objects.filter(state__in=LIVE_ASSIGNMENTS).select_related("visit")
    booked = Booking.objects.filter(kind=BookingKind.VISIT)
    assert {(b.ref, b.worker_id, b.span.lower, b.span.upper) for b in booked} == {
        (a.pk, a.worker_id, a.visit.starts_at, a.visit.ends_at) for a in live
    }
