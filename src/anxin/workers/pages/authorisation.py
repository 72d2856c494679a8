"""The credit-information authorisation: reading, signing, taking back; the paper for those who may see it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.accounts import public as accounts
from anxin.accounts.values import Purpose
from anxin.audit.public import record
from anxin.kit import clock
from anxin.kit.access import SIGNED_IN, Request, page
from anxin.kit.errors import NotFound, Refusal
from anxin.kit.forms import DONE, attempt, sent
from anxin.kit.masks import mask_phone
from anxin.kit.redirects import see_other
from anxin.workers import actions
from anxin.workers.forms.archive import AuthorisationForm
from anxin.workers.models import Authorisation
from anxin.workers.pages.archive import attached, mine
from anxin.workers.queries.archive import authorisations
from anxin.workers.queries.leaving import code_stops, leaving
from anxin.workers.states import AUTHORISATION_STATE_LABELS, AuthorisationState
from anxin.workers.values.archive import (
    AUTHORISATION_NOW,
    ITEM_LABELS,
    ITEM_WORDS,
    NECESSARY,
    SEPARATE,
    ArchiveItem,
)


def _items(given: frozenset[ArchiveItem]) -> list[dict[str, Any]]:
    return [
        {
            "code": str(item), "label": _(ITEM_LABELS[item]), "words": _(ITEM_WORDS[item]), "given": item in given,
            "necessary": item in NECESSARY, "sensitive": item in SEPARATE,
        }
        for item in ArchiveItem
    ]  # fmt: skip


def _given(row: Authorisation | None) -> frozenset[ArchiveItem]:
    if row is None:
        return frozenset()
    rows = row.all_items  # type: ignore[attr-defined]
    return frozenset(ArchiveItem(one.item) for one in rows if one.withdrawn_at is None)


@page(SIGNED_IN)
def authorisation(request: Request) -> HttpResponse:
    """What I authorised, item by item, with a button to take each back; and what I signed before."""
    worker = mine(request)
    rows = list(authorisations(request.actor).filter(worker=worker).defer("document", "picture"))
    signed = next((row for row in rows if row.state == AuthorisationState.SIGNED), None)
    past = [
        (row, _(AUTHORISATION_STATE_LABELS[AuthorisationState(row.state)]))
        for row in rows
        if row is not signed
    ]
    context = {
        "signed": signed, "items": _items(_given(signed)), "past": past, "text": AUTHORISATION_NOW,
        "missing": [one for one in _items(_given(signed)) if one["necessary"] and not one["given"]],
    }  # fmt: skip
    return render(request, "workers/authorisation.html", context)


# The form's own key is for signing; how often a code is sent is limited for itself.
@page(SIGNED_IN, methods=("POST",), replay=False)
def code(request: Request) -> HttpResponse:
    """Send the one-time code for signing; then back to the signing page, with all that was typed there."""
    try:
        phone = actions.send_authorisation_code(by=request.actor, at=clock.now())
        told, error = _("验证码已发送到 %(phone)s，5 分钟内有效。") % {"phone": phone}, ""
    except Refusal as refusal:
        told, error = "", str(refusal)
    if request.htmx:
        return render(request, "workers/_code.html", {"told": told, "error": error})
    return _signing(request, AuthorisationForm(initial=_first(request)), 422 if error else 200, told, error)


@page(SIGNED_IN, methods=("GET", "POST"))
def signature(request: Request) -> HttpResponse:
    """Read, tick, sign by hand, confirm by the one-time code."""
    form = AuthorisationForm(sent(request), initial=_first(request))
    status = attempt(form, lambda: _sign(request, form))
    if status == DONE:
        messages.success(request, _("授权书已签署。可以随时在这里撤回全部或任何一项。"))
        return see_other(reverse("workers:authorisation"))
    return _signing(request, form, status)


def _first(request: Request) -> dict[str, Any]:
    # Nothing is ticked beforehand: a consent is an act (个人信息保护法 art. 14).
    typed = {"version": AUTHORISATION_NOW.version} | request.POST.dict()
    return typed | {"items": request.POST.getlist("items")}


def _sign(request: Request, form: AuthorisationForm) -> None:
    given = form.cleaned_data
    actions.sign_authorisation(
        items=form.given(), version=given["version"], drawn=given["drawn"], written=given["written"],
        code=given["code"], consents={one: accounts.ticked(request, one) for one in Purpose},
        user_agent=request.headers.get("User-Agent", ""), by=request.actor, at=clock.now(),
    )  # fmt: skip


def _signing(
    request: Request, form: AuthorisationForm, status: int, told: str = "", error: str = ""
) -> HttpResponse:
    worker, agency = actions.signable(request.actor, clock.now())
    ticked = frozenset(ArchiveItem(one) for one in (form["items"].value() or []) if one in set(ArchiveItem))
    context = {
        "form": form, "agency": agency, "worker": worker, "phone": mask_phone(worker.person.phone),
        "items": _items(ticked), "text": AUTHORISATION_NOW, "told": told, "error": error,
    }  # fmt: skip
    return render(request, "workers/signature.html", context, status=status)


@page(SIGNED_IN, methods=("GET", "POST"))
def withdrawal(request: Request) -> HttpResponse:
    """Take back one item or the whole: what it means first. As easy as giving: no code, no signature."""
    worker, asked = mine(request), request.POST.getlist("items") or request.GET.getlist("items")
    items = frozenset(ArchiveItem(one) for one in asked if one in set(ArchiveItem))
    if request.method == "POST":
        try:
            actions.withdraw_authorisation(items=items or None, by=request.actor, at=clock.now())
            messages.success(request, _("已撤回，从现在起不再提供查看。"))
        except Refusal as refusal:
            messages.error(request, str(refusal))
        return see_other(reverse("workers:authorisation"))
    told = leaving(worker.pk, clock.now())
    everything = not items or ArchiveItem.BASIC in items
    taken = frozenset(ArchiveItem) if everything else items
    context = {
        "items": [one for one in _items(taken) if one["given"]], "asked": sorted(items), "everything": everything,
        "stops": code_stops(taken, bool(told.colour)), "visits": told.visits,
    }  # fmt: skip
    return render(request, "workers/withdrawal.html", context)


@page(SIGNED_IN)
def document(request: Request, number: str) -> HttpResponse:
    """The signed paper, for the worker, the agency that it names, and those who look after the code while it holds."""
    row = authorisations(request.actor).filter(number=number).first()
    own = row is not None and row.worker.person_id == request.actor.person_id
    if row is None or row.document is None or not (own or row.state == AuthorisationState.SIGNED):
        raise NotFound
    record(
        "workers.read_authorisation", by=request.actor, at=clock.now(), subject="worker",
        subject_id=row.worker_id, detail={"authorisation": row.number},
    )  # fmt: skip
    return attached(row.read(), f"{_('信用信息授权书')}-{row.number}.pdf")
