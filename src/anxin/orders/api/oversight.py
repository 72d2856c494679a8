"""The orders of a region for the programs of bureaus and associations: masked rows and figures."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ninja import Query, Router, Schema

from anxin.kit.access import holds, ruled
from anxin.kit.lists import Lately
from anxin.kit.masks import mask_name
from anxin.orders import queries
from anxin.orders.actions.refusals import OrderUnknown
from anxin.orders.models import Order
from anxin.orders.states import OrderState

router = Router(tags=["oversight"])
OVERSEE = holds("orders.oversee")


class OverseenOrder(Schema):
    """One order; `customer` is masked, amounts in fen."""

    number: str
    item_code: str
    item_name: str
    agency: str
    town_code: str
    customer: str
    state: str
    total_fen: int
    starts_at: datetime
    ends_at: datetime
    created_at: datetime


class OverseenState(Schema):
    state: str
    at: datetime


class OverseenOrderDetail(OverseenOrder):
    history: list[OverseenState]


class OverseenOrders(Schema):
    """One page of the orders asked for, and figures of all of them. `failed`: cancelled or unanswered."""

    count: int
    served: int
    failed: int
    total_fen: int
    rows: list[OverseenOrder]


def _row(order: Order) -> dict[str, Any]:
    return {
        "number": order.number, "item_code": order.item_code, "item_name": order.item_name,
        "agency": order.provider.name if order.provider else "", "town_code": order.town_code,
        "customer": mask_name(order.customer.person.name), "state": order.state, "total_fen": order.total_fen,
        "starts_at": order.starts_at, "ends_at": order.ends_at, "created_at": order.created_at,
    }  # fmt: skip


@router.get("/oversight/orders/", response=OverseenOrders)
@ruled(OVERSEE)
def overseen_orders(request: Any, asked: Query[Lately], state: OrderState | None = None) -> dict[str, Any]:
    """Orders of the region by when they were asked for, of the last thirty days unless told otherwise."""
    found = asked.among(queries.overseen(request.actor), state=state)
    rows = [_row(order) for order in asked.cut(found)]
    return queries.overseen_totals(found) | {"rows": rows}


@router.get("/oversight/orders/{number}/", response=OverseenOrderDetail)
@ruled(OVERSEE)
def overseen_order(request: Any, number: str) -> dict[str, Any]:
    found = queries.overseen_one(number, request.actor)
    if found is None:
        raise OrderUnknown
    history: Any = found.path  # type: ignore[attr-defined]
    return _row(found) | {"history": [{"state": row.to_state, "at": row.at} for row in history]}
