"""Finding help along four ways: one's own words, the service, the worker, the agency (E-5)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.agencies import public as agencies
from anxin.agencies.values import PER_WORKER
from anxin.catalogue import public as catalogue
from anxin.catalogue.values import Channel, ItemFacts
from anxin.customers import public as customers
from anxin.customers.values import AddressFacts
from anxin.kit import clock, handing
from anxin.kit.access import PUBLIC, Request, page
from anxin.kit.geo import Point
from anxin.kit.redirects import see_other
from anxin.matching.engine.words import Budget, Field, Place, Understood, answers, first_visit
from anxin.matching.forms import UnderstoodForm, WordsForm, WorkersForm
from anxin.matching.pages import understood as shown
from anxin.matching.queries import finding, words
from anxin.matching.values import Order
from anxin.places import public as places

SAID, CHOSEN = "find.words", "find.chosen"
SHOWN = 10


@page(PUBLIC, methods=("GET", "POST"), replay=False)
def find(request: Request) -> HttpResponse:
    """One's own words, and what was understood of them. Posted, so that they stand in no address and no log."""
    at = clock.now()
    if request.method == "POST":
        form = WordsForm(request.POST)
        if not form.is_valid():
            return render(request, "matching/find.html", {"words_form": form}, status=422)
        handing.hand(request.session, SAID, {"words": form.cleaned_data["words"]}, at.timestamp())
        handing.drop(request.session, CHOSEN)
        return see_other(reverse("matching:find"))
    text = _said(request, at)
    if not text:
        return render(request, "matching/find.html", {"words_form": WordsForm()})
    return render(request, "matching/find.html", _understood(request, text, at))


def _said(request: Request, at: datetime) -> str:
    return str(handing.handed(request.session, SAID, at.timestamp()).get("words", ""))


def _understood(request: Request, text: str, at: datetime) -> dict[str, Any]:
    """The page with what was understood, or with the corrections that were typed."""
    said = words.understood(text, at)
    items = catalogue.items(at)
    codes = [one.value.code for one in said.of(Field.PLACE) if one.value.code]
    names = {one.code: _(one.name) for one in items} | places.named(codes)
    addresses = _addresses(request)
    form = UnderstoodForm(
        request.POST or None, items=[one for one in items if one.channel is Channel.ORDER],
        towns=list(_towns().items()), today=clock.local_date(at), facts=shown.facts(said, names),
        # Whoever comes back to change something finds their corrections.
        initial=_initial(said, addresses, at) | handing.handed(request.session, CHOSEN, at.timestamp()),
    )  # fmt: skip
    services = [(one.value, names.get(one.value, "")) for one in said.of(Field.SERVICE)]
    doubts = [(code, names[code]) for one in said.of(Field.SERVICE) for code in one.others if code in names]
    meant = said.first(Field.SERVICE)
    outlet = next((one for one in items if one.code == meant and one.channel is Channel.OUTLET), None)
    return {
        "words_form": WordsForm(initial={"words": text}), "form": form, "said": said, "services": services,
        "doubts": doubts, "outlet": outlet, **shown.told(said),
    }  # fmt: skip


def _towns() -> dict[str, str]:
    return {town.code: town.name for town in places.towns()}


def _addresses(request: Request) -> list[AddressFacts]:
    return customers.addresses_of(request.actor) if request.actor.person_id else []


def _initial(said: Understood, addresses: list[AddressFacts], at: datetime) -> dict[str, Any]:
    visit = first_visit(said, clock.local_date(at))
    place: Place | None = said.first(Field.PLACE)
    known = _towns()
    town = place.code[:9] if place and place.code[:9] in known else ""
    home = addresses[0].town_code if addresses else ""
    budget: Budget | None = said.first(Field.BUDGET)
    return {
        "item": said.first(Field.SERVICE) or "", "town": town or (home if home in known else ""), "day": visit.day,
        "start": visit.start_text, "hours": f"{visit.hours:g}" if visit.hours else None,
        # The form's budget is for the whole demand; a wage by the hour or month stays in the words.
        "budget": f"{budget.high / 100:g}" if budget and budget.high and not budget.unit else None,
        "kept": [f"{one.field}-{one.start}" for one in said.pieces], "wishes": shown.without_aside(said),
    }  # fmt: skip


