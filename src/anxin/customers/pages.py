"""A customer's addresses and household."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.customers import actions, queries
from anxin.customers.forms import AddressForm, HousemateForm, WishesForm
from anxin.customers.values import AddressFacts
from anxin.kit import clock
from anxin.kit.access import SIGNED_IN, Request, holds, page
from anxin.kit.errors import NotFound
from anxin.kit.forms import DONE, attempt, sent
from anxin.kit.geo import Point
from anxin.kit.lists import Asked
from anxin.kit.models import uuid_or_none, uuid_or_not_found
from anxin.kit.redirects import next_of, see_other
from anxin.places.public import towns


@page(SIGNED_IN)
def addresses(request: Request) -> HttpResponse:
    """One's own addresses, the default one first."""
    context = {
        "addresses": queries.addresses_of(request.actor),
        "default": queries.default_address_id(request.actor),
    }
    return render(request, "customers/addresses.html", context)


@page(SIGNED_IN, methods=("GET", "POST"))
def add_address(request: Request) -> HttpResponse:
    """Add an address, then go back to where it was needed."""
    target = next_of(request, reverse("customers:addresses"))
    form = AddressForm(sent(request), initial=_known(request))
    status = attempt(form, lambda: actions.add_address(**form.cleaned_data, by=request.actor, at=clock.now()))
    if status == DONE:
        messages.success(request, _("地址已保存。"))
        return see_other(target)
    return _form(request, form, {"next": target}, status)


@page(SIGNED_IN, methods=("GET", "POST"))
def change_address(request: Request, address_id: str) -> HttpResponse:
    """Change an address; orders keep the one they were made with."""
    address = _own(request, address_id)
    default = queries.default_address_id(request.actor) == address.id
    initial = AddressForm.initial_of(address, is_default=default)
    form = AddressForm(sent(request), initial=initial)
    status = attempt(
        form,
        lambda: actions.change_address(
            address_id=address.id, **form.cleaned_data, by=request.actor, at=clock.now()
        ),
    )
    if status == DONE:
        messages.success(request, _("地址已更新。"))
        return see_other(reverse("customers:addresses"))
    return _form(request, form, {"address": address}, status)


@page(SIGNED_IN, methods=("POST",))
def removal(request: Request, address_id: str) -> HttpResponse:
    """Remove an address."""
    actions.remove_address(address_id=_own(request, address_id).id, by=request.actor, at=clock.now())
    messages.success(request, _("地址已删除。"))
    return see_other(reverse("customers:addresses"))


@page(SIGNED_IN, methods=("GET", "POST"))
def household(request: Request) -> HttpResponse:
    """Who lives there; add a person or pet."""
    form = HousemateForm(sent(request))
    status = attempt(
        form, lambda: actions.add_housemate(**form.cleaned_data, by=request.actor, at=clock.now())
    )
    if status == DONE:
        return see_other(reverse("customers:household"))
    return _household(request, form, None, status)


@page(SIGNED_IN, methods=("POST",))
def wishes(request: Request) -> HttpResponse:
    """Change what every helper should know."""
    form = WishesForm(request.POST)
    status = attempt(
        form,
        lambda: actions.change_wishes(wishes=form.cleaned_data["wishes"], by=request.actor, at=clock.now()),
    )
    if status != DONE:
        return _household(request, HousemateForm(), form, status)
    messages.success(request, _("已保存。"))
    return see_other(reverse("customers:household"))


@page(SIGNED_IN, methods=("POST",))
def housemate_removal(request: Request, housemate_id: str) -> HttpResponse:
    """Take a person or pet off the household."""
    key = uuid_or_not_found(housemate_id)
    actions.remove_housemate(housemate_id=key, by=request.actor, at=clock.now())
    return see_other(reverse("customers:household"))


@page(holds("orders.read"))
def clientele(request: Request) -> HttpResponse:
    """An agency's own customers, latest first."""
    asked = Asked.of(request)
    rows = queries.clientele(request.actor, phone=asked.words("q", _("查找客户"), _("完整的手机号")))
    rows = asked.within(rows, "since", asked.days(_("首次接单从"), _("到")))
    return render(request, "customers/clientele.html", {"found": asked.page(rows, 30), "asked": asked})


@page(holds("orders.read"))
def client(request: Request, customer_id: str) -> HttpResponse:
    """One customer of the agency: household and wishes, so that the right person is sent and comes prepared."""
    key = uuid_or_none(customer_id)
    sight = queries.one_of_clientele(key, request.actor) if key else None
    if sight is None:
        raise NotFound
    home = actions.read_household(customer_id=sight.customer_id, by=request.actor, at=clock.now())
    context = {"sight": sight, "household": home}
    return render(request, "customers/client.html", context)


def _own(request: Request, address_id: str) -> AddressFacts:
    key = uuid_or_none(address_id)
    found = queries.address_of(key, by=request.actor) if key else None
    if found is None:
        raise NotFound
    return found


def _known(request: Request) -> dict[str, Any]:
    """What need not be typed again: one's own name and number."""
    known = queries.contact_of(request.actor)
    return {"contact_name": known[0], "contact_phone": known[1]} if known else {}


def _form(request: Request, form: AddressForm, more: dict[str, Any], status: int) -> HttpResponse:
    lat, lng = form["lat"].value(), form["lng"].value()
    try:
        at = Point(float(lat), float(lng))
    except (TypeError, ValueError):
        at = None
    view = {"lat": at.lat, "lng": at.lng, "zoom": 15} if at and at.on_earth else {}
    context = {"form": form, "map_view": json.dumps(view), "towns": _town_pins(), **more}
    return render(request, "customers/address.html", context, status=status)


def _household(request: Request, form: HousemateForm, wishes: WishesForm | None, status: int) -> HttpResponse:
    customer = queries.customer_of(request.actor.person_id)
    found = queries.household_of(customer.pk, by=request.actor) if customer else None
    context = {
        "household": found,
        "form": form,
        "wishes": wishes or WishesForm(initial={"wishes": found.wishes if found else ""}),
    }
    return render(request, "customers/household.html", context, status=status)


def _town_pins() -> list[dict[str, Any]]:
    """The towns as pins: something to find one's way by where the map has no tiles."""
    return [
        {"lat": town.lat, "lng": town.lng, "label": town.name}
        for town in towns(settings.ANXIN_COUNTY_CODE)
        if town.lat is not None
    ]
