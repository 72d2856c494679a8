"""The worker's own code, to be shown at the door."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from anxin.kit import clock
from anxin.kit.access import SIGNED_IN, Request, page
from anxin.safetycode import queries
from anxin.safetycode.engine.picture import svg_uri
from anxin.safetycode.models import SafetyCode
from anxin.safetycode.pages import asks, words
from anxin.safetycode.queries.tokens import display_token, spelled
from anxin.safetycode.rules import colour
from anxin.workers.public import affiliation_of, worker_of


def scan_url(token: str) -> str:
    """The address that a QR code carries."""
    return settings.ANXIN_ORIGIN + reverse("safetycode:scan", args=[token])


def _context(request: Request) -> dict[str, Any]:
    at = clock.now()
    worker = worker_of(request.actor.person_id)
    if worker is None:
        return {"worker": None}
    facts = queries.facts_of([worker.pk])[worker.pk]
    judgement = colour(facts, clock.local_date(at))
    code: SafetyCode | None = queries.code_of(worker.pk)
    token = display_token(code, at) if code else ""
    signed = queries.signed_code(code, facts, at) if code else ""
    return {
        "worker": worker,
        "name": worker.person.name,
        "code": code,
        "shown": words.shown(judgement),
        "papers": words.papers(queries.paper_rows(facts.papers, judgement.day)),
        "agency": affiliation_of(worker.pk, at),
        "token": spelled(token) if token else "",
        "picture": svg_uri(scan_url(token), judgement.colour) if token else "",
        "signed": signed,
        "signed_picture": svg_uri(signed, judgement.colour) if signed else "",
        "at": clock.local(at),
    }


@page(SIGNED_IN)
def mine(request: Request) -> HttpResponse:
    """Full screen: colour, word, shape, a code that changes every minute, and why it has this colour."""
    return _private(render(request, "safetycode/mine.html", _context(request) | asks.waiting(request)))


@page(SIGNED_IN)
def live(request: Request) -> HttpResponse:
    """The panel alone, fetched again every 30 s."""
    return _private(render(request, "safetycode/_panel.html", _context(request)))


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    return response
