"""Where a worker stood for an order, and which gate kept them out of one that they were not given."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.kit import clock
from anxin.kit.access import SIGNED_IN, Request, page
from anxin.kit.errors import NotFound
from anxin.kit.lists import Asked
from anxin.matching import queries
from anxin.matching.pages.choosing import kept_scores, score_rows
from anxin.orders import public as orders
from anxin.places import public as places
from anxin.workers import public as workers
from anxin.workers.values import GATE_LABELS, GATE_OPENERS, Gate

# Where the worker opens a gate.
_WHERE = {
    Gate.ACTIVE: "accounts:me", Gate.SKILL: "workers:skills", Gate.AREA: "workers:areas",
    Gate.SHIFT: "workers:shifts", Gate.HEALTH: "workers:papers", Gate.INSURANCE: "workers:papers",
    Gate.CERTIFICATES: "workers:papers", Gate.FREE: "workers:week", Gate.TRAVEL: "workers:week",
    Gate.HOURS: "workers:week", Gate.GREEN: "safetycode:mine",
}  # fmt: skip
PER_PAGE = 30


def _worker(request: Request) -> workers.Worker:
    worker = workers.worker_of(request.actor.person_id)
    if worker is None or request.actor.organisation_id:
        raise NotFound
    return worker


@page(SIGNED_IN)
def passed_over(request: Request) -> HttpResponse:
    """Orders of the worker's agency or towns that they were not chosen for, each leading to why."""
    rows = Asked.of(request).page(orders.passed_over(_worker(request), clock.now()), PER_PAGE)
    towns = places.named({order.town_code for order in rows})
    context = {"page": rows, "rows": [(order, towns.get(order.town_code, "")) for order in rows]}
    return render(request, "matching/passed_over.html", context)


@page(SIGNED_IN)
def standing(request: Request, number: str) -> HttpResponse:
    """Where this worker stood for an order of theirs, and by which components (E-6); of another order of their agency
    or towns, which gates keep them out now and what opens each, or where they stand."""
    worker = _worker(request)
    order = orders.by_number(number, request.actor)
    mine = next((a for a in order.assignments.all() if a.worker_id == worker.pk), None) if order else None
    if order is None or mine is None:
        return render(request, "matching/why_not.html", _why_not(number, worker))
    context = {
        "order": order, "total": mine.score.get("total"), "scores": kept_scores(mine.score),
        "place": mine.score.get("place"), "of": mine.score.get("of"),
    }  # fmt: skip
    return render(request, "matching/standing.html", context)


def _why_not(number: str, worker: workers.Worker) -> dict[str, Any]:
    at = clock.now()
    order = orders.passed_over_one(number, worker, at)
    if order is None:
        raise NotFound
    found = queries.why_not(order, worker.pk, at)
    return {
        "item_name": order.item_name, "starts_at": order.starts_at, "ends_at": order.ends_at,
        "town": places.named([order.town_code]).get(order.town_code, ""), "open": order.provider_id is None,
        "gates": [gate_row(gate) for gate in found.gates], "place": found.place, "of": found.of,
        "scores": score_rows(found.ranked) if found.ranked else [],
        "total": found.ranked.total if found.ranked else None,
    }  # fmt: skip


def gate_row(gate: Gate) -> dict[str, str]:
    """A gate that stops the worker: which, what would open it, and where."""
    where = _WHERE.get(gate)
    return {
        "gate": str(gate), "reason": _(GATE_LABELS[gate]), "opens": _(GATE_OPENERS[gate]),
        "href": reverse(where) if where else "",
    }  # fmt: skip
