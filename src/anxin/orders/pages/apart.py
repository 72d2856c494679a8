"""Not to be brought together again: asked on an order, listed and taken back by whoever asked."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.kit import clock
from anxin.kit.access import SIGNED_IN, Request, any_of, holds, page
from anxin.kit.errors import NotFound, Refusal
from anxin.kit.forms import DONE, attempt, sent
from anxin.kit.models import uuid_or_not_found
from anxin.kit.redirects import see_other
from anxin.orders import queries
from anxin.orders.actions import apart as acts
from anxin.orders.actions import refusals
from anxin.orders.forms.steps import ApartForm
from anxin.orders.pages.common import order_of, to_order
from anxin.workers import public as workers
from anxin.workers.values import BlockSide

PARTIES = any_of(SIGNED_IN, holds("orders.dispatch"))


def _base(request: Request) -> str:
    return "web/desk.html" if request.actor.organisation_id else "web/phone.html"


@page(PARTIES, methods=("GET", "POST"))
def ask(request: Request, number: str) -> HttpResponse:
    """Ask that this worker and this household are not brought together again."""
    order = order_of(request, number)
    side = queries.apart_side(order, request.actor)
    choices = queries.apart_choices(order, request.actor)
    if side is None or not choices:
        raise refusals.OrderUnknown
    form = ApartForm(sent(request), workers=choices, of_agency=side is BlockSide.AGENCY)

    def act() -> None:
        acts.keep_apart(order, **form.asked, by=request.actor, at=clock.now())

    status = attempt(form, act)
    if status == DONE:
        messages.success(request, _("记下了，以后不再安排。对方不会知道是谁提出的。"))
        return to_order(number)
    context = {"form": form, "order": order, "side": str(side), "base": _base(request)}
    return render(request, "orders/apart.html", context, status=status)


@page(PARTIES)
def listed(request: Request) -> HttpResponse:
    """What this person or desk asked, to be taken back."""
    rows = queries.apart_rows(request.actor)
    return render(request, "orders/apart_list.html", {"rows": rows, "base": _base(request)})


@page(PARTIES, methods=("POST",))
def lift(request: Request, block_id: str) -> HttpResponse:
    """Take it back."""
    found = queries.apart_row(uuid_or_not_found(block_id), request.actor)
    if found is None:
        raise NotFound
    try:
        workers.lift_block(found, by=request.actor, at=clock.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("已取消，以后可以再安排。"))
    return see_other(reverse("orders:apart_list"))
