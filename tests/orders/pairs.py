"""A demand for two workers, for tests of what happens to its halves."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from anxin.orders.actions import offer
from anxin.orders.models import Order
from tests.cast import NOON
from tests.stage import Stage
from tests.tape import scene


@scene
def pair(stage: Stage, at: datetime = NOON, **changes: Any) -> tuple[Order, Order]:
    """Asked for two; the first half and the second."""
    first = stage.ask(at, headcount=2, **changes)
    return halves(first)


@scene
def taken(stage: Stage, **changes: Any) -> tuple[Order, Order]:
    """… and accepted by 甲."""
    first, second = pair(stage, **changes)
    offer.accept(first, organisation_id=stage.head.organisation.pk, by=stage.head.actor, at=NOON)
    return halves(second)


def halves(order: Order) -> tuple[Order, Order]:
    """Both as they stand in the database."""
    first, second = Order.objects.filter(party=order.party).select_related("customer").order_by("part")
    return first, second
