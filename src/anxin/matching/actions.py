"""Laying demands before agencies, one after the other or all at once."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from anxin.agencies import public as agencies
from anxin.kit.actor import SYSTEM, Actor
from anxin.matching import queries
from anxin.orders import public as orders
from anxin.orders.values import Way


@transaction.atomic
def place_demand(*, order_id: UUID, at: datetime) -> None:
    """A new demand: to the agency the customer chose, else open to all that cover it."""
    order = orders.by_id(order_id)
    if not order.can("accept") or order.offers.filter(state="open").exists():
        return
    if order.way == Way.SENT and order.version_id:
        version = agencies.frozen_version(order.version_id)
        orders.offer_to(
            order, organisation_id=version.organisation_id, version_id=version.id, by=SYSTEM, at=at
        )
        return
    orders.offer_to(order, organisation_id=None, by=SYSTEM, at=at)


@transaction.atomic
def offer_next(*, order_id: UUID, was_open: bool, at: datetime) -> None:
    """An agency declined or kept silent: the next nearest is asked; after all, it is opened; after that, told."""
    order = orders.by_id(order_id)
    if not order.can("accept") or order.offers.filter(state="open").exists():
        return
    if was_open or at >= order.starts_at:
        orders.give_up(order, at=at)
        return
    found = queries.next_agency(order, at)
    if found is None:
        orders.offer_to(order, organisation_id=None, by=SYSTEM, at=at)
    else:
        orders.offer_to(order, organisation_id=found[0], version_id=found[1], by=SYSTEM, at=at)


@transaction.atomic
def propose(*, order: orders.Order, worker_id: UUID, by: Actor, at: datetime) -> orders.Assignment:
    """Propose a worker with the explanation of the ranking as it stands now; orders decides whether it may be."""
    _, _, ranked = queries.standing_in(order, worker_id, at)
    return orders.propose(order, worker_id=worker_id, score=ranked.to_json() if ranked else {}, by=by, at=at)
