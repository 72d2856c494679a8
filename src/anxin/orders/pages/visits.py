"""The day of the visit: the worker's one big button, the customer's scan."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from anxin.accounts import public as accounts
from anxin.accounts.values import Purpose
from anxin.kit import clock, told
from anxin.kit.access import SIGNED_IN, Request, page
from anxin.kit.errors import Refusal
from anxin.kit.forms import DONE, attempt
from anxin.kit.geo import Point
from anxin.kit.models import uuid_or_none
from anxin.orders import queries
from anxin.orders.actions import refusals
from anxin.orders.actions import visit as actions
from anxin.orders.forms.steps import (
    ContactForm,
    EntryForm,
    ExtraForm,
    FinishForm,
    PhotoForm,
    PlaceForm,
    StepForm,
)
from anxin.orders.models import Step, Visit
from anxin.orders.pages.common import customers_visit, to_order, workers_visit

# After these nobody should be let in; after the others the scan may simply be tried again.
AT_THE_DOOR = frozenset({"wrong_worker", "not_green", "code_forged"})


def _agrees(request: Request, purpose: Purpose, at: datetime) -> bool:
    """Whether the reader lets their place be kept, by what they ticked in this form or agreed to before."""
    if (version := accounts.ticked(request, purpose)) is not None:
        accounts.give_consent(purpose=purpose, version=version, by=request.actor, at=at)
    return accounts.consented(request.actor.person, purpose)


def _point(data: dict[str, Any]) -> Point | None:
    lat, lng = data.get("lat"), data.get("lng")
    return None if lat is None or lng is None else Point(lat, lng)


@page(SIGNED_IN, methods=("POST",))
def contact(request: Request, visit_id: str) -> HttpResponse:
    visit = workers_visit(request, visit_id)
    form = ContactForm(request.POST)
    if form.is_valid():
        actions.contact(visit, **form.cleaned_data, by=request.actor, at=clock.now())
        messages.success(request, _("已记下联系情况。"))
    return to_order(visit.order.number)


@page(SIGNED_IN, methods=("POST",))
def depart(request: Request, visit_id: str) -> HttpResponse:
    visit = workers_visit(request, visit_id)
    at = clock.now()
    actions.depart(visit, by=request.actor, at=at, told=told.moment(request.headers, at))
    messages.success(request, _("路上注意安全。"))
    return to_order(visit.order.number)


@page(SIGNED_IN, methods=("POST",))
def arrive(request: Request, visit_id: str) -> HttpResponse:
    """The worker's big button; where they stand is kept only if they agreed to that, now or before."""
    visit = workers_visit(request, visit_id)
    form = PlaceForm(request.POST)
    at = clock.now()
    agreed = _agrees(request, Purpose.ARRIVAL, at)
    point = _point(form.cleaned_data) if agreed and form.is_valid() else None
    actions.arrive(visit, point=point, by=request.actor, at=at, told=told.moment(request.headers, at))
    messages.success(request, _("已登记到达，请主动出示安心码。"))
    return to_order(visit.order.number)


@page(SIGNED_IN, methods=("GET", "POST"))
def entry(request: Request, visit_id: str) -> HttpResponse:
    """The customer scans the worker's code and confirms entry; a refusal says what to do at the door."""
    visit = customers_visit(request, visit_id)
    form = EntryForm(request.POST or None)
    context: dict[str, Any] = {"form": form, "visit": visit, "order": visit.order}
    if request.method != "POST":
        return render(request, "orders/entry.html", context)
    if not form.is_valid():
        return render(request, "orders/entry.html", context, status=422)
    data = form.cleaned_data
    try:
        at, by = clock.now(), request.actor
        point = _point(data) if _agrees(request, Purpose.LOCATION, at) else None
        actions.confirm_entry(visit, token=data["token"], point=point, by=by, at=at)
    except Refusal as refusal:
        context |= {"refusal": refusal, "stop": refusal.code in AT_THE_DOOR}
        return render(request, "orders/entry.html", context, status=refusal.status)
    messages.success(request, _("核验通过，已确认入户。"))
    return to_order(visit.order.number)


def _tell(request: Request, refusal: Refusal) -> None:
    """A refusal stands on the order's page; to a phone that sends what waited it is the answer itself."""
    if request.htmx:
        raise refusal
    messages.error(request, str(refusal))


