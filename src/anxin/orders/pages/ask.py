"""Asking for help: what, when and where, who; the price grows beside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import MultipleChoiceField
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.agencies import public as agencies
from anxin.catalogue import public as catalogue
from anxin.catalogue.values import ItemFacts, Unit
from anxin.customers import public as customers
from anxin.customers.values import AddressFacts
from anxin.kit import clock, handing
from anxin.kit.access import ONESELF, PUBLIC, Request, page
from anxin.kit.errors import NotFound, Refusal
from anxin.kit.forms import tell
from anxin.kit.ids import new_id
from anxin.kit.models import uuid_or_none
from anxin.kit.redirects import see_other
from anxin.orders import queries
from anxin.orders.actions import demand as actions
from anxin.orders.forms.asking import OPEN, DemandForm, way_of
from anxin.orders.public import Demand
from anxin.workers import public as workers

MOST_OFFERS = 12
MOST_CHARS = 1000
# What belongs to one sending, not to what is wanted.
OF_ONE_SENDING = frozenset({"order_id", "seen_total_fen"})


@page(PUBLIC)
def ask(request: Request) -> HttpResponse:
    """Choose what is needed; words in one's own language find the service."""
    words = request.GET.get("q", "").strip()[:60]
    at = clock.now()
    context = {
        "words": words,
        "found": catalogue.search(words, at) if words else [],
        "categories": catalogue.categories(at),
    }
    return render(request, "orders/ask.html", context)


@page(ONESELF, methods=("GET", "POST"))
def ask_item(request: Request, code: str) -> HttpResponse:
    """The demand on one page in three steps. "price" shows offers and prices, "send" submits."""
    at = clock.now()
    item = catalogue.item(code, at)
    addresses = customers.addresses_of(request.actor)
    form = DemandForm(
        request.POST or None, item=item, addresses=addresses,
        initial={"day": clock.local_date(at) + timedelta(days=1), "order_id": new_id()}
        | _handed(request, item, addresses, at),
    )  # fmt: skip
    context: dict[str, Any] = {
        "form": form,
        "item": item,
        "addresses": addresses,
        "verified": request.actor.verified,
    }
    if request.method != "POST":
        return render(request, "orders/ask_item.html", context)
    _hand(request, form, at)
    if not form.is_valid():
        # While somebody is still filling in, nothing is wrong yet; only asking for the price or sending tells.
        return render(request, _template(request), context, status=422 if not request.htmx else 200)
    context |= _prices(form, at)
    if request.POST.get("do") != "send":
        return render(request, _template(request), context | {"looked": True})
    try:
        order = actions.submit_demand(
            form.demand(), order_id=form.cleaned_data["order_id"], by=request.actor, at=at
        )
    except Refusal as refusal:
        tell(form, refusal)
        return render(request, "orders/ask_item.html", context | {"refusal": refusal}, status=refusal.status)
    handing.drop(request.session, f"ask.{code}")
    messages.success(request, _("需求已提交，有机构答复会马上告诉您。"))
    return see_other(reverse("web:order", args=[order.number]))


def _hand(request: Request, form: DemandForm, at: datetime) -> None:
    """Keep what was typed for whoever goes off to add an address or to be verified, and comes back."""
    typed = {
        name: [one[:MOST_CHARS] for one in request.POST.getlist(name)]
        for name in form.fields
        if name in request.POST and name not in OF_ONE_SENDING
    }
    several = {name for name, field in form.fields.items() if isinstance(field, MultipleChoiceField)}
    fields = {name: values if name in several else values[-1] for name, values in typed.items()}
    handing.hand(request.session, f"ask.{form.item.code}", fields, at.timestamp())


