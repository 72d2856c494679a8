"""A whole card: asked for by who scanned, agreed to by the worker; or shown to the customer of a running order."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from anxin.kit import clock
from anxin.kit.access import PUBLIC, SIGNED_IN, Request, page
from anxin.kit.errors import NotFound, Refusal
from anxin.kit.models import uuid_or_not_found
from anxin.policies.public import read
from anxin.safetycode import actions, queries
from anxin.safetycode.models import SafetyCode
from anxin.safetycode.pages.look import card_context, no_store
from anxin.safetycode.values import HOTLINE
from anxin.workers.public import worker_of


def _refused(request: Request, refusal: Refusal) -> HttpResponse:
    context = {"refusal": refusal, "kind": "busy", "hotline": read(HOTLINE, at=clock.now())}
    return no_store(render(request, "safetycode/refused.html", context, status=refusal.status))


@page(PUBLIC, methods=("POST",))
def ask(request: Request, token: str) -> HttpResponse:
    """Ask the worker; the number that both screens show follows."""
    at = clock.now()
    try:
        actions.count_look(address=request.META.get("REMOTE_ADDR", ""), at=at)
        _row, key = actions.ask(token=token, by=request.actor, at=at)
    except Refusal as refusal:
        return _refused(request, refusal)
    return redirect("safetycode:asked", key=key)


@page(PUBLIC)
def asked(request: Request, key: str) -> HttpResponse:
    """The number to compare, and how the ask stands; asks again by itself."""
    row = queries.ask_of(key)
    if row is None:
        raise NotFound
    context = {"ask": row, "state": queries.state_of(row, clock.now()), "key": key}
    name = "safetycode/_asked.html" if request.htmx else "safetycode/asked.html"
    return no_store(render(request, name, context))


@page(PUBLIC, methods=("POST",))
def opening(request: Request, key: str) -> HttpResponse:
    """The whole card, once."""
    try:
        row = actions.open_whole(key=key, by=request.actor, at=clock.now())
    except Refusal as refusal:
        return _refused(request, refusal)
    return _whole(request, row.code)


def _whole(request: Request, code: SafetyCode) -> HttpResponse:
    at = clock.now()
    card = queries.ecards([code.worker_id], at, masked=False)[code.worker_id]
    return no_store(render(request, "safetycode/whole.html", card_context(request, card, code)))


@page(SIGNED_IN)
def whole(request: Request, token: str) -> HttpResponse:
    """The whole card for whom a higher area has found entitled: the customer of a running order."""
    worker_id = queries.whole_of(token, request.actor.person_id)
    code = queries.code_of(worker_id) if worker_id else None
    if code is None:
        raise NotFound
    actions.note_whole(code=code, how="order", by=request.actor, at=clock.now())
    return _whole(request, code)


def waiting(request: Request) -> dict[str, Any]:
    """What the worker's own page shows of it."""
    worker = worker_of(request.actor.person_id)
    if worker is None:
        return {"asks": []}
    return {
        "asks": queries.waiting_asks(worker.pk, clock.now()),
        "topic": f"code:{worker.pk}",
        "again": reverse("safetycode:asks"),
    }


@page(SIGNED_IN)
def mine(request: Request) -> HttpResponse:
    """Who asks to see the worker's whole card now."""
    return no_store(render(request, "safetycode/_asks.html", waiting(request)))


@page(SIGNED_IN, methods=("POST",))
def answer(request: Request, ask_id: str) -> HttpResponse:
    """The worker's word."""
    granted = request.POST.get("answer") == "yes"
    actions.answer(ask_id=uuid_or_not_found(ask_id), granted=granted, by=request.actor, at=clock.now())
    return redirect("safetycode:mine")
