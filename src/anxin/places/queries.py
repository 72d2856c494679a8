"""Reads of geography and calendar. Nothing here is personal, so everybody may see all of it."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anxin.kit import prepared
from anxin.kit.errors import NotFound
from anxin.kit.geo import Point
from anxin.places import rules
from anxin.places.adapters import seed
from anxin.places.models import Day, Division
from anxin.places.values import (
    LINAN,
    DayKind,
    DivisionFacts,
    Level,
    PlacePoint,
    PointSource,
    Schematic,
    ancestors,
    level_of,
)

log = logging.getLogger(__name__)


class UnknownDivision(NotFound):
    code = "unknown_division"
    message = _("没有代码为“%(given)s”的行政区划。请从列表中重新选择。")


def facts(row: Division) -> DivisionFacts:
    """The frozen facts of a row."""
    return DivisionFacts(
        code=row.code,
        name=row.name,
        level=Level(row.level),
        parent_code=row.parent_id or "",
        pinyin=row.pinyin,
        initials=row.initials,
        lat=row.lat,
        lng=row.lng,
        point_source=PointSource(row.point_source) if row.point_source else None,
    )


def division(code: str) -> DivisionFacts:
    """One division by code; UnknownDivision (404) if there is none. One query."""
    row = Division.objects.filter(pk=code).first() if level_of(code) else None
    if row is None:
        raise UnknownDivision(given=code)
    return facts(row)


def children(code: str) -> list[DivisionFacts]:
    """The divisions directly below `code`, in pinyin order. One query."""
    return [facts(row) for row in Division.objects.filter(parent_id=code).order_by("pinyin", "code")]


def towns(within: str = LINAN) -> list[DivisionFacts]:
    """Towns and streets of a county (6 digits) or a whole city (4 digits), by county, then code. One query."""
    found = Division.objects.filter(level=Level.TOWN, code__startswith=within).order_by("code")
    return [facts(row) for row in found]


def villages(town_code: str) -> list[DivisionFacts]:
    """Villages and neighbourhoods of a town, in pinyin order; empty where we have none. One query."""
    found = Division.objects.filter(level=Level.VILLAGE, parent_id=town_code)
    return [facts(row) for row in found.order_by("pinyin", "code")]


def counties(city_code: str) -> list[DivisionFacts]:
    """Districts and counties of a city by code. One query."""
    found = Division.objects.filter(level=Level.COUNTY, parent_id=city_code).order_by("code")
    return [facts(row) for row in found]


def named(codes: Iterable[str]) -> dict[str, str]:
    """Names by code for many codes at once; unknown codes are absent. One query."""
    return dict(Division.objects.filter(pk__in=set(codes)).values_list("code", "name"))


def lineage(code: str) -> list[DivisionFacts]:
    """The division and what encloses it, outermost first. One query; UnknownDivision if there is none."""
    rows = {row.code: row for row in Division.objects.filter(pk__in=[code, *ancestors(code)])}
    if code not in rows:
        raise UnknownDivision(given=code)
    return [facts(rows[key]) for key in sorted(rows, key=len)]


def point(code: str) -> PlacePoint | None:
    """The point of a division or, where unknown, of the nearest enclosing one (`exact` says which). One query."""
    for found in reversed(lineage(code)):
        if found.lat is not None and found.lng is not None and found.point_source:
            return PlacePoint(
                found.lat, found.lng, found.point_source, found.code, found.name, exact=found.code == code
            )
    return None


def points(codes: Iterable[str]) -> dict[str, PlacePoint]:
    """`point` for many codes at once; codes without any point are absent. One query."""
    wanted = set(codes)
    every = {key for code in wanted for key in (code, *ancestors(code))}
    rows = {row.code: row for row in Division.objects.filter(pk__in=every).exclude(lat=None)}
    found: dict[str, PlacePoint] = {}
    for code in wanted:
        row = next((rows[key] for key in (code, *ancestors(code)) if key in rows), None)
        if row is not None and row.lat is not None and row.lng is not None:
            found[code] = PlacePoint(
                row.lat, row.lng, PointSource(row.point_source), row.code, row.name, exact=row.code == code
            )
    return found


def search(text: str, *, within: str = LINAN, limit: int = 20) -> list[DivisionFacts]:
    """Towns and villages whose name, pinyin or initials begin with or contain `text`. One query."""
    text = text.strip().lower()[:30]
    if not text:
        return []
    match = Q(name__contains=text) | Q(pinyin__startswith=text) | Q(initials__startswith=text)
    found = Division.objects.filter(match, code__startswith=within, level__in=[Level.TOWN, Level.VILLAGE])
    return [facts(row) for row in found.order_by("level", "pinyin", "code")[:limit]]


def linan_schematic(width: float, height: float) -> Schematic:
    """Outline and towns of Lin'an scaled to a box. One query."""
    return rules.schematic(seed.linan_outline(), towns(LINAN), width=width, height=height)


