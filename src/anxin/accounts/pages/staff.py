"""Who works here in which post: the page of an organisation's head."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.accounts import actions, queries
from anxin.accounts.forms import StaffForm
from anxin.accounts.models import Organisation
from anxin.accounts.pages.edge import layout
from anxin.kit import clock
from anxin.kit.access import Request, holds, page
from anxin.kit.errors import NotFound, Refusal
from anxin.kit.forms import tell
from anxin.kit.models import uuid_or_none
from anxin.kit.redirects import see_other


@page(holds("accounts.appoint"), methods=("GET", "POST"))
def staff(request: Request) -> HttpResponse:
    """List the staff; appoint a colleague by phone number."""
    organisation = _organisation(request)
    at = clock.now()
    form = StaffForm(request.POST or None, kind=organisation.kind)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.appoint_by_phone(
                    **form.cleaned_data, organisation_id=organisation.pk, by=request.actor, at=at
                )
            except Refusal as refusal:
                tell(form, refusal)
                status = refusal.status
            else:
                messages.success(request, _("已任命%(name)s。") % {"name": form.cleaned_data["name"]})
                return see_other(reverse("accounts:staff"))
    context = {
        "organisation": organisation,
        "staff": queries.staff_of(organisation.pk, at),
        "form": form,
        "layout": layout(request),
    }
    return render(request, "accounts/staff.html", context, status=status)


@page(holds("accounts.appoint"), methods=("GET", "POST"))
def dismissal(request: Request, appointment_id: str) -> HttpResponse:
    """Ask once more, then end a colleague's post."""
    key, at = uuid_or_none(appointment_id), clock.now()
    found = [one for one in queries.staff_of(_organisation(request).pk, at) if one.pk == key]
    if not found:
        raise NotFound
    if request.method == "GET":
        context = {"one": found[0], "layout": layout(request)}
        return render(request, "accounts/dismissal.html", context)
    try:
        actions.dismiss(appointment_id=found[0].pk, by=request.actor, at=at)
    except actions.LastHead as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("已免去该岗位，对方立即不能再以此岗位操作。"))
    return see_other(reverse("accounts:staff"))


def _organisation(request: Request) -> Organisation:
    found = Organisation.objects.visible_to(request.actor).filter(pk=request.actor.organisation_id)
    row: Organisation | None = found.first()
    if row is None:
        raise NotFound
    return row
