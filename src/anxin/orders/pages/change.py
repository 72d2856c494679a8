"""Cancelling and moving an order, by the published table."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from anxin.kit import clock
from anxin.kit.access import PUBLIC, SIGNED_IN, Request, any_of, holds, page
from anxin.kit.errors import Conflict, Invalid, Refusal
from anxin.kit.forms import tell
from anxin.kit.models import uuid_or_none, uuid_or_not_found
from anxin.orders import queries, rules
from anxin.orders.actions import change, demand, refusals
from anxin.orders.actions.telling import speaker
from anxin.orders.forms.steps import AgainForm, CancelForm, ChangeForm
from anxin.orders.pages.common import order_of, own_order, to_order

PARTY = any_of(SIGNED_IN, holds("orders.dispatch"))


@page(PARTY, methods=("GET", "POST"))
def cancel(request: Request, number: str) -> HttpResponse:
    """What cancelling means now, then the cancelling; if the terms changed in between, they are shown anew."""
    order, at = order_of(request, number), clock.now()
    side = speaker(order, request.actor)
    beside, untaken = queries.other_half(order), order.state in rules.UNTAKEN
    terms = queries.cancel_terms_of(order, side=side, at=at)
    seen = {"seen_fee_fen": change.fee_of(order, terms),
            "seen_compensation_fen": change.compensation_of(order, terms)}  # fmt: skip
    form = CancelForm(request.POST or None, initial=seen)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                change.cancel(order, **form.cleaned_data, by=request.actor, at=at)
            except Refusal as refusal:
                # What was typed stays; what is shown from now on is what holds now.
                form = CancelForm({"reason": form.cleaned_data["reason"], **seen})
                form.is_valid()
                tell(form, refusal)
                status = refusal.status
            else:
                both = beside is not None and untaken
                messages.success(request, _("两张订单都已取消。") if both else _("订单已取消。"))
                return to_order(number)
    context = {"form": form, "order": order, "terms": terms, "fee": seen["seen_fee_fen"], "side": side,
               "beside": beside, "untaken": untaken, "beside_ahead": beside is not None and beside.state in rules.AHEAD,
               "compensation": seen["seen_compensation_fen"]}  # fmt: skip
    return render(request, "orders/cancel.html", context, status=status)


@page(PARTY, methods=("GET", "POST"))
def move(request: Request, number: str) -> HttpResponse:
    """Ask for another time; before anybody has taken the order it simply moves.

    Where the new day has another price, it is shown first and the form waits for a second press.
    """
    order, at = order_of(request, number), clock.now()
    side = speaker(order, request.actor)
    visits = queries.visits_together(queries.visits_of(order)[0])
    visit, terms = visits[0], queries.change_terms_of(visits, side)
    form = ChangeForm(request.POST or None, initial=ChangeForm.initial_of(visit.starts_at))
    shown: dict[str, Any] = {}
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                asked = change.ask_change(
                    visit,
                    starts_at=form.starts_at(),
                    reason=form.cleaned_data["reason"],
                    seen_total_fen=form.cleaned_data["seen_total_fen"],
                    by=request.actor,
                    at=at,
                )
            except refusals.MoveRepriced:
                found = [queries.moving(v.order, v, form.starts_at(), at, side=side) for v in visits]
                before, after = queries.prices_of(found)
                shown = {"moving": {"before_fen": before, "after_fen": after}}
                form = ChangeForm({**request.POST.dict(), "seen_total_fen": after})
                status = 409
            except refusals.MoveBlocked as refusal:
                tell(form, refusal)
                shown = {"instead": refusal.params["starts"]}
                status = 409
            except Refusal as refusal:
                tell(form, refusal)
                status = refusal.status
            else:
                messages.success(request, _("已发出改期请求，等对方答复。") if asked else _("时间已调整。"))
                return to_order(number)
    context = {
        "form": form, "order": order, "terms": terms, "visit": visit, "side": side,
        "beside": visits[1].order if len(visits) > 1 else None,
        # Told before anybody types; what was typed meanwhile stays, with the refusal.
        "waits": request.method == "GET" and queries.change_waits(visits, at), **shown,
    }  # fmt: skip
    return render(request, "orders/move.html", context, status=status)


@page(SIGNED_IN, methods=("GET", "POST"))
def again(request: Request, number: str) -> HttpResponse:
    """Open a demand that nobody answered again, at a time of the customer's choice."""
    order, at = own_order(request, number), clock.now()
    form = AgainForm(request.POST or None, initial=AgainForm.initial_of(order.starts_at))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            start = form.starts_at()
            try:
                demand.submit_again(
                    order,
                    starts_at=start,
                    ends_at=start + (order.ends_at - order.starts_at),
                    by=request.actor,
                    at=at,
                )
            except Refusal as refusal:
                tell(form, refusal)
                status = refusal.status
            else:
                messages.success(request, _("已重新开放抢单。"))
                return to_order(number)
    return render(request, "orders/again.html", {"form": form, "order": order}, status=status)


@page(PARTY, methods=("POST",))
def answer(request: Request, change_id: str) -> HttpResponse:
    """Agree to the other side's new time, or keep the old one."""
    key = uuid_or_none(change_id)
    found = queries.change_of(key, request.actor) if key else None
    if found is None:
        raise refusals.OrderUnknown
    speaker(found.order, request.actor)
    agreed = request.POST.get("agreed") == "yes"
    seen = request.POST.get("seen_total_fen", "")
    try:
        change.answer_change(
            found, agreed=agreed, seen_total_fen=int(seen) if seen.isdecimal() and len(seen) < 15 else None,
            by=request.actor, at=clock.now(),
        )  # fmt: skip
    except (Conflict, Invalid) as refusal:
        # The order itself shows what is so now, and what is left to do.
        messages.error(request, str(refusal))
        return to_order(found.order.number)
    messages.success(request, _("已同意改期。") if agreed else _("已回复按原时间进行。"))
    return to_order(found.order.number)


@page(PARTY, methods=("POST",))
def take_back(request: Request, change_id: str) -> HttpResponse:
    """Take one's own request for another time back."""
    found = queries.change_of(uuid_or_not_found(change_id), request.actor)
    if found is None:
        raise refusals.OrderUnknown
    try:
        change.take_back(found, by=request.actor, at=clock.now())
    except Conflict as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("已收回改期请求，仍按原时间。"))
    return to_order(found.order.number)


@page(PUBLIC)
def published(request: Request) -> HttpResponse:
    """The table of cancelling, for both sides, as it holds now."""
    at: datetime = clock.now()
    return render(
        request,
        "orders/cancel_rules.html",
        {
            "policy": queries.cancel_policy(at),
            "no_show": queries.no_show_minutes(at),
            "close_after": queries.close_minutes(at),
            "moves": rules.CHANGE_TABLE,
        },
    )
