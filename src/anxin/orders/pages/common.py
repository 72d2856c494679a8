"""Finding the row that an address names, for the one who may act on it; everybody else meets a 404."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse

from anxin.kit.access import Request
from anxin.kit.models import uuid_or_none
from anxin.kit.redirects import see_other
from anxin.orders import queries
from anxin.orders.actions import refusals
from anxin.orders.models import Assignment, Order, Visit


def order_of(request: Request, number: str) -> Order:
    """The order, for any of its parties."""
    order = queries.by_number(number, request.actor)
    if order is None:
        raise refusals.OrderUnknown
    return order


def own_order(request: Request, number: str) -> Order:
    """The order, for its customer alone."""
    order = order_of(request, number)
    if request.actor.organisation_id or order.customer.person_id != request.actor.person_id:
        raise refusals.OrderUnknown
    return order


def card_of(request: Request, number: str) -> Assignment:
    """The card that waits for the customer's word."""
    found = queries.answerable(number, request.actor, of_worker=False)
    if found is None or request.actor.organisation_id:
        raise refusals.OrderUnknown
    return found


def proposal_of(request: Request, number: str) -> Assignment:
    """The proposal that waits for the worker's word."""
    found = queries.answerable(number, request.actor, of_worker=True)
    if found is None or request.actor.organisation_id:
        raise refusals.OrderUnknown
    return found


def workers_visit(request: Request, visit_id: str) -> Visit:
    """The visit, for the worker who comes."""
    found = queries.visit_for_worker(_key(visit_id), request.actor)
    if found is None or request.actor.organisation_id:
        raise refusals.OrderUnknown
    return found


def customers_visit(request: Request, visit_id: str) -> Visit:
    """The visit, for the customer it is for."""
    found = queries.visit_of(_key(visit_id), request.actor)
    if (
        found is None
        or request.actor.organisation_id
        or found.order.customer.person_id != request.actor.person_id
    ):
        raise refusals.OrderUnknown
    return found


def _key(text: str) -> UUID:
    key = uuid_or_none(text)
    if key is None:
        raise refusals.OrderUnknown
    return key


def to_order(number: str) -> HttpResponse:
    """Back to the order's story."""
    return see_other(reverse("web:order", args=[number]))
