"""The first page, and the sign of life."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render

from anxin.accounts import public as accounts
from anxin.catalogue import public as catalogue
from anxin.kit import clock
from anxin.kit.access import PUBLIC, Request, page
from anxin.orders import public as orders
from anxin.web.sides import side_of

FIRST = ("0101", "0203", "0401", "0402", "0105", "0603", "0301", "0204", "0107", "0701")


@page(PUBLIC)
def home(request: Request) -> HttpResponse:
    """Say what you need; one's own open orders; ways in; what is asked for most; in the demo, a door for each."""
    items = {item.code: item for item in catalogue.items(clock.now(), FIRST)}
    context = {
        "items": [items[code] for code in FIRST if code in items],
        "running": _running(request),
        "doors": accounts.demo_logins() if settings.ANXIN_DEMO else [],
    }
    return render(request, "web/home.html", context)


def _running(request: Request) -> list[orders.Order]:
    """A household's own open orders: whoever comes back looks for these first."""
    return list(orders.mine(request.actor, running=True)[:3]) if side_of(request) == "customer" else []


@page(PUBLIC)
def health(request: Request) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")