def linan_around(
    points: Sequence[Point], width: float, height: float
) -> tuple[Schematic, list[tuple[float, float]]]:
    """The part of Lin'an in which these points lie, scaled to a box, and where each is in it. One query."""
    return rules.around(seed.linan_outline(), towns(LINAN), points, width=width, height=height)


def linan_geojson() -> dict[str, object]:
    """The outline of Lin'an as a GeoJSON feature (a schematic). No query."""
    rings = [[list(point) for point in ring] for ring in seed.linan_outline()]
    return {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": rings}}


# What the table says of days %(first_day)s to %(last_day)s, as one JSON object: a scalar subquery for a higher
# area's one statement; `kinds_of` reads it.
LISTED_DAYS_SQL = """
  SELECT COALESCE(json_object_agg(date, kind), json_build_object()) FROM places_day
  WHERE date BETWEEN %(first_day)s AND %(last_day)s
"""
DAYS = "SELECT date, kind FROM places_day WHERE date BETWEEN %(first)s AND %(last)s"


def day_kinds(days: Iterable[date]) -> dict[date, DayKind]:
    """The kind of each day. One query for all of them, none for no days."""
    wanted = sorted(set(days))
    if not wanted:
        return {}
    rows = prepared.fetch(DAYS, {"first": wanted[0], "last": wanted[-1]})
    return rules.resolve(wanted, {day: DayKind(kind) for day, kind in rows})


def kinds_of(days: Iterable[date], listed: Mapping[str, str]) -> dict[date, DayKind]:
    """The kind of each day from what `LISTED_DAYS_SQL` found. No query."""
    return rules.resolve(days, {date.fromisoformat(day): DayKind(kind) for day, kind in listed.items()})


def add_workdays(start: date, n: int) -> date:
    """The `n`-th working day after `start` (before it if `n` < 0), `start` not counted. One query as a rule."""
    span = timedelta(days=abs(n) * 2 + 20)
    low, high = (start, start + span) if n >= 0 else (start - span, start)
    rows = Day.objects.filter(date__range=(low, high)).values_list("date", "kind")
    table = {day: DayKind(kind) for day, kind in rows}

    def is_workday(day: date) -> bool:
        if not low <= day <= high:
            return day_kinds([day])[day] is DayKind.WORKDAY
        return rules.resolve([day], table)[day] is DayKind.WORKDAY

    return rules.count_workdays(start, n, is_workday)


def listed_days(year: int) -> list[Day]:
    """The exceptional days of a year. One query."""
    return list(Day.objects.filter(date__year=year))


def days_off(since: date) -> list[tuple[str, date]]:
    """Festival and day of every listed day off from `since` on. One query."""
    rows = Day.objects.filter(date__gte=since).exclude(kind=DayKind.WORKDAY).exclude(festival="")
    return list(rows.order_by("date").values_list("festival", "date"))


def listed_years() -> list[int]:
    """Years for which the table holds any day. One query."""
    return [found.year for found in Day.objects.dates("date", "year")]


def missing_years(today: date) -> list[int]:
    """Years that the table should hold and does not; logged, since limits then rest on the fallback."""
    missing = rules.missing_years(listed_years(), today)
    if missing:
        log.warning("working-day calendar lacks %s; statutory days and weekends are used", missing)
    return missing


def all_towns_grouped(city_code: str) -> Sequence[tuple[DivisionFacts, list[DivisionFacts]]]:
    """Counties of a city, each with its towns. One query."""
    rows = Division.objects.filter(code__startswith=city_code, level__in=[Level.COUNTY, Level.TOWN])
    every = [facts(row) for row in rows.order_by("code")]
    return [
        (county, [town for town in every if town.parent_code == county.code])
        for county in every
        if county.level is Level.COUNTY
    ]


def all_villages_grouped(county_code: str) -> Sequence[tuple[DivisionFacts, list[DivisionFacts]]]:
    """Towns of a county by code, each with its villages in pinyin order. One query."""
    rows = Division.objects.filter(code__startswith=county_code, level__in=[Level.TOWN, Level.VILLAGE])
    every = [facts(row) for row in rows.order_by("pinyin", "code")]
    towns_found = sorted((row for row in every if row.level is Level.TOWN), key=lambda row: row.code)
    return [(town, [row for row in every if row.parent_code == town.code]) for town in towns_found]
