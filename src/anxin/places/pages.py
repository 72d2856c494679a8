"""Villages of a town for address forms; the operator's calendar and points."""

from calendar import Calendar
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.kit import clock
from anxin.kit.access import PUBLIC, Request, holds, page
from anxin.kit.errors import Refusal
from anxin.kit.forms import tell
from anxin.kit.redirects import see_other
from anxin.places import actions, queries
from anxin.places.forms import DayForm, PointForm
from anxin.places.values import LINAN, MANAGE


@page(PUBLIC)
def villages(request: Request) -> HttpResponse:
    """The villages of ?town_code= as options of a select, for HTMX; without it an empty choice alone."""
    town = request.GET.get("town_code") or request.GET.get("town", "")
    return render(request, "places/village_options.html", {"villages": queries.villages(town[:9])})


@page(PUBLIC)
def outline(request: Request) -> HttpResponse:
    """The outline of Lin'an, which a map shows where the operator has no tiles."""
    answer = JsonResponse(queries.linan_geojson())
    answer.headers["Cache-Control"] = "public, max-age=86400"
    return answer


@page(holds(MANAGE))
def calendar(request: Request) -> HttpResponse:
    """The working-day calendar of a year."""
    return _calendar(request, DayForm(), _year(request))


@page(holds(MANAGE), methods=("POST",))
def set_day(request: Request) -> HttpResponse:
    """Say what a day is, or take an exception back."""
    form = DayForm(request.POST)
    if not form.is_valid():
        return _calendar(request, form, _year(request), status=422)
    day, kind, reason = (form.cleaned_data[name] for name in ("day", "kind", "reason"))
    given: dict[str, Any] = {"day": day, "reason": reason, "by": request.actor, "at": clock.now()}
    try:
        if kind is None:
            actions.clear_day(**given)
        else:
            actions.set_day(kind=kind, festival=form.cleaned_data["festival"], **given)
    except Refusal as refusal:
        tell(form, refusal)
        return _calendar(request, form, day.year, status=refusal.status)
    messages.success(request, _("日历已更新。"))
    return see_other(f"{reverse('places:calendar')}?year={day.year}")


@page(holds(MANAGE))
def points(request: Request) -> HttpResponse:
    """Towns and where we think they are."""
    link = f"{reverse('places:points')}{{code}}/"
    return render(request, "places/points.html", {"towns": queries.towns(LINAN), "point_link": link})


@page(holds(MANAGE), methods=("GET", "POST"))
def point(request: Request, code: str) -> HttpResponse:
    """The checked position of one town."""
    found = queries.division(code)
    form = PointForm(request.POST or None, initial={"lat": found.lat, "lng": found.lng})
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.verify_point(code=code, by=request.actor, at=clock.now(), **form.cleaned_data)
        except Refusal as refusal:
            tell(form, refusal)
            status = refusal.status
        else:
            messages.success(request, _("位置已更新。"))
            return see_other(reverse("places:points"))
    elif request.method == "POST":
        status = 422
    return render(request, "places/point.html", {"town": found, "form": form}, status=status)


def _year(request: Request) -> int:
    text = request.GET.get("year", "")
    this = clock.local_date(clock.now()).year
    return int(text) if text.isascii() and text.isdigit() and 2000 <= int(text) <= 2100 else this


def _calendar(request: Request, form: DayForm, year: int, status: int = 200) -> HttpResponse:
    today = clock.local_date(clock.now())
    years = queries.listed_years()
    context = {
        "year": year,
        "years": sorted({*years, today.year, today.year + 1, year}),
        "months": _months(year, today),
        "days": queries.listed_days(year),
        "missing": queries.missing_years(today),
        "form": form,
    }
    return render(request, "places/calendar.html", context, status=status)


def _months(year: int, today: date) -> list[dict[str, Any]]:
    """Twelve months as weeks of days (None outside the month), each day with its kind. One query."""
    weeks = [Calendar().monthdatescalendar(year, month) for month in range(1, 13)]
    kinds = queries.day_kinds(day for month in weeks for week in month for day in week)
    return [
        {
            "number": number,
            "weeks": [
                [
                    {
                        "day": day,
                        "kind": kinds[day],
                        "is_today": day == today,
                    }
                    if day.month == number
                    else None
                    for day in week
                ]
                for week in month
            ],
        }
        for number, month in enumerate(weeks, 1)
    ]
