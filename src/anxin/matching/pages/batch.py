"""A batch for the dispatcher: ask for one, watch it being made, see every pair and why, accept one or all."""

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
from anxin.kit.forms import DONE, attempt, sent
from anxin.kit.models import uuid_or_not_found
from anxin.kit.redirects import see_other
from anxin.matching import actions, queries
from anxin.matching.forms import BatchForm
from anxin.matching.models import Batch, Rolling
from anxin.matching.pages.choosing import kept_scores
from anxin.matching.values import CHANGE_LABELS, FAIRNESS_LABELS, Change, Fairness
from anxin.orders import public as orders
from anxin.places import public as places
from anxin.workers import public as workers

DISPATCH = holds("orders.dispatch")
MOST_SHOWN = 10


@page(DISPATCH, methods=("GET", "POST"))
def batches(request: Request) -> HttpResponse:
    """Ask for a batch of all that waits; the latest ones."""
    form = BatchForm(sent(request))
    made: list[Batch] = []

    def ask() -> None:
        fairness, limit = form.chosen
        made.append(actions.ask_batch(fairness=fairness, limit=limit, by=request.actor, at=clock.now()))

    status = attempt(form, ask)
    if status == DONE:
        return see_other(reverse("matching:batch", args=[made[0].pk]))
    context = {
        "form": form, "waiting": len(queries.waiting(request.actor)),
        "batches": [(one, told_fairness(one)) for one in queries.batches(request.actor)[:MOST_SHOWN]],
        "running": queries.running(request.actor.organisation_id),
    }  # fmt: skip
    return render(request, "matching/batches.html", context, status=status)


@page(DISPATCH)
def batch(request: Request, batch_id: str) -> HttpResponse:
    found = _batch(request, batch_id)
    context = shown(request, found) | {"round": queries.round_of(found)}
    return render(request, "matching/batch.html", context)


@page(DISPATCH)
def progress(request: Request, batch_id: str) -> HttpResponse:
    """The part of the batch's page that changes while it is made."""
    return render(request, "matching/_batch.html", shown(request, _batch(request, batch_id)))


@page(DISPATCH, methods=("POST",))
def accept(request: Request, batch_id: str) -> HttpResponse:
    """Accept the pair of one order, or all that are open; each that is no longer possible is told by name."""
    found = _batch(request, batch_id)
    order = request.POST.get("order", "")
    try:
        made, refused = actions.accept_pairs(
            found, order_id=uuid_or_not_found(order) if order else None, by=request.actor, at=clock.now()
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return _back(found)
    if made:
        messages.success(request, _("已派出 %(n)s 单，等服务员本人确认。") % {"n": len(made)})
    for one in refused:
        messages.error(request, _("%(order)s 没有派出：%(why)s") % {"order": one.number, "why": one.refusal})
    if not made and not refused:
        messages.info(request, _("这一批里没有还能派的单。"))
    return _back(found)


def _back(found: Batch) -> HttpResponse:
    own = queries.round_of(found)
    if own is not None:
        return see_other(reverse("matching:rolling", args=[own.rolling_id]))
    return see_other(reverse("matching:batch", args=[found.pk]))


def _batch(request: Request, batch_id: str) -> Batch:
    found = queries.batch(uuid_or_not_found(batch_id), request.actor)
    if found is None:
        raise NotFound
    return found


def shown(request: Request, found: Batch) -> dict[str, Any]:
    """What the batch's page shows."""
    plan = found.plan or {}
    context: dict[str, Any] = {
        "batch": found, "plan": plan, "told_fairness": told_fairness(found), "topic": f"batch:{found.pk}",
        "again": reverse("matching:batch_progress", args=[found.pk]),
    }  # fmt: skip
    if not plan:
        return context
    now = queries.current(found, request.actor)
    ids = {UUID(pair[key]) for pair in plan["pairs"] for key in ("worker", "first")}
    names = workers.named(ids)
    towns = places.named(
        {order.town_code for order in now.values()}
        | {one["what"] for one in plan["unserved"] if one["change"] == Change.PLACE}
    )
    pairs = [_pair_row(pair, now, names, towns) for pair in plan["pairs"]]
    return context | {
        "pairs": pairs, "open": sum(row["state"] == "open" for row in pairs),
        "unserved": [_unserved_row(one, now, towns) for one in plan["unserved"]],
        "satisfaction": round(100 * plan["satisfaction"], 1), "price": round(100 * plan["price"], 1),
        "value": round(plan["value"], 2), "value_free": round(plan["value_free"], 2),
        "gap": round(100 * plan["gap"], 2),
        "knob": [(round(100 * limit), round(100 * price, 1)) for limit, price in plan["knob"]],
    }  # fmt: skip


def told_fairness(found: Batch | Rolling) -> str:
    """The bound in words."""
    words = _(FAIRNESS_LABELS[Fairness(found.fairness)])
    return words if found.fairness == Fairness.NONE else f"{words} {found.limit:.0%}"


def _pair_row(
    pair: dict[str, Any],
    now: dict[UUID, orders.Order],
    names: dict[UUID, tuple[str, str]],
    towns: dict[str, str],
) -> dict[str, Any]:
    order = now.get(UUID(pair["order"]))
    number, name = names.get(UUID(pair["worker"]), ("", _("已离开")))
    first = names.get(UUID(pair["first"]), ("", ""))[1]
    elsewhere = now.get(UUID(pair["first_goes_to"])) if pair["first_goes_to"] else None
    if pair["place"] == 1:
        why = _("综合排第 1（共 %(of)s 人可派）") % {"of": pair["of"]}
    elif elsewhere is not None and elsewhere is not order:
        why = _("综合排第 %(place)s（共 %(of)s 人）；排第 1 的%(first)s派给 %(other)s，合起来更满意") % {
            "place": pair["place"], "of": pair["of"], "first": first, "other": elsewhere.number,
        }  # fmt: skip
    else:
        why = _("综合排第 %(place)s（共 %(of)s 人）；排第 1 的是%(first)s，按双方满意度和公平线选了这一位") % {
            "place": pair["place"], "of": pair["of"], "first": first,
        }  # fmt: skip
    return {
        "order": order, "town": towns.get(order.town_code, "") if order else "", "worker": name, "number": number,
        "customer": round(100 * pair["customer"]), "service": round(100 * pair["service"]), "why": why,
        "scores": kept_scores(pair["score"]), "state": queries.state_of(pair, order),
    }  # fmt: skip


def _unserved_row(
    one: dict[str, Any], now: dict[UUID, orders.Order], towns: dict[str, str]
) -> dict[str, Any]:
    order = now.get(UUID(one["order"]))
    if one["candidates"]:
        reason = _("有 %(n)s 人可派，但他们在这一批里各有更合适的单") % {"n": one["candidates"]}
    else:
        reason = _("没有人通过全部门槛")
    advice = ""
    if one["change"]:
        kind = Change(one["change"])
        what = one["what"]
        if kind is Change.HOUR:
            what = clock.local(datetime.fromisoformat(what)).strftime("%H:%M")
        elif kind is Change.PLACE:
            what = towns.get(what, what)
        advice = _(CHANGE_LABELS[kind]) % {"what": what}
    return {
        "order": order,
        "reason": reason,
        "advice": advice,
        "town": towns.get(order.town_code, "") if order else "",
    }
