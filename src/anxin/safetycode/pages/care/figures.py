"""Each city's work in figures, each issuer's within a city, the rows behind each, and all as files (D-6, D-9)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from anxin.accounts import public as accounts
from anxin.audit.public import record
from anxin.kit import clock
from anxin.kit.access import Request, page, prove_first
from anxin.kit.errors import NotFound
from anxin.kit.inputs import day
from anxin.kit.lists import EXPORT_LIMIT, Asked, as_csv
from anxin.kit.models import uuid_or_none
from anxin.kit.money import yuan
from anxin.kit.sheets import write_xlsx
from anxin.places import public as places
from anxin.safetycode.pages.care import COUNTED, PER_PAGE
from anxin.safetycode.pages.names import named
from anxin.safetycode.queries.applied import average_days
from anxin.safetycode.queries.figures import (
    BY_CODE,
    FIGURES,
    NOBODY,
    Figure,
    Span,
    Value,
    by_city,
    by_issuer,
    lines,
    related,
    rows_of,
)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _span(asked: Asked, at: datetime) -> Span:
    """The days that were asked for; of this year unless told otherwise."""
    since, until = asked.days(_("从"), _("到"))
    today = clock.local_date(at)
    first, over = today.replace(month=1, day=1), today + timedelta(days=1)
    return Span(since or clock.at_local(first, 0), until or clock.at_local(over, 0))


@page(COUNTED)
def figures(request: Request) -> HttpResponse:
    """City by figure."""
    asked, at = Asked.of(request), clock.now()
    span = _span(asked, at)
    found = by_city(request.actor, span, at)
    days = average_days(request.actor, span)
    names = places.named(found)
    if request.GET.get("format") in ("csv", "xlsx"):
        head = [_("地区"), *(_(one.label) for one in FIGURES), _("平均办理工作日")]
        rows = (
            [
                names.get(city, city),
                *(_text(one, values.get(one.code)) for one in FIGURES),
                days.get(city, ""),
            ]
            for city, values in found.items()
        )
        return _file(request, "safetycode-figures", head, rows)
    context = {
        "asked": asked, "span": span, "xlsx": asked.address(format="xlsx"), "csv": asked.address(format="csv"),
        "cities": [
            {"code": city, "name": names.get(city, city), "days": days.get(city, ""),
             "values": [(one, _(one.label), _text(one, values.get(one.code))) for one in FIGURES]}
            for city, values in found.items()
        ],
        "query": _days(request),
    }  # fmt: skip
    return render(request, "safetycode/care/figures.html", context)


@page(COUNTED)
def issuers(request: Request, city: str) -> HttpResponse:
    """Figure by issuer within one city."""
    asked, at = Asked.of(request), clock.now()
    span = _span(asked, at)
    found = by_issuer(request.actor, span, at, city)
    days = average_days(request.actor, span, city)
    names = _houses(found)
    order = sorted(found, key=lambda one: (one == NOBODY, names[one]))
    title = places.named([city]).get(city, city)
    if request.GET.get("format") in ("csv", "xlsx"):
        head = [_("地区"), _("发放单位"), *(_(one.label) for one in FIGURES), _("平均办理工作日")]
        told = (
            [
                title,
                names[one],
                *(_text(figure, found[one].get(figure.code)) for figure in FIGURES),
                days.get(one, ""),
            ]
            for one in order
        )
        return _file(request, f"safetycode-issuers-{city}", head, told)
    context = {
        "asked": asked, "city": city, "title": title, "query": _days(request),
        "xlsx": asked.address(format="xlsx"), "csv": asked.address(format="csv"),
        "issuers": [(one, names[one], days.get(one, "")) for one in order],
        "figures": [
            (figure, _(figure.label), [
                (one, names[one], _text(figure, found[one].get(figure.code))) for one in order
            ])
            for figure in FIGURES
        ],
    }  # fmt: skip
    return render(request, "safetycode/care/issuers.html", context)


def _houses(issuers: Iterable[str]) -> dict[str, str]:
    """What issuers are called."""
    ids = {one: uuid_or_none(one) for one in issuers}
    known = accounts.organisations([pk for pk in ids.values() if pk])
    return {one: known[pk].name if pk in known else _("未登记发放单位") for one, pk in ids.items()}


def _days(request: Request) -> str:
    """The days of the address, to go on with."""
    found = {name: request.GET.get(name, "") for name in ("from", "to")}
    return "".join(f"&{name}={value}" for name, value in found.items() if day(value))


def _text(figure: Figure, value: Value | None) -> str:
    if value is None:
        return "0"
    return f"{value.count} / ¥{yuan(value.fen or 0)}" if figure.fen else str(value.count)


@page(COUNTED)
def rows(request: Request, code: str) -> HttpResponse:
    """The rows behind one figure of one city, or of one issuer within it."""
    if code not in BY_CODE:
        raise NotFound
    figure, asked, at = BY_CODE[code], Asked.of(request), clock.now()
    span = _span(asked, at)
    city = asked.keep("city", [request.GET.get("city", "")[:4]])
    asking = request.GET.get("issuer", "")
    issuer = asked.keep("issuer", [asking] if asking == NOBODY or uuid_or_none(asking) else [])
    found = related(figure, rows_of(figure, request.actor, span, at, city, issuer))
    if request.GET.get("format") in ("csv", "xlsx"):
        head = (_("安心码"), _("家政员编号"), _("姓名"), _("时间"), _("金额（元）"))
        told = ([one.number, one.worker.number, named(request.actor, one.worker), one.at, _money(one.fen)]
                for one in lines(figure, found[:EXPORT_LIMIT]))  # fmt: skip
        return _file(request, f"safetycode-{code}", head, told)
    shown = asked.page(found, PER_PAGE)
    context = {
        "figure": figure, "title": _(figure.label), "page": shown, "asked": asked,
        "city": places.named([city]).get(city, city) if city else _("全部地区"), "city_code": city,
        "issuer": _houses([issuer])[issuer] if issuer else "",
        "rows": [(one, named(request.actor, one.worker)) for one in lines(figure, shown)],
        "xlsx": asked.address(format="xlsx"), "csv": asked.address(format="csv"),
    }  # fmt: skip
    return render(request, "safetycode/care/rows.html", context)


def _money(fen: int | None) -> str:
    return "" if fen is None else yuan(fen)


def _file(request: Request, name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """A file of rows, after a fresh proof who asks; the export is on record."""
    prove_first(request.actor)
    at = clock.now()
    record(
        "safetycode.export", by=request.actor, at=at, subject="organisation",
        subject_id=request.actor.organisation_id or request.actor.person, detail={"file": name},
    )  # fmt: skip
    called = f"{name}-{clock.local(at):%Y%m%d-%H%M}"
    if request.GET.get("format") == "csv":
        return as_csv(called, head, rows)
    answer = HttpResponse(write_xlsx(head, [[_cell(one) for one in row] for row in rows]), content_type=XLSX)
    answer.headers["Content-Disposition"] = f'attachment; filename="{called}.xlsx"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _cell(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{clock.local(value):%Y-%m-%d %H:%M}"
    return "" if value is None else str(value)
