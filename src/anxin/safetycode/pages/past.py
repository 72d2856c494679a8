"""The colour at any past moment, and how it came to be what it is: for the worker, the agency and the issuer."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from anxin.kit import clock
from anxin.kit.access import SIGNED_IN, Request, page
from anxin.kit.errors import NotFound
from anxin.safetycode import queries
from anxin.safetycode.forms import MomentForm
from anxin.safetycode.pages import words
from anxin.safetycode.pages.desk import READERS
from anxin.safetycode.rules.past import Past, changes, judged_at
from anxin.workers.public import Worker, worker_of

SHOWN = 60


def _context(request: Request, worker: Worker) -> dict[str, Any]:
    now = clock.now()
    form = MomentForm(request.GET or None)
    at = form.moment(now) if form.is_valid() else now
    past = queries.past_of(worker.pk)
    return {
        "worker": worker,
        "name": worker.person.name,
        "form": form,
        "at": clock.local(at),
        "shown": words.shown(judged_at(past, at)),
        "issued": bool(past.moves) and past.moves[0].at <= at,
        "rows": _rows(past, now),
    }


def _rows(past: Past, now: datetime) -> list[dict[str, Any]]:
    """The changes, newest first, each with an address that shows the moment itself."""
    found = changes(past, now)[-SHOWN:]
    rows = []
    for row in reversed(found):
        local = clock.local(row.at)
        midnight = (local.hour, local.minute, local.second) == (0, 0, 0)
        # What was shown in the minute after it: a moment within a minute cannot be typed.
        ask = local if midnight else local + timedelta(minutes=1)
        rows.append(
            {
                "at": local,
                "midnight": midnight,
                "ask": f"?day={ask:%Y-%m-%d}&time={ask:%H:%M}",
                "shown": words.shown(row.judgement),
                "causes": words.causes(row.causes),
            }
        )
    return rows


@page(READERS)
def past(request: Request, number: str) -> HttpResponse:
    """One worker's colours: at a moment, and every change with its cause."""
    rows = Worker.objects.visible_to(request.actor).select_related("person")
    worker = rows.filter(number=number).first()
    if worker is None:
        raise NotFound
    context = _context(request, worker)
    return _private(
        render(request, "safetycode/past.html", context | {"base": "web/desk.html", "own": False})
    )


@page(SIGNED_IN)
def mine(request: Request) -> HttpResponse:
    """The same for the worker themself."""
    worker = worker_of(request.actor.person_id)
    if worker is None:
        raise NotFound
    context = _context(request, worker)
    return _private(
        render(request, "safetycode/past.html", context | {"base": "web/phone.html", "own": True})
    )


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    return response
