"""Day plans for the dispatcher: ask, watch, change visit by visit, see what changes for whom, publish, plan anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.kit import clock
from anxin.kit.access import Request, holds, page
from anxin.kit.clock import local_date
from anxin.kit.errors import NotFound, Refusal
from anxin.kit.forms import DONE, attempt, sent
from anxin.kit.models import uuid_or_none, uuid_or_not_found
from anxin.kit.redirects import see_other
from anxin.matching import actions, queries
from anxin.matching.forms import DayPlanForm, PricesForm, ReplanForm, VisitForm
from anxin.matching.models import DayPlan
from anxin.matching.pages import dayplan_views as views
from anxin.matching.pages.dayplan_views import cost_rows
from anxin.matching.states import PlanState
from anxin.matching.values.dayplan import HAPPENING_LABELS, Happening, Turn

DISPATCH = holds("orders.dispatch")
SHOWN = 20


@page(DISPATCH, methods=("GET", "POST"))
def plans(request: Request) -> HttpResponse:
    """Ask for a plan; the latest ones."""
    today = local_date(clock.now())
    form = DayPlanForm(sent(request), initial={"first_date": today})
    made: list[DayPlan] = []

    def ask() -> None:
        data = form.cleaned_data
        made.append(
            actions.ask_plan(
                first_date=data["first_date"],
                days=data["days"],
                prices=form.prices,
                by=request.actor,
                at=clock.now(),
            )
        )

    status = attempt(form, ask)
    if status == DONE:
        return see_other(reverse("matching:dayplan", args=[made[0].pk]))
    context = {"form": form, "plans": queries.plans(request.actor)[:SHOWN]}
    return render(request, "matching/dayplans.html", context, status=status)


@page(DISPATCH)
def plan(request: Request, plan_id: str) -> HttpResponse:
    return render(request, "matching/dayplan.html", _context(request, _plan(request, plan_id)))


@page(DISPATCH)
def progress(request: Request, plan_id: str) -> HttpResponse:
    """The part of a plan's page that changes while it is made, and when somebody else changes it."""
    return render(request, "matching/_dayplan.html", _context(request, _plan(request, plan_id)))


@page(DISPATCH, methods=("POST",))
def search(request: Request, plan_id: str) -> HttpResponse:
    """Search on from here, with other prices if they were sent."""
    found = _plan(request, plan_id)
    prices = PricesForm(request.POST) if "way" in request.POST else None
    if prices is not None and not prices.is_valid():
        messages.error(request, _("代价请填 0 到 1000000 之间的数。"))
        return _back(found)

    def again() -> None:
        actions.search_again(
            plan_id=found.pk, version=_version(request), prices=prices.prices if prices else None, by=request.actor,
            at=clock.now(),
        )  # fmt: skip

    return _done(request, found, again)


@page(DISPATCH, methods=("POST",))
def stop(request: Request, plan_id: str) -> HttpResponse:
    found = _plan(request, plan_id)
    return _done(
        request, found, lambda: actions.stop_plan(plan_id=found.pk, by=request.actor, at=clock.now())
    )


@page(DISPATCH, methods=("POST",))
def drop(request: Request, plan_id: str) -> HttpResponse:
    found = _plan(request, plan_id)
    return _done(
        request, found, lambda: actions.drop_plan(plan_id=found.pk, by=request.actor, at=clock.now())
    )


@page(DISPATCH, methods=("GET", "POST"))
def visit(request: Request, plan_id: str, order_id: str) -> HttpResponse:
    """Change one visit. What it would cost is told first; sent with `sure`, it is done."""
    found = _plan(request, plan_id)
    form = VisitForm(sent(request), initial={"version": found.version})
    tried: list[actions.Tried] = []
    sure = "sure" in request.POST

    def change() -> None:
        _found, one = actions.change_visit(
            plan_id=found.pk, order_id=uuid_or_not_found(order_id), by=request.actor, at=clock.now(), dry=not sure,
            **form.asked,
        )  # fmt: skip
        tried.append(one)

    status = attempt(form, change)
    if status == DONE and sure:
        messages.success(request, _("已改。"))
        return _back(found, views.view_of(request))
    context = _context(request, found)
    stop = next(
        (s for shift in context["shifts"] for s in shift.stops if s.order and str(s.order.pk) == order_id),
        None,
    )
    left = next((row for row in context["all_left"] if str(row.order.pk) == order_id), None)
    if stop is None and left is None:
        raise NotFound
    one = tried[0] if tried else None
    context |= {
        "visit_form": form, "stop": stop, "left": left, "tried": one, "order": (stop or left).order,  # type: ignore[union-attr]
        "sent": form.data if form.is_bound else {},
        "difference": cost_rows(one.difference) if one else [],
        "adds": round(sum(one.difference.values()), 1) if one else 0,
    }  # fmt: skip
    return render(request, "matching/dayplan_visit.html", context, status=200 if status == DONE else status)