@page(PUBLIC, methods=("POST",), replay=False)
def choose(request: Request) -> HttpResponse:
    """What was understood, corrected: on to those who fit, or to the filled-in demand."""
    at = clock.now()
    text = _said(request, at)
    if not text:
        return see_other(reverse("matching:find"))
    context = _understood(request, text, at)
    form: UnderstoodForm = context["form"]
    if not form.is_valid():
        return render(request, "matching/find.html", context, status=422)
    names = ("item", "town", "day", "start", "hours", "budget", "wishes")
    chosen: dict[str, Any] = {name: request.POST.get(name, "") for name in names}
    chosen["kept"] = request.POST.getlist("kept")
    handing.hand(request.session, CHOSEN, chosen, at.timestamp())
    item = catalogue.item(form.cleaned_data["item"], at)
    kept = set(form.cleaned_data.get("kept") or ())
    _hand_over(request, item, form, shown.dropped(context["said"], kept), at)
    if request.POST.get("do") == "ask":
        return see_other(reverse("orders:ask_item", args=[item.code]))
    return see_other(reverse("matching:results"))


def _hand_over(
    request: Request, item: ItemFacts, form: UnderstoodForm, said: Understood, at: datetime
) -> None:
    """The fields of the demand's form, under the names it has."""
    data = form.cleaned_data
    fields: dict[str, Any] = {
        "day": data["day"].isoformat() if data["day"] else "", "start": data["start"], "town": data["town"],
        "hours": str(data["hours"]) if data["hours"] else "", "wishes": data["wishes"],
        "budget": f"{data['budget']:g}" if data["budget"] else "",
    }  # fmt: skip
    fields |= {f"q_{code}": value for code, value in answers(said, item.code, item.questions).items()}
    if item.unit in PER_WORKER and (said.first(Field.PEOPLE) or 1) > 1:
        # More than two are asked for in the words themselves, which go along.
        fields["headcount"] = "2"
    handing.hand(request.session, f"ask.{item.code}", {k: v for k, v in fields.items() if v}, at.timestamp())


@page(PUBLIC)
def results(request: Request) -> HttpResponse:
    """Agencies and workers that fit what was said, near first; the way to the filled-in demand."""
    at = clock.now()
    chosen = handing.handed(request.session, CHOSEN, at.timestamp())
    if not chosen:
        return see_other(reverse("matching:find"))
    items = [one for one in catalogue.items(at) if one.channel is Channel.ORDER]
    form = WorkersForm(chosen, items=items, towns=list(_towns().items()), today=clock.local_date(at))
    if not form.is_valid():
        return see_other(reverse("matching:find"))
    context = _fitting(request, form, items, at)
    offers, count = agencies.offers(
        context["item"].code, at=at, town_code=form.cleaned_data["town"], span=context["span"], near=context["near"],
        sort=agencies.Sort.DISTANCE, limit=SHOWN,
    )  # fmt: skip
    return render(request, "matching/results.html", context | {"offers": offers, "offer_count": count})


def _fitting(request: Request, form: WorkersForm, items: list[ItemFacts], at: datetime) -> dict[str, Any]:
    data = form.cleaned_data
    item = next(one for one in items if one.code == data["item"])
    span = form.span(max(item.default_minutes, 30))
    point = places.town_point(data["town"])
    near = Point(point.lat, point.lng) if point else None
    listed, count = finding.listed_workers(
        item,
        town_code=data["town"],
        span=span,
        near=near,
        sort=form.chosen_sort,
        at=at,
        limit=SHOWN * 2,
        household=customers.customer_id_of(request.actor),
    )
    return {
        "form": form, "item": item, "span": span, "near": near, "workers": listed, "worker_count": count,
        "town_name": dict(form.fields["town"].choices).get(data["town"], ""),  # type: ignore[attr-defined]
    }  # fmt: skip


@page(PUBLIC)
def workers(request: Request) -> HttpResponse:
    """By worker: those who agreed to be listed, on their public cards. Its address carries choices, never words."""
    at = clock.now()
    items = [one for one in catalogue.items(at) if one.channel is Channel.ORDER]
    towns = _towns()
    home = next((one.town_code for one in _addresses(request) if one.town_code in towns), "")
    asked = {
        "item": items[0].code if items else "",
        "town": home or next(iter(towns), ""),
        "sort": str(Order.NEAREST),
    }
    asked |= {name: str(value) for name, value in request.GET.items() if value}
    form = WorkersForm(asked, items=items, towns=list(towns.items()), today=clock.local_date(at))
    context = (
        _fitting(request, form, items, at)
        if form.is_valid()
        else {"form": form, "workers": [], "worker_count": 0}
    )
    return render(request, "matching/workers.html", context, status=200 if form.is_valid() else 422)
