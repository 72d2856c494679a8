"""The door of places: divisions, points, the schematic map of Lin'an, and the working-day calendar."""

from collections.abc import Iterable
from datetime import date

from anxin.places.actions import load
from anxin.places.queries import (
    LISTED_DAYS_SQL,
    UnknownDivision,
    add_workdays,
    all_towns_grouped,
    all_villages_grouped,
    children,
    counties,
    day_kinds,
    days_off,
    division,
    kinds_of,
    linan_around,
    linan_schematic,
    lineage,
    missing_years,
    named,
    point,
    points,
    search,
    towns,
    villages,
)
from anxin.places.values import DayKind, PlacePoint

__all__ = [
    "LISTED_DAYS_SQL",
    "UnknownDivision",
    "add_workdays",
    "all_towns_grouped",
    "all_villages_grouped",
    "children",
    "counties",
    "day_kind",
    "day_kinds",
    "days_off",
    "division",
    "full_name",
    "is_statutory_holiday",
    "is_workday",
    "kinds_of",
    "linan_around",
    "linan_schematic",
    "lineage",
    "load",
    "missing_years",
    "named",
    "point",
    "points",
    "search",
    "town_point",
    "towns",
    "villages",
]


def full_name(code: str, *, start: int = 4) -> str:
    """The names from the city (code of `start` digits) down: 杭州市临安区锦城街道. One query."""
    return "".join(row.short_name for row in lineage(code) if len(row.code) >= start)


def town_point(code: str) -> PlacePoint | None:
    """The point of a town (or of the town of a village code); falls back to the county's. One query."""
    return point(code[:9])


def day_kind(day: date) -> DayKind:
    """workday, weekend or statutory. One query; for many days use `day_kinds`."""
    return day_kinds([day])[day]


def is_workday(day: date) -> bool:
    """Whether offices work on `day`, make-up workdays included. One query."""
    return day_kind(day) is DayKind.WORKDAY


def is_statutory_holiday(day: date) -> bool:
    """Whether `day` is one of the paid statutory days (not just a day off around them). One query."""
    return day_kind(day) is DayKind.STATUTORY


def workdays_between(days: Iterable[date]) -> int:
    """How many of `days` are working days. One query."""
    return sum(kind is DayKind.WORKDAY for kind in day_kinds(days).values())
