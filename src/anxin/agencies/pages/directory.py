"""Pages for anybody: agencies, one agency, one service, offers side by side, what it would cost."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from anxin.agencies import public, queries
from anxin.agencies.forms.public import (
    DirectoryForm,
    EstimateForm,
    OffersForm,
    first_estimate,
    town_choices,
)
from anxin.agencies.models import Agency, ServiceItem
from anxin.agencies.pages.shown import (
    document_shown,
    hours_shown,
    mode_word,
    prices_shown,
    unit_word,
    version_shown,
)
from anxin.agencies.queries import pages as reads
from anxin.agencies.queries.facts import agency_facts, version_facts
from anxin.agencies.values import OfferFacts, Quote, VersionFacts
from anxin.catalogue import public as catalogue
from anxin.catalogue.values import ItemFacts
from anxin.kit import clock
from anxin.kit.access import PUBLIC, Request, page
from anxin.kit.geo import Point
from anxin.kit.inputs import page_number
from anxin.kit.models import uuid_or_none
from anxin.places import public as places

PER_PAGE = 20
MOST_COMPARED = 4


@page(PUBLIC)
def directory(request: Request) -> HttpResponse:
    """All agencies that are live, searchable by name, town and service."""
    towns = town_choices()
    form = DirectoryForm(request.GET, towns=towns)
    asked = form.cleaned_data if form.is_valid() else {}
    rows = reads.directory(
        text=asked.get("q", ""), town_code=asked.get("town", ""), item_code=asked.get("item", "")
    )
    found = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": found,
        "cards": [_card(row) for row in found],
        "filtered": any(asked.values()),
    }
    return render(request, "agencies/directory.html", context)


@page(PUBLIC)
def agency(request: Request, number: str) -> HttpResponse:
    """The public page of one agency: who it is, what was checked, what it offers."""
    at = clock.now()
    row = reads.public_agency(number)
    shown = [document_shown(document, request.actor, at) for document in row.shown]
    codes = {code for service in row.published for code in service.version.towns}
    names = {town.code: town.name for town in places.towns()}
    context = {
        "agency": row,
        "facts": agency_facts(row),
        "mode": mode_word(row),
        "groups": _document_groups(shown),
        "licence": next((d for d in shown if d["row"].kind == "licence"), None),
        "services": [_service_card(service, names) for service in row.published],
        "served": codes,
        "served_names": [names.get(code, code) for code in sorted(codes)],
    }
    return render(request, "agencies/agency.html", context)


@page(PUBLIC)
def service(request: Request, number: str, code: str) -> HttpResponse:
    """One service of one agency: steps, prices in words, where and when, and an estimate."""
    at = clock.now()
    row = reads.public_service(number, code)
    assert row.current is not None
    item = catalogue.item_or_none(code, at)
    towns = town_choices(_("请选择"))
    form, quote = _estimate(request, row, item, towns)
    context = {
        "service": row,
        "agency": row.agency,
        "facts": agency_facts(row.agency),
        "item": item,
        "shown": version_shown(row.current, dict(towns)),
        "form": form,
        "quote": quote,
        "served": set(row.current.towns),
    }
    return render(request, "agencies/service.html", context)


@page(PUBLIC)
def estimate(request: Request, number: str, code: str) -> HttpResponseBase:
    """The lines of an estimate, as a fragment; without scripts the service's page shows them."""
    if not request.htmx:
        return service(request, number, code)
    row = reads.public_service(number, code)
    form, quote = _estimate(
        request, row, catalogue.item_or_none(code, clock.now()), town_choices(_("请选择"))
    )
    context = {"form": form, "quote": quote, "service": row, "agency": row.agency}
    return render(request, "agencies/estimate.html", context)


@page(PUBLIC)
def offers(request: Request, code: str) -> HttpResponse:
    """Who offers one item of the catalogue, where and when asked, in the order asked."""
    at = clock.now()
    item = catalogue.item(code, at)
    towns = town_choices()
    form = OffersForm(request.GET, towns=towns, units=queries.units_offered(item.code))
    number = page_number(request.GET.get("page", ""))
    found: list[OfferFacts] = []
    total = 0
    if form.is_valid():
        town = form.cleaned_data["town"]
        near = places.town_point(town) if town else None
        found, total = public.offers(
            item.code,
            at=at,
            town_code=town,
            span=form.span(item.default_minutes),
            unit=form.cleaned_data["unit"],
            near=Point(near.lat, near.lng) if near else None,
            sort=form.chosen_sort,
            offset=(min(number, 500) - 1) * PER_PAGE,
            limit=PER_PAGE,
        )
    grades = queries.grades([offer.agency.id for offer in found])
    context = {
        "item": item,
        "form": form,
        "page": Paginator(range(total), PER_PAGE).get_page(number),
        "total": total,
        "offers": [
            {
                "offer": offer,
                "grade": grades.get(offer.agency.id),
                "unit": unit_word(offer.version.price_list.unit),
                "hours": [f"{days} {times}" for days, times in hours_shown(offer.version.content.hours)],
            }
            for offer in found
        ],
        "town_name": dict(towns).get(form.data.get("town", ""), ""),
    }
    return render(request, "agencies/offers.html", context)