@page(DISPATCH)
def changes(request: Request, plan_id: str) -> HttpResponse:
    """What publishing changes, for whom."""
    return render(request, "matching/dayplan_changes.html", _changes(request, _plan(request, plan_id)))


@page(DISPATCH, methods=("POST",))
def publish(request: Request, plan_id: str) -> HttpResponse:
    """Publish, without the orders that are ticked; every refusal is told by name."""
    found = _plan(request, plan_id)
    leave_out = [pk for text in request.POST.getlist("leave_out") if (pk := uuid_or_none(text))]
    try:
        actions.publish_plan(
            plan_id=found.pk, version=_version(request), leave_out=leave_out, seen=_seen(request), by=request.actor,
            at=clock.now(),
        )  # fmt: skip
    except actions.PlanRefused as refusal:
        context = _changes(request, found) | {
            "refusal": refusal, "refused": {one.order_id: one.reason for one in refusal.refused},
            "left_out": {*leave_out, *(one.order_id for one in refusal.refused)},
        }  # fmt: skip
        return render(request, "matching/dayplan_changes.html", context, status=refusal.status)
    except Refusal as refused:
        messages.error(request, str(refused))
        return _back(found)
    messages.success(request, _("已发布。服务员和客户各自收到了与自己有关的变动。"))
    return _back(found)


@page(DISPATCH, methods=("GET", "POST"))
def replan(request: Request, plan_id: str) -> HttpResponse:
    """Something happened: a new plan that changes the published one as little as may be."""
    found = _plan(request, plan_id)
    context = _context(request, found)
    people = [(str(one.worker_id), one.name) for one in context["people"]]
    form = ReplanForm(sent(request), people=people)
    made: list[DayPlan] = []
    status = attempt(
        form,
        lambda: made.append(actions.replan(plan_id=found.pk, by=request.actor, at=clock.now(), **form.asked)),
    )
    if status == DONE:
        return see_other(reverse("matching:dayplan", args=[made[0].pk]))
    return render(request, "matching/dayplan_replan.html", context | {"form": form}, status=status)


def _plan(request: Request, plan_id: str) -> DayPlan:
    found = queries.day_plan(uuid_or_not_found(plan_id), request.actor)
    if found is None:
        raise NotFound
    return found


def _version(request: Request) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _seen(request: Request) -> dict[UUID, int]:
    """The prices that stood beside the visits, as "order:fen"."""
    pairs = (text.partition(":") for text in request.POST.getlist("seen"))
    return {
        pk: int(fen) for key, _colon, fen in pairs if (pk := uuid_or_none(key)) and fen.isdecimal() and len(fen) < 12
    }  # fmt: skip


def _back(found: DayPlan, view: str = "") -> HttpResponse:
    where = reverse("matching:dayplan", args=[found.pk])
    return see_other(f"{where}?view={view}" if view else where)


def _done(request: Request, found: DayPlan, act: Callable[[], object]) -> HttpResponse:
    try:
        act()
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return _back(found)


def _context(request: Request, found: DayPlan) -> dict[str, Any]:
    shown = queries.board(found, request.actor, clock.now())
    context: dict[str, Any] = {
        "plan": found, "topic": f"dayplan:{found.pk}",
        "again": f"{reverse('matching:dayplan_progress', args=[found.pk])}?{request.GET.urlencode()}",
        "ready": found.state == PlanState.READY, "searching": found.state == PlanState.SEARCHING,
        "published": found.state == PlanState.PUBLISHED, "percent": round(100 * found.progress),
        "why": _(HAPPENING_LABELS[Happening(found.why)]) if found.why else "",
        "prices": PricesForm(initial=found.prices), "shifts": (), "left_rows": (),
        "out_rows": (), "all_left": (), "people": (),
        "board": shown,
    }  # fmt: skip
    if shown is None:
        return context
    return context | views.context_of(request, shown) | {
        "shifts": shown.shifts, "idle": [shift for shift in shown.shifts if not shift.visits],
        "people": shown.people, "all_left": (*shown.left, *shown.out), "left_rows": shown.left, "out_rows": shown.out,
        "costs": cost_rows(shown.cost), "total": round(sum(shown.cost.values()), 1),
    }  # fmt: skip


def _changes(request: Request, found: DayPlan) -> dict[str, Any]:
    context = _context(request, found)
    shown: queries.Board | None = context["board"]
    rows = () if shown is None else shown.differences
    return context | {
        "changed": [row for row in rows if row.turn is not Turn.SAME],
        "same": sum(row.turn is Turn.SAME for row in rows), "refused": {}, "left_out": set(),
    }  # fmt: skip
