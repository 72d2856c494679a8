"""Who works here in which post, for an organisation's head; and all organisations, for who appoints everywhere."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from anxin.accounts import actions, queries
from anxin.accounts.forms import FoundForm, StaffForm
from anxin.accounts.models import Appointment, Organisation
from anxin.accounts.pages.edge import layout
from anxin.accounts.values import KIND_LABELS, OrganisationKind
from anxin.kit import clock
from anxin.kit.access import Request, holds, page
from anxin.kit.errors import NotFound
from anxin.kit.forms import DONE, attempt, sent
from anxin.kit.lists import Asked
from anxin.kit.models import uuid_or_none
from anxin.kit.redirects import see_other
from anxin.places import public as places

APPOINT = holds("accounts.appoint")
ORGANISE = holds("accounts.organise")
PER_PAGE = 30


@page(APPOINT, methods=("GET", "POST"))
def staff(request: Request) -> HttpResponse:
    """List the staff of one's own organisation; appoint a colleague by phone number."""
    return _staff(request, _organisation(request, request.actor.organisation_id), reverse("accounts:staff"))


@page(ORGANISE, methods=("GET", "POST"))
def organisation(request: Request, organisation_id: str) -> HttpResponse:
    """The same of any organisation."""
    row = _organisation(request, uuid_or_none(organisation_id))
    return _staff(request, row, reverse("accounts:organisation", args=[row.pk]))


@page(ORGANISE, methods=("GET", "POST"))
def organisations(request: Request) -> HttpResponse:
    """Every organisation by kind and name; enter a new one."""
    at, city = clock.now(), settings.ANXIN_CITY_CODE
    regions = [(city, _("全市")), *((one.code, one.name) for one in places.counties(city))]
    form = FoundForm(sent(request), regions=regions)
    found: list[Organisation] = []

    def enter() -> None:
        data = form.cleaned_data
        found.append(actions.found_organisation(**data, city_code=city, by=request.actor, at=at))

    status = attempt(form, enter)
    if status == DONE:
        messages.success(request, _("单位已登记。请任命它的负责人。"))
        return see_other(reverse("accounts:organisation", args=[found[0].pk]))
    asked = Asked.of(request)
    text = asked.words("q", pgettext("many", "单位"), _("名称"))
    kind = asked.pick("kind", _("类别"), [(str(k), _(words)) for k, words in KIND_LABELS.items()])
    rows = asked.page(queries.organisations_for(request.actor, text=text, kind=kind), PER_PAGE)
    names = dict(regions)
    context = {
        "asked": asked, "page": rows, "form": form, "layout": layout(request),
        "rows": [(one, _(KIND_LABELS[OrganisationKind(one.kind)]), names.get(one.region, "")) for one in rows],
    }  # fmt: skip
    return render(request, "accounts/organisations.html", context, status=status)


def _staff(request: Request, row: Organisation, here: str) -> HttpResponse:
    at = clock.now()
    form = StaffForm(sent(request), kind=row.kind)
    status = attempt(form, lambda: _appoint(form.cleaned_data, row, request, at))
    if status == DONE:
        messages.success(request, _("已任命%(name)s。") % {"name": form.cleaned_data["name"]})
        return see_other(here)
    context = {
        "organisation": row,
        "staff": [*queries.staff_of(row.pk, at), *queries.suspended_in(row.pk, at)],
        "form": form,
        "layout": layout(request),
    }
    return render(request, "accounts/staff.html", context, status=status)


def _appoint(typed: dict[str, Any], row: Organisation, request: Request, at: Any) -> None:
    actions.appoint_by_phone(**typed, organisation_id=row.pk, by=request.actor, at=at)


@page(APPOINT, methods=("GET", "POST"))
def dismissal(request: Request, appointment_id: str) -> HttpResponse:
    """Ask once more, then end a colleague's post, or anybody's for who appoints everywhere."""
    key, at = uuid_or_none(appointment_id), clock.now()
    one = queries.staff_for(request.actor, at).filter(pk=key).first() if key else None
    if one is None:
        raise NotFound
    back = _back(request, one)
    if request.method == "GET":
        return render(
            request, "accounts/dismissal.html", {"one": one, "back": back, "layout": layout(request)}
        )
    try:
        actions.dismiss(appointment_id=one.pk, by=request.actor, at=at)
    except actions.LastHead as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("已免去该岗位，对方立即不能再以此岗位操作。"))
    return see_other(back)


def _back(request: Request, one: Appointment) -> str:
    if one.organisation_id == request.actor.organisation_id:
        return reverse("accounts:staff")
    return reverse("accounts:organisation", args=[one.organisation_id])


def _organisation(request: Request, key: Any) -> Organisation:
    found = Organisation.objects.visible_to(request.actor).filter(pk=key) if key else None
    row: Organisation | None = found.first() if found is not None else None
    if row is None:
        raise NotFound
    return row