@page(PUBLIC)
def compare(request: Request) -> HttpResponse:
    """Two to four offers of one item side by side, with the price of the same work."""
    at = clock.now()
    ids = [key for raw in request.GET.getlist("items")[: MOST_COMPARED * 2] if (key := uuid_or_none(raw))]
    found = queries.full(list(dict.fromkeys(ids))[:MOST_COMPARED])
    found, others = queries.comparable(found)
    if not found:
        return render(request, "agencies/compare.html", {"columns": [], "few": True})
    item = catalogue.item_or_none(found[0].version.item_code, at)
    towns = town_choices(_("请选择"))
    prices = found[0].version.price_list
    form = EstimateForm(
        request.GET if "quantity" in request.GET else first_estimate(prices, at),
        prices=prices, towns=towns, minutes=item.default_minutes if item else 120,
    )  # fmt: skip
    form.fields.pop("extras", None)
    grades = queries.grades([offer.agency.id for offer in found])
    columns = [_column(offer, form, dict(towns), grades.get(offer.agency.id)) for offer in found]
    context = {
        "columns": columns,
        "rows": _compared(columns),
        "form": form,
        "item": item,
        "ids": [offer.version.service_id for offer in found],
        "few": len(found) < 2,
        "unit": columns[0]["unit"],
        "others": [
            {"name": one.agency.name, "unit": unit_word(one.version.price_list.unit)} for one in others
        ],
    }
    return render(request, "agencies/compare.html", context)


@page(PUBLIC)
def join(request: Request) -> HttpResponse:
    """What joining needs and costs (nothing), before anybody signs in."""
    return render(request, "agencies/join.html", {"own": reads.own(request.actor)})


def _card(row: Agency) -> dict[str, Any]:
    cheapest = min(
        (service.version for service in row.published), key=lambda v: v.unit_price_fen, default=None
    )
    towns = {code for service in row.published for code in service.version.towns}
    return {
        "agency": row,
        "rating": row.standing.rating,
        "grade": next((document.title for document in row.grades), ""),
        "services": [service.version.name for service in row.published],
        "towns": len(towns),
        "from": cheapest,
        "unit": unit_word(cheapest.unit) if cheapest else "",
    }


def _document_groups(shown: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for kind in ("licence", "qualification", "grade", "honour"):
        for one in shown:
            if one["row"].kind == kind:
                groups.setdefault(one["kind"], []).append(one)
    return list(groups.items())


def _service_card(service: ServiceItem, names: dict[str, str]) -> dict[str, Any]:
    shown = version_shown(service.version, names)
    return {"service": service, "version": service.version, **shown}


def _estimate(
    request: Request, row: ServiceItem, item: ItemFacts | None, towns: list[tuple[str, Any]]
) -> tuple[EstimateForm, Any]:
    assert row.current is not None
    prices = row.current.content.price_list
    asked: Any = request.GET
    if "quantity" not in asked:
        asked = first_estimate(prices, clock.now(), request.GET.get("town", ""))
    form = EstimateForm(asked, prices=prices, towns=towns, minutes=item.default_minutes if item else 120)
    if not form.is_valid():
        return form, None
    row.current.service = row
    return form, _quote(version_facts(row.current), form)


def _quote(offer: VersionFacts, form: EstimateForm) -> Quote | None:
    """The price of what the form asks under a version. One query."""
    try:
        usage = public.usage_for(
            quantity=form.cleaned_data["quantity"],
            headcount=form.cleaned_data.get("headcount") or 1,
            periods=form.periods,
            town_code=form.cleaned_data.get("town", ""),
            extras=form.extra_uses,
        )
        return public.quoted(offer, usage)
    except public.UsageUnfit as refusal:
        form.add_error("quantity", str(refusal))
        return None


def _column(
    offer: OfferFacts, form: EstimateForm, towns: dict[str, str], grade: str | None
) -> dict[str, Any]:
    content = offer.version.content
    own = EstimateForm(form.data, prices=content.price_list, towns=list(towns.items()), minutes=form.minutes)
    own.fields.pop("extras", None)
    quote = _quote(offer.version, own) if own.is_valid() else None
    town = form.data.get("town", "")
    return {
        "offer": offer,
        "grade": grade,
        "unit": unit_word(content.price_list.unit),
        "quote": quote,
        "serves": not town or town in content.towns,
        **_version_words(offer, towns),
    }


def _version_words(offer: OfferFacts, towns: dict[str, str]) -> dict[str, Any]:
    content = offer.version.content
    return {
        "prices": dict(prices_shown(content.price_list, towns)),
        "hours": hours_shown(content.hours),
        "towns": [towns.get(code, code) for code in content.towns],
    }


def _compared(columns: list[dict[str, Any]]) -> list[tuple[str, list[str]]]:
    """Rows of the price part: every name that any of the offers has, with a dash where it has none."""
    names = dict.fromkeys(name for column in columns for name in column["prices"])
    return [(name, [column["prices"].get(name, "—") for column in columns]) for name in names]
