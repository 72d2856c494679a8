"""The hall of open demands, and an agency's answers to demands that were sent to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.agencies import public as agencies
from anxin.agencies.values import VersionFacts
from anxin.catalogue import public as catalogue
from anxin.kit import clock
from anxin.kit.access import SIGNED_IN, Request, any_of, holds, page
from anxin.kit.errors import Refusal
from anxin.kit.forms import tell
from anxin.kit.geo import Point, distance_m
from anxin.kit.masks import mask_name
from anxin.kit.redirects import see_other
from anxin.orders import queries
from anxin.orders.actions import grab as grabbing
from anxin.orders.actions import offer, refusals
from anxin.orders.actions.demand import usage_of
from anxin.orders.forms.steps import ReasonForm
from anxin.orders.models import Offer, Order
from anxin.orders.pages.common import to_order
from anxin.places import public as places
from anxin.places.values import DayKind

ANSWERS = holds("orders.accept")
# A phone shows five at a time; each entry has its own form.
PER_PAGE = 30


@dataclass(frozen=True)
class Shown:
    """An entry of the hall with what only this reader is told: how far, and their own price."""

    entry: queries.HallEntry
    town: str
    metres: float | None
    total_fen: int | None
    at: datetime

    @property
    def waits(self) -> bool:
        """Whether others may take it already, and this reader not yet."""
        return self.entry.opens_at > self.at

    @property
    def over_budget(self) -> bool:
        budget = self.entry.budget_fen
        return budget is not None and self.total_fen is not None and self.total_fen > budget


@page(any_of(SIGNED_IN, ANSWERS))
def hall(request: Request) -> HttpResponse:
    """Open demands that this agency or worker may take, soonest first; sent ones on top for an agency."""
    return render(request, _template(request, "hall"), _context(request, clock.now()))


@page(any_of(SIGNED_IN, ANSWERS))
def hall_live(request: Request) -> HttpResponse:
    return render(request, "orders/_hall.html", _context(request, clock.now()))


def _template(request: Request, name: str) -> str:
    return f"orders/{name}_{'desk' if request.actor.organisation_id else 'phone'}.html"


def _context(request: Request, at: datetime) -> dict[str, Any]:
    actor = request.actor
    entries = queries.hall_for(actor, at)
    sent = list(queries.sent_to(actor, at)) if actor.holds("orders.accept") else []
    page = Paginator(entries, PER_PAGE).get_page(request.GET.get("page"))
    towns = places.named({e.town_code for e in page} | {o.order.town_code for o in sent})
    agency = queries.takes_for(actor, at)
    versions = agencies.own_versions(agency) if agency else {}
    home = queries.base_of(actor)
    calendar = agencies.calendar_for((e.starts_at, e.ends_at) for e in page) if versions else {}
    shown = [
        Shown(
            e,
            towns.get(e.town_code, ""),
            _metres(home, e),
            _total(versions.get(e.item_code), e, calendar),
            at,
        )
        for e in page
    ]
    return {
        "shown": shown,
        "page": page,
        "again": f"{reverse('orders:hall_live')}?page={page.number}",
        "count": len(entries),
        "sent": [(o, towns.get(o.order.town_code, ""), _estimated(o.order)) for o in sent],
        "topics": ["hall"],
        "as_agency": bool(actor.organisation_id),
        "may_grab": agency is not None,
    }


def _metres(home: Point | None, entry: queries.HallEntry) -> float | None:
    return distance_m(home, Point(entry.lat, entry.lng)) if home else None


def _total(
    version: VersionFacts | None, entry: queries.HallEntry, calendar: Mapping[date, DayKind]
) -> int | None:
    """What the agency's own price list makes of it, by the code that bills later, for all who come."""
    if version is None:
        return None
    try:
        return agencies.quoted(version, usage_of(entry, entry.town_code, calendar)).total_fen * entry.people
    except Refusal:
        return None


@page(SIGNED_IN, methods=("POST",))
def grab(request: Request, number: str) -> HttpResponse:
    """A worker takes an open demand; whoever is a moment late is told so."""
    found = queries.hall_order(number)
    if found is None:
        raise refusals.OrderUnknown
    return _take(request, number, lambda: grabbing.grab(found, by=request.actor, at=clock.now()))


@page(ANSWERS, methods=("POST",))
def accept(request: Request, number: str) -> HttpResponse:
    """An agency takes a demand that was sent to it or opened."""
    found = queries.offered_order(number, request.actor)
    if found is None:
        return _too_late(request, number, refusals.AlreadyTaken())
    return _take(request, number, lambda: _accept(request, found.order))


def _accept(request: Request, order: Order) -> object:
    organisation = request.actor.organisation_id
    if organisation is None:
        raise refusals.OrderUnknown
    return offer.accept(order, organisation_id=organisation, by=request.actor, at=clock.now())


def _take(request: Request, number: str, act: Any) -> HttpResponse:
    try:
        act()
    except Refusal as refusal:
        return _too_late(request, number, refusal)
    messages.success(request, _("接单成功！"))
    return to_order(number)


def _too_late(request: Request, number: str, refusal: Refusal) -> HttpResponse:
    """Back to the hall with the reason; to the order where a colleague was faster, for it is theirs all the same."""
    if request.actor.organisation_id and queries.by_number(number, request.actor) is not None:
        messages.info(request, _("同事已经接下这张订单。"))
        return to_order(number)
    messages.error(request, str(refusal))
    return see_other(reverse("orders:hall"))


@page(ANSWERS, methods=("GET", "POST"))
def offered(request: Request, number: str) -> HttpResponse:
    """Everything needed to decide about a demand that was sent: accept, or decline with a reason."""
    found = queries.offered_order(number, request.actor)
    if found is None or found.organisation_id != request.actor.organisation_id:
        if queries.by_number(number, request.actor) is not None:
            # They took it: whoever comes back by the notice finds the order itself.
            return to_order(number)
        messages.error(request, _("这份需求已经有结果了。"))
        return see_other(reverse("orders:hall"))
    form = ReasonForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                offer.decline(found, reason=form.cleaned_data["reason"], by=request.actor, at=clock.now())
            except Refusal as refusal:
                tell(form, refusal)
                status = refusal.status
            else:
                messages.success(request, _("已婉拒，客户会收到原因。"))
                return see_other(reverse("orders:hall"))
    return render(request, "orders/offered.html", _offer_context(found, form), status=status)


def _offer_context(found: Offer, form: ReasonForm) -> dict[str, Any]:
    order = found.order
    towns = places.named([order.town_code])
    item = catalogue.item(order.item_code, order.created_at)
    return {"offer": found, "order": order, "town": towns.get(order.town_code, ""), "form": form,
            "quote": order.estimate.get("quote"), "both_fen": 2 * (order.estimate.get("low_fen") or 0),
            "answers": catalogue.tell_answers(item, order.scope),
            "customer": mask_name(order.customer.person.name)}  # fmt: skip


def _estimated(order: Order) -> int | None:
    """What the agency's price was estimated at for all who are to come, in fen."""
    low: int | None = order.estimate.get("low_fen")
    return None if low is None else low * order.people