def _step(request: Request, step_id: str) -> Step:
    key = uuid_or_none(step_id)
    found = queries.step_for_worker(key, request.actor) if key else None
    if found is None or request.actor.organisation_id:
        raise refusals.OrderUnknown
    return found


@page(SIGNED_IN, methods=("POST",))
def tick(request: Request, step_id: str) -> HttpResponse:
    step = _step(request, step_id)
    form = StepForm(request.POST)
    if form.is_valid():
        at = clock.now()
        heard = told.moment(request.headers, at)
        actions.tick_step(step, **form.cleaned_data, by=request.actor, at=at, told=heard)
    return to_order(step.visit.order.number)


@page(SIGNED_IN, methods=("POST",))
def photo(request: Request, step_id: str) -> HttpResponse:
    step = _step(request, step_id)
    form = PhotoForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, str(form.errors["photo"][0]))
        return to_order(step.visit.order.number)
    try:
        at = clock.now()
        actions.add_photo(step, upload=form.cleaned_data["photo"], by=request.actor, at=at)
        heard = told.moment(request.headers, at)
        actions.tick_step(step, done=True, note=step.note, by=request.actor, at=at, told=heard)
    except Refusal as refusal:
        _tell(request, refusal)
    return to_order(step.visit.order.number)


@page(SIGNED_IN, methods=("POST",))
def extra(request: Request, visit_id: str) -> HttpResponse:
    visit = workers_visit(request, visit_id)
    form = ExtraForm(request.POST)
    status = attempt(form, lambda: _propose(request, visit, form.cleaned_data))
    if status != DONE:
        # What was typed at somebody's door is not typed again.
        context = {"form": form, "order": visit.order, "visit": visit}
        return render(request, "orders/extra.html", context, status=status)
    messages.success(request, _("加项已发给客户，客户同意后才计费。"))
    return to_order(visit.order.number)


def _propose(request: Request, visit: Visit, data: dict[str, Any]) -> object:
    return actions.propose_extra(
        visit, label=data["label"], quantity=data["quantity"], unit=data["unit"], price_fen=data["price"],
        by=request.actor, at=clock.now(),
    )  # fmt: skip


@page(SIGNED_IN, methods=("POST",))
def answer_extra(request: Request, extra_id: str) -> HttpResponse:
    key = uuid_or_none(extra_id)
    found = queries.extra_for_customer(key, request.actor) if key else None
    if found is None or request.actor.organisation_id:
        raise refusals.OrderUnknown
    actions.answer_extra(found, agreed=request.POST.get("agreed") == "yes", by=request.actor, at=clock.now())
    return to_order(found.order.number)


@page(SIGNED_IN, methods=("POST",))
def withdraw_extra(request: Request, extra_id: str) -> HttpResponse:
    key = uuid_or_none(extra_id)
    found = queries.extra_for_worker(key, request.actor) if key else None
    if found is None or request.actor.organisation_id:
        raise refusals.OrderUnknown
    actions.withdraw_extra(found, by=request.actor, at=clock.now())
    return to_order(found.order.number)


@page(SIGNED_IN, methods=("POST",))
def finish(request: Request, visit_id: str) -> HttpResponse:
    visit = workers_visit(request, visit_id)
    form = FinishForm(request.POST)
    if request.htmx and form.is_valid():
        # To a phone that sends what waited, a refusal is the answer itself.
        _finish(request, visit, form.cleaned_data["note"])
        return to_order(visit.order.number)
    status = attempt(form, lambda: _finish(request, visit, form.cleaned_data["note"]))
    if status != DONE:
        # The note for the end is not typed again.
        context = {"form": form, "order": visit.order, "visit": visit}
        return render(request, "orders/finish.html", context, status=status)
    return to_order(visit.order.number)


def _finish(request: Request, visit: Visit, note: str) -> object:
    at = clock.now()
    done = actions.finish(visit, note=note, by=request.actor, at=at, told=told.moment(request.headers, at))
    messages.success(request, _("辛苦了！等客户验收确认。"))
    return done


@page(SIGNED_IN, methods=("POST",))
def confirm(request: Request, visit_id: str) -> HttpResponse:
    visit = customers_visit(request, visit_id)
    actions.confirm(visit, by=request.actor, at=clock.now())
    messages.success(request, _("感谢确认，账单马上就好。"))
    return to_order(visit.order.number)
