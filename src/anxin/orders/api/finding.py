"""Finding the row that an address names, for the one who may act on it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ninja import Schema

from anxin.kit.access import SIGNED_IN, any_of, holds
from anxin.orders import queries
from anxin.orders.actions import refusals
from anxin.orders.models import Assignment, Order, Visit

PARTY = any_of(SIGNED_IN, holds("orders.read"))


def order_of(request: Any, number: str) -> Order:
    order = queries.by_number(number, request.actor)
    if order is None:
        raise refusals.OrderUnknown
    return order


def mine_of(request: Any, number: str) -> Order:
    """The order, if the actor is its customer."""
    order = order_of(request, number)
    if order.customer.person_id != request.actor.person_id or request.actor.organisation_id:
        raise refusals.OrderUnknown
    return order


def visit_of(request: Any, visit_id: UUID) -> Visit:
    found = queries.visit_of(visit_id, request.actor)
    if found is None:
        raise refusals.OrderUnknown
    return found


def workers_visit_of(request: Any, visit_id: UUID) -> Visit:
    found = queries.visit_for_worker(visit_id, request.actor)
    if found is None:
        raise refusals.OrderUnknown
    return found


def customers_visit_of(request: Any, visit_id: UUID) -> Visit:
    found = visit_of(request, visit_id)
    if found.order.customer.person_id != request.actor.person_id or request.actor.organisation_id:
        raise refusals.OrderUnknown
    return found


def live_assignment(request: Any, number: str, *, of_worker: bool = False) -> Assignment:
    """The assignment that waits for an answer on this order, for the one who may answer."""
    found = queries.answerable(number, request.actor, of_worker=of_worker)
    if found is None:
        raise refusals.OrderUnknown
    return found


def shape(row: Any, schema: type[Schema]) -> dict[str, Any]:
    """A row as the fields of a schema."""
    return {name: getattr(row, name) for name in schema.model_fields}
