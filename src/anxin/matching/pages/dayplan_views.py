"""A day plan as a board (people × hours) and as a map, beside the list; a change of the board is tried before it is
dropped. What is dropped is the form of the list's page: without scripts nothing is missing but the dragging."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from math import hypot
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anxin.kit import clock
from anxin.kit.access import Request, holds, page
from anxin.kit.clock import local
from anxin.kit.errors import NotFound, Refusal
from anxin.kit.geo import Point
from anxin.kit.models import uuid_or_not_found
from anxin.matching import actions, queries
from anxin.matching.engine.dayplan.result import PARTS
from anxin.matching.forms import VisitForm
from anxin.matching.models import DayPlan
from anxin.places import public as places

DISPATCH = holds("orders.dispatch")
VIEWS = {"list": gettext_lazy("清单"), "board": gettext_lazy("看板"), "map": gettext_lazy("地图")}
HOUR = 60
# What a board shows at least, and beside the visits.
EARLY, LATE, SPARE = 8 * HOUR, 18 * HOUR, 2 * HOUR
MAP = (960, 560)
# Routes are told apart by a letter and by a pattern of their line; so many patterns there are.
PATTERNS = 8


def view_of(request: Request) -> str:
    """How the plan is to be shown; the list where nothing else is asked for."""
    wanted = request.POST.get("view") or request.GET.get("view") or "list"
    return wanted if wanted in VIEWS else "list"


@dataclass(frozen=True)
class Placed:
    """A stop on the board: minutes after the board's first midnight hour, of its day."""

    stop: queries.ShownStop
    at: int
    minutes: int


@dataclass(frozen=True)
class Lane:
    """One worker's day on the board; begins, ends: the shift, in minutes of the day."""

    shift: queries.ShownShift
    begins: int
    ends: int
    stops: tuple[Placed, ...]