def _handed(request: Request, item: ItemFacts, addresses: list[AddressFacts], at: datetime) -> dict[str, Any]:
    """What was typed before somebody came here, and the worker whose card they came from."""
    fields = handing.handed(request.session, f"ask.{item.code}", at.timestamp())
    town = fields.pop("town", "")
    if there := next((one for one in addresses if one.town_code == town), None):
        fields["address"] = str(there.id)
    if card := workers.card_by_number(request.GET.get("worker", "")[:24], at):
        wish = _("想请 %(name)s（编号 %(number)s）来。") % {"name": card.name, "number": card.number}
        wishes = str(fields.get("wishes", ""))
        fields["wishes"] = wishes if wishes.startswith(wish) else f"{wish}{wishes}"[:500]
    if version := uuid_or_none(request.GET.get("version", "")):
        fields["version"] = str(version)
        unit = _unit_of(version)
        ways = [way_of(item, mode, unit) for mode in item.modes if unit in item.units_in(mode)]
        if ways and fields.get("mode") not in ways:
            # Who was chosen now says how it is counted, not who was looked at before.
            fields["mode"] = ways[0]
    return fields


def _unit_of(version: UUID | str) -> Unit | None:
    """In what a version is priced; None for one there is not."""
    try:
        return agencies.version(UUID(str(version))).price_list.unit
    except NotFound:
        return None


def _template(request: Request) -> str:
    return "orders/_who.html" if request.htmx else "orders/ask_item.html"


def _prices(form: DemandForm, at: Any) -> dict[str, Any]:
    """Who could be asked and what each would cost, by the code that bills later; cheapest is not first, nearest is."""
    demand = form.demand()
    address = next(a for a in form.addresses if a.id == demand.address_id)
    chosen = form.cleaned_data["version"]
    found, count = _offers(form, demand, address, at)
    heads = demand.headcount
    try:
        usage = actions.usage_of(replace(demand, headcount=1), address.town_code)
        offers = [(one, agencies.quoted(one.version, usage)) for one in found]
    except Refusal as refusal:
        tell(form, refusal)
        offers = []
    quote = next((q for one, q in offers if str(one.version.id) == chosen), None)
    totals = [q.total_fen * heads for _one, q in offers]
    return {
        "offers": [(one, q.total_fen * heads) for one, q in offers], "count": count, "quote": quote,
        "total": quote and quote.total_fen * heads, "pair": heads > 1, "address": address,
        "chosen": chosen if quote else OPEN, "away": chosen != OPEN and quote is None,
        "other_unit": _other_unit(chosen, demand) if chosen != OPEN and quote is None else "",
        "low": min(totals, default=None), "high": max(totals, default=None),
        "first": str(found[0].version.id) if found else "",
    }  # fmt: skip


def _other_unit(chosen: str, demand: Demand) -> str:
    """In what the chosen agency prices, if that is something else than what was asked for."""
    unit = _unit_of(chosen)
    return _(unit.label) if unit and unit != demand.unit else ""


def _offers(form: DemandForm, demand: Demand, address: AddressFacts, at: datetime) -> tuple[list[Any], int]:
    """The nearest who could come, and whoever was chosen before, be they ever so far; how many there are in all."""
    ask = partial(
        agencies.offers, form.item.code, at=at, town_code=address.town_code,
        span=(demand.starts_at, demand.ends_at), unit=demand.unit, near=address.point, sort=agencies.Sort.DISTANCE,
    )  # fmt: skip
    found, count = ask(limit=MOST_OFFERS)
    chosen = form.cleaned_data["version"]
    if chosen == OPEN or count <= MOST_OFFERS or any(str(one.version.id) == chosen for one in found):
        return found, count
    rest, _count = ask(offset=MOST_OFFERS, limit=count)
    return found + [one for one in rest if str(one.version.id) == chosen], count


@page(ONESELF)
def mine(request: Request) -> HttpResponse:
    """A customer's orders, newest first; running ones by themselves."""
    which = request.GET.get("which", "running")
    orders = queries.mine(request.actor, running=which != "ended")
    context = {"page": Paginator(orders, 20).get_page(request.GET.get("page")), "which": which}
    return render(request, "orders/mine.html", context)
