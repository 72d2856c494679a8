"""Choosing a worker: who could come, who first, and why; and where a worker stands."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.kit import clock
from anxin.kit.access import Request, holds, page
from anxin.kit.errors import NotFound, Refusal
from anxin.kit.lists import Asked
from anxin.kit.models import uuid_or_not_found
from anxin.kit.redirects import see_other
from anxin.matching import actions, queries
from anxin.matching.values import COMPONENT_LABELS, ORDER_LABELS, Component, Order, Ranked
from anxin.orders import public as orders
from anxin.orders.values import OrderState
from anxin.places import public as places
from anxin.workers import public as workers

DISPATCH = holds("orders.dispatch")
SHOWN = 20
# Somebody is still to be chosen, or may be replaced.
CHOOSING = (OrderState.ACCEPTED, OrderState.CONTRACTING, OrderState.SIGNED)


@page(DISPATCH)
def board(request: Request) -> HttpResponse:
    """Orders that wait for a worker to be chosen, soonest first."""
    asked = Asked.of(request)
    found = orders.board(request.actor, (str(OrderState.ACCEPTED),))
    found = orders.matching_text(found, asked.words("q", _("查找订单"), _("订单号或客户手机号")))
    if step := asked.pick("step", _("选派"), [("none", _("未选派")), ("waiting", _("等答复"))]):
        found = orders.chosen_for(found, waiting=step == "waiting")
    found = asked.within(found, "starts_at", asked.days(_("上门从"), _("到")))
    rows = asked.page(found, 30)
    towns = places.named({order.town_code for order in rows})
    context = {
        "page": rows, "asked": asked, "rows": [(order, towns.get(order.town_code, "")) for order in rows],
    }  # fmt: skip
    return render(request, "matching/board.html", context)


@page(DISPATCH)
def candidates(request: Request, number: str) -> HttpResponse:
    """Ranked candidates with every component of their score; own workers who are kept out, and by what."""
    order, at = _order(request, number), clock.now()
    if order.state not in CHOOSING:
        messages.info(request, _("这张订单现在不用选派服务员。"))
        return see_other(reverse("web:order", args=[number]))
    sort = request.GET.get("sort", "")
    chosen = Order(sort) if sort in set(Order) else Order.BEST
    need = orders.wanted(order)
    found, count = queries.candidates(order, at, sort=chosen, limit=SHOWN, need=need)
    own = workers.ids_of(request.actor.organisation_id) if request.actor.organisation_id else []
    ranked = {c.ranked.worker_id for c in found}
    others = [pk for pk in own if pk not in ranked][:SHOWN] if count <= SHOWN else []
    context = {
        "order": order, "count": count, "sort": str(chosen), "kept_out": _kept_out(order, others, at, need),
        "candidates": [{"c": c, "scores": score_rows(c.ranked)} for c in found],
        "sorts": [(str(code), _(words)) for code, words in ORDER_LABELS.items()],
        "reasons": order.selection_reasons, "standing": orders.current_assignment(order),
    }  # fmt: skip
    return render(request, "matching/candidates.html", context)


def _kept_out(
    order: orders.Order, ids: list[UUID], at: datetime, need: workers.Wanted
) -> list[dict[str, Any]]:
    if not ids:
        return []
    names = workers.named(ids)
    return [
        {"number": names[pk][0], "name": names[pk][1], "reasons": [_(reason) for reason in reasons]}
        for pk, reasons in orders.obstacles(order, ids, at, need=need).items()
        if pk in names and reasons
    ]


def score_rows(ranked: Ranked) -> list[dict[str, Any]]:
    """The components as the score bars show them."""
    return [
        {
            "label": _(COMPONENT_LABELS[part.component]),
            "value": round(part.value * 100),
            "words": _(part.fact) % part.params,
            "weight": round(100 * part.weight),
        }
        for part in ranked.scores
    ]


def _order(request: Request, number: str) -> orders.Order:
    order = orders.by_number(number, request.actor)
    if order is None or order.provider_id != request.actor.organisation_id:
        raise NotFound
    return order


@page(DISPATCH, methods=("POST",))
def propose(request: Request, number: str) -> HttpResponse:
    """Propose a worker; a gate that closed in the meantime is told by name."""
    order = _order(request, number)
    worker = uuid_or_not_found(request.POST.get("worker", ""))
    try:
        actions.propose(order=order, worker_id=worker, by=request.actor, at=clock.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return see_other(reverse("matching:candidates", args=[number]))
    messages.success(request, _("已派给服务员，等本人确认。"))
    return see_other(reverse("web:order", args=[number]))


@page(DISPATCH, methods=("POST",))
def withdraw(request: Request, number: str) -> HttpResponse:
    """Take a proposal back that the customer has not agreed to."""
    order = _order(request, number)
    standing = orders.current_assignment(order)
    if standing is None:
        raise NotFound
    try:
        orders.withdraw(standing, reason=request.POST.get("reason", ""), by=request.actor, at=clock.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("已撤回，可以另派。"))
    return see_other(reverse("matching:candidates", args=[number]))


def kept_scores(score: dict[str, Any]) -> list[dict[str, Any]]:
    """The components as they were kept with the proposal."""
    return [
        {
            "label": _(COMPONENT_LABELS[Component(part["component"])]),
            "value": round(part["value"] * 100),
            "words": _(part["fact"]) % part["params"],
            "weight": round(100 * part["weight"]),
        }
        for part in score.get("scores", [])
    ]
