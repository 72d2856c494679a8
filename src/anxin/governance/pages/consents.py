"""What I agreed to: each purpose by itself, given and taken back in one step."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.accounts import public as accounts
from anxin.accounts.values import ASKED, Purpose
from anxin.governance.pages.edge import layout
from anxin.governance.queries import consents
from anxin.kit import clock
from anxin.kit.access import SIGNED_IN, Request, page
from anxin.kit.errors import NotFound, Refusal
from anxin.kit.redirects import see_other


@page(SIGNED_IN)
def mine(request: Request) -> HttpResponse:
    """Every purpose with its present text, what taking it back does, and what I decided before."""
    person_id = request.actor.person
    context = {
        "standing": consents.standing(person_id), "layout": layout(request),
        "history": [(row, ASKED[Purpose(row.purpose)].title) for row in accounts.consent_history(request.actor)[:50]],
    }  # fmt: skip
    return render(request, "governance/consents.html", context)


@page(SIGNED_IN, methods=("POST",))
def give(request: Request, purpose: str) -> HttpResponse:
    """Agree to the version that was read."""
    found, version = _purpose(purpose), request.POST.get("version", "")
    try:
        accounts.give_consent(
            purpose=found,
            version=int(version) if version.isdecimal() else 0,
            by=request.actor,
            at=clock.now(),
        )
        messages.success(request, _("已记录您的同意。"))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return see_other(reverse("governance:consents"))


@page(SIGNED_IN, methods=("POST",))
def take_back(request: Request, purpose: str) -> HttpResponse:
    """Take it back."""
    accounts.withdraw_consent(purpose=_purpose(purpose), by=request.actor, at=clock.now())
    messages.success(request, _("已撤回。"))
    return see_other(reverse("governance:consents"))


def _purpose(text: str) -> Purpose:
    if text not in list(Purpose):
        raise NotFound
    return Purpose(text)
