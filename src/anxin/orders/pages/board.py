"""An agency's orders: the board by state, the list, and the early warnings."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from anxin.kit.access import Request, holds, page
from anxin.orders import queries
from anxin.orders.values import ORDER_LABELS, OrderState

S = OrderState
COLUMNS = (S.ACCEPTED, S.CONTRACTING, S.SIGNED, S.IN_SERVICE, S.COMPLETED, S.BILLED, S.PAID)
READ = holds("orders.read")


@page(READ)
def board(request: Request) -> HttpResponse:
    """Orders of one state, soonest service first, with how many there are in each."""
    state = request.GET.get("state", "")
    wanted = (state,) if state in set(OrderState) else tuple(str(s) for s in COLUMNS)
    orders = queries.board(request.actor, wanted)
    counts = queries.counts(request.actor)
    tabs = [("", _("进行中"), sum(counts.get(str(s), 0) for s in COLUMNS))]
    tabs += [(str(s), _(ORDER_LABELS[s]), counts.get(str(s), 0)) for s in (*COLUMNS, S.CLOSED, S.CANCELLED)]
    context = {"page": Paginator(orders, 30).get_page(request.GET.get("page")), "tabs": tabs, "state": state}
    return render(request, "orders/board.html", context)


@page(holds("orders.warnings"))
def warnings(request: Request) -> HttpResponse:
    """Work-order early warnings that stand (C-5.4.6), oldest first."""
    found = queries.open_warnings(request.actor)
    return render(
        request, "orders/warnings.html", {"page": Paginator(found, 50).get_page(request.GET.get("page"))}
    )
