"""The order on one sheet of paper (服务单): what is to be done, where, and where both sign."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from anxin.agencies import public as agencies
from anxin.kit.access import Request, page
from anxin.kit.errors import NotFound
from anxin.orders import public as orders
from anxin.orders.values import Side
from anxin.web.pages.order import PARTY, context_of


@dataclass(frozen=True)
class Line:
    """One line of the checklist; `done_at` None: still to be done."""

    words: str
    photo: bool
    done_at: datetime | None = None
    note: str = ""


@page(PARTY)
def sheet(request: Request, number: str) -> HttpResponse:
    """For the worker who goes and the agency that sends; it shows what the reader's page of the order shows."""
    found = orders.by_number(number, request.actor)
    side = orders.side_of(found, request.actor) if found else None
    if found is None or side not in (Side.WORKER, Side.AGENCY):
        raise NotFound
    context = context_of(found, side, request)
    context["lines"] = _lines(found, context["steps"])
    context["provider"] = found.provider.name if found.provider else ""
    answer = render(request, "web/order/sheet.html", context)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _lines(found: orders.Order, steps: list[tuple[Any, list[str]]]) -> list[Line]:
    """The checklist as it is kept; before the visit, as the specification will make it."""
    if steps:
        return [Line(step.text, step.needs_photo, step.done_at, step.note) for step, _photos in steps]
    if found.version_id is None:
        return []
    specification = agencies.frozen_version(found.version_id).content.specification
    return [Line(step.title, step.photo) for step in specification]
