"""A bureau's or association's view of the orders of its region: found, added up, exported; persons masked."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from anxin.audit import public as audit
from anxin.catalogue import public as catalogue
from anxin.kit import clock
from anxin.kit.access import Request, holds, page
from anxin.kit.errors import NotFound
from anxin.kit.lists import EXPORT_LIMIT, LATELY, Asked, as_csv
from anxin.kit.masks import mask_name
from anxin.kit.money import yuan
from anxin.orders import queries
from anxin.orders.states import OrderState
from anxin.orders.values import ORDER_LABELS
from anxin.places import public as places

OVERSEE = holds("orders.oversee")
SORTS = {"asked": ("created_at", "id"), "service": ("starts_at", "id")}
PER_PAGE = 30


@page(OVERSEE)
def orders(request: Request) -> HttpResponse:
    """Orders of the region, of the last thirty days where no days are asked for; narrowed, added up, exported."""
    asked = Asked.of(request)
    found = queries.overseen_matching(
        queries.overseen(request.actor), asked.words("q", _("查找订单"), _("订单号或机构名称"))
    )
    states = [(str(state), _(words)) for state, words in ORDER_LABELS.items()]
    if state := asked.pick("state", _("状态"), states):
        found = found.filter(state=state)
    items = catalogue.items(clock.now(), orderable=True)
    if item := asked.pick("item", _("服务"), [(one.code, _(one.name)) for one in items]):
        found = found.filter(item_code=item)
    towns = [(one.code, one.name) for one in places.towns(request.actor.region)]
    if town := asked.pick("town", _("镇街"), towns):
        found = found.filter(town_code=town)
    span = asked.days(_("下单从"), _("到"))
    found = asked.within(found, "created_at", span if any(span) else (clock.now() - LATELY, None))
    found = found.order_by(*asked.sort(SORTS, "-asked"))
    if asked.exporting:
        audit.take_along("orders of the region", found, asked, by=request.actor, at=clock.now())
        return _export(found)
    shown, names = asked.page(found, PER_PAGE), dict(towns)
    context = {
        "page": shown, "rows": [(order, names.get(order.town_code, "")) for order in shown], "asked": asked,
        "totals": queries.overseen_totals(found),
    }  # fmt: skip
    return render(request, "orders/overseen.html", context)


def _export(found: Any) -> HttpResponse:
    head = (
        _("订单号"), _("服务"), _("机构"), _("镇街代码"), _("客户"), _("上门开始"), _("金额（元）"), _("状态"),
        _("下单时间"),
    )  # fmt: skip
    rows = (
        (
            order.number, order.item_name, order.provider.name if order.provider else "", order.town_code,
            mask_name(order.customer.person.name), order.starts_at, yuan(order.total_fen), order.state_label,
            order.created_at,
        )
        for order in found[:EXPORT_LIMIT]
    )  # fmt: skip
    return as_csv(f"orders-{clock.local(clock.now()):%Y%m%d-%H%M}", head, rows)


@page(OVERSEE)
def order(request: Request, number: str) -> HttpResponse:
    """How one order of the region went: its states, visits and price; neither address nor wishes nor names."""
    found = queries.overseen_one(number, request.actor)
    if found is None:
        raise NotFound
    path: Any = found.path  # type: ignore[attr-defined]  # prefetched
    context = {
        "order": found,
        "town": places.named({found.town_code}).get(found.town_code, ""),
        "path": [(_(ORDER_LABELS[OrderState(row.to_state)]), row.at) for row in path],
        "lines": found.terms.get("quote", {}).get("lines", []),
    }
    return render(request, "orders/overseen_one.html", context)
