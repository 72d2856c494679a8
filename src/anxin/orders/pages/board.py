"""An agency's orders: the board by state, the list, and the early warnings."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from anxin.audit import public as audit
from anxin.catalogue import public as catalogue
from anxin.kit import clock
from anxin.kit.access import Request, holds, page
from anxin.kit.lists import EXPORT_LIMIT, Asked, as_csv
from anxin.kit.masks import mask_name
from anxin.kit.money import yuan
from anxin.orders import queries
from anxin.orders.values import ORDER_LABELS, WARNING_LABELS, OrderState
from anxin.places import public as places

S = OrderState
COLUMNS = (S.ACCEPTED, S.CONTRACTING, S.SIGNED, S.IN_SERVICE, S.COMPLETED, S.BILLED, S.PAID)
READ = holds("orders.read")
SORTS = {"service": ("starts_at", "id"), "state": ("state_at", "id"), "asked": ("created_at", "id")}
PER_PAGE = 30


@page(READ)
def board(request: Request) -> HttpResponse:
    """Orders of one state, soonest service first, with how many there are in each; narrowed, sorted, exported."""
    asked = Asked.of(request)
    state = asked.keep("state", OrderState)
    text = asked.words("q", _("查找订单"), _("订单号、客户手机号或服务员姓名"))
    # Who searches looks among the ended ones too, unless they chose a state.
    states = (state,) if state else () if text else tuple(str(s) for s in COLUMNS)
    orders = queries.matching_text(queries.board(request.actor, states), text)
    items = catalogue.items(clock.now(), orderable=True)
    if item := asked.pick("item", _("服务"), [(one.code, _(one.name)) for one in items]):
        orders = orders.filter(item_code=item)
    if asked.pick("warned", _("预警"), [("yes", _("有预警"))]):
        orders = orders.filter(warnings__cleared_at__isnull=True, warnings__isnull=False).distinct()
    orders = asked.within(orders, "starts_at", asked.days(_("上门从"), _("到")))
    orders = orders.order_by(*asked.sort(SORTS, "service"))
    if asked.exporting:
        if numbers := asked.ticked():
            orders = queries.board(request.actor).filter(number__in=numbers)
        audit.take_along("orders", orders, asked, by=request.actor, at=clock.now())
        return _export(orders)
    counts = queries.counts(request.actor)
    tabs = [("", _("进行中"), sum(counts.get(str(s), 0) for s in COLUMNS))]
    tabs += [(str(s), _(ORDER_LABELS[s]), counts.get(str(s), 0)) for s in (*COLUMNS, S.CLOSED, S.CANCELLED)]
    found = asked.page(orders, PER_PAGE)
    towns = places.named({order.town_code for order in found})
    context = {
        "page": found, "rows": [(order, towns.get(order.town_code, "")) for order in found],
        "tabs": tabs, "state": state or ("any" if text else ""), "asked": asked,
    }  # fmt: skip
    return render(request, "orders/board.html", context)


def _export(orders: Any) -> HttpResponse:
    """The orders as found, names masked as on the screen."""
    head = (
        _("订单号"), _("服务"), _("上门开始"), _("上门结束"), _("客户"), _("服务员"), _("金额（元）"), _("状态"),
        _("下单时间"),
    )  # fmt: skip
    rows = (
        (
            order.number, _(order.item_name), order.starts_at, order.ends_at, mask_name(order.customer.person.name),
            "、".join(a.worker.person.name for a in order.live_assignments), yuan(order.total_fen),
            order.state_label, order.created_at,
        )
        for order in orders[:EXPORT_LIMIT]
    )  # fmt: skip
    return as_csv(f"orders-{clock.local(clock.now()):%Y%m%d-%H%M}", head, rows)


@page(holds("orders.warnings"))
def warnings(request: Request) -> HttpResponse:
    """Work-order early warnings that stand (C-5.4.6), oldest first."""
    asked = Asked.of(request)
    found = queries.open_warnings(request.actor)
    if kind := asked.pick("kind", _("预警"), [(str(k), _(words)) for k, words in WARNING_LABELS.items()]):
        found = found.filter(kind=kind)
    return render(request, "orders/warnings.html", {"page": asked.page(found, 50), "asked": asked})