def board_of(shown: queries.Board) -> dict[str, Any]:
    """The lanes with the hours they span: those of the visits and two more on either side, but at least a working day.
    Minutes count from the local midnight of each lane's day; whoever has nothing to do stands last."""
    visits = [
        (at := _minute(stop.begins, shift.day), at + stop.minutes)
        for shift in shown.shifts
        for stop in shift.stops
        if stop.order
    ]
    first = min([at for at, _ in visits], default=EARLY) // HOUR * HOUR - SPARE
    last = -(-max([end for _, end in visits], default=LATE) // HOUR) * HOUR + SPARE
    first, last = max(0, min(first, EARLY)), max(last, LATE)
    lanes = [_lane(shift, first, last) for shift in sorted(shown.shifts, key=lambda one: not one.visits)]
    return {
        "lanes": lanes, "first": first, "last": last,
        "hours": [(at, f"{at // HOUR % 24}:00") for at in range(first, last, HOUR)],
    }  # fmt: skip


def _lane(shift: queries.ShownShift, first: int, last: int) -> Lane:
    """The part of a worker's day that the board shows."""
    stops = []
    for stop in shift.stops:
        at = _minute(stop.begins, shift.day)
        begins, ends = max(at, first), min(at + stop.minutes, last)
        if begins < ends:
            stops.append(Placed(stop, begins, ends - begins))
    begins, ends = (_minute(moment, shift.day) for moment in (shift.begins, shift.ends))
    return Lane(shift, max(begins, first), min(ends, last), tuple(stops))


def _minute(moment: datetime, day: date) -> int:
    here = local(moment)
    return (here.date() - day).days * 24 * HOUR + here.hour * HOUR + here.minute


Spot = tuple[float, float]
# Around a spot that is taken, in the map's units.
_SIDES = ((1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (-1, 1), (1, 1), (-1, -1))
ASIDE = [(away * x, away * y) for away in (30, 58) for x, y in _SIDES]


@dataclass(frozen=True)
class Mark:
    """A stop on the map; moved aside (from `spot`) where another one stands already."""

    stop: queries.ShownStop
    sign: str
    spot: Spot
    x: float
    y: float

    @property
    def aside(self) -> bool:
        return self.spot != (self.x, self.y)


@dataclass(frozen=True)
class Route:
    """One worker's way on the map: base, doors in order, base."""

    shift: queries.ShownShift
    letter: str
    pattern: int
    path: str
    base: Spot | None
    marks: tuple[Mark, ...]


def map_of(shown: queries.Board, day: date) -> dict[str, Any]:
    """The routes of one day on the outline of the county. One query."""
    shifts = [one for one in shown.shifts if one.day == day and one.visits]
    points: list[Point] = []
    for shift in shifts:
        points += [*([shift.base] if shift.base else []), *(p for stop in shift.stops if (p := stop.point))]
    points += [Point(row.order.lat, row.order.lng) for row in shown.left]
    drawn, spots = places.linan_around(points, *MAP)
    left = iter(spots)
    full: list[Spot] = []
    routes = [_route(shift, number, left, full) for number, shift in enumerate(shifts)]
    return {
        "map": drawn, "routes": routes, "nobody": list(zip(shown.left, left, strict=True)), "day": day,
        "days": sorted({one.day for one in shown.shifts}),
    }  # fmt: skip


def _route(shift: queries.ShownShift, number: int, spots: Iterable[Spot], full: list[Spot]) -> Route:
    taken = iter(spots)
    letter = chr(ord("A") + number % 26) + ("" if number < 26 else str(number // 26))
    base = next(taken) if shift.base else None
    if base:
        full.append(base)
    marks = []
    for place, stop in enumerate((stop for stop in shift.stops if stop.point), start=1):
        spot = next(taken)
        marks.append(Mark(stop, f"{letter}{place}", spot, *_free(spot, full)))
    line = [*([base] if base else []), *(one.spot for one in marks), *([base] if base else [])]
    path = "M" + "L".join("{:g} {:g}".format(*spot) for spot in line) if len(line) > 1 else ""
    return Route(shift, letter, number % PATTERNS, path, base, tuple(marks))


def _free(spot: Spot, full: list[Spot]) -> Spot:
    """The spot, or one beside it where no sign stands yet."""
    tried = [spot, *((spot[0] + x, spot[1] + y) for x, y in ASIDE)]
    found = next((one for one in tried if all(hypot(one[0] - x, one[1] - y) >= 27 for x, y in full)), spot)
    full.append(found)
    return found


def day_of(request: Request, shown: queries.Board) -> date:
    """Which day of the plan the map shows."""
    days = sorted({one.day for one in shown.shifts})
    wanted = request.GET.get("day", "")
    return next(
        (day for day in days if day.isoformat() == wanted), days[0] if days else shown.plan.first_date
    )


def cost_rows(cost: dict[str, float]) -> list[tuple[str, float]]:
    """The parts of a cost, or of a difference, that are not nothing, in words."""
    return [(_(PARTS[part]), round(value, 1)) for part, value in cost.items() if round(value, 1)]


def context_of(request: Request, shown: queries.Board) -> dict[str, Any]:
    """What the chosen view adds to the page of a plan."""
    view = view_of(request)
    context: dict[str, Any] = {"view": view, "views": VIEWS.items()}
    if view == "board":
        return context | board_of(shown)
    return context | map_of(shown, day_of(request, shown)) if view == "map" else context


@page(DISPATCH, methods=("POST",), replay=False)
def trial(request: Request, plan_id: str, order_id: str) -> HttpResponse:
    """What it would cost to drop a visit there, with the form that drops it; nothing is changed."""
    found = queries.day_plan(uuid_or_not_found(plan_id), request.actor)
    if found is None:
        raise NotFound
    form = VisitForm(request.POST)
    context: dict[str, Any] = {"plan": found, "order_id": uuid_or_not_found(order_id), "form": form}
    if not form.is_valid():
        return render(request, "matching/_dayplan_trial.html", context, status=422)
    try:
        context |= _tried(request, found, context["order_id"], form)
    except Refusal as refusal:
        return render(
            request, "matching/_dayplan_trial.html", context | {"refusal": refusal}, status=refusal.status
        )
    return render(request, "matching/_dayplan_trial.html", context)


def _tried(request: Request, found: DayPlan, order_id: Any, form: VisitForm) -> dict[str, Any]:
    _found, tried = actions.change_visit(
        plan_id=found.pk, order_id=order_id, by=request.actor, at=clock.now(), dry=True, **form.asked
    )
    visit = tried.facts.index(str(order_id))
    stop = None if visit is None else tried.drawn.stop_of(visit)
    begins = queries.moment_of(found, stop.begins) if stop else None
    return {
        "begins": begins, "minute": _minute(begins, local(begins).date()) if begins else None, "tried": tried,
        "adds": round(sum(tried.difference.values()), 1), "difference": cost_rows(tried.difference),
    }  # fmt: skip
