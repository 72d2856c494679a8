"""Decisions about days and the schematic map: no database, no clock."""

import calendar as _calendar
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache

import holidays

from anxin.kit.geo import Point
from anxin.places.values import DayKind, DivisionFacts, PointSource, Schematic, TownOnMap

# The library writes days off in exchange for a make-up workday with this prefix; they are no statutory days.
_IN_LIEU = "休息日"


@lru_cache(maxsize=64)
def _statutory(year: int) -> Mapping[date, str]:
    found = holidays.country_holidays("CN", years=year, language="zh_CN", observed=False)
    return {day: str(name) for day, name in found.items() if not str(name).startswith(_IN_LIEU)}


@lru_cache(maxsize=64)
def _exchanged(year: int) -> tuple[frozenset[date], frozenset[date]]:
    found = holidays.country_holidays("CN", years=year, language="zh_CN", observed=True)
    free = frozenset(day for day in found if day not in _statutory(year))
    return free, frozenset(found.weekend_workdays)


def fallback_kind(day: date) -> DayKind:
    """What `day` is by the published holiday rules alone, for years that the operator's table lacks.

    Days exchanged for weekends are known only once the State Council has announced them.
    """
    if day in _statutory(day.year):
        return DayKind.STATUTORY
    free, worked = _exchanged(day.year)
    if day in worked:
        return DayKind.WORKDAY
    if day in free or day.weekday() >= _calendar.SATURDAY:
        return DayKind.WEEKEND
    return DayKind.WORKDAY


def statutory_name(day: date) -> str:
    """Name of the statutory holiday on `day`, empty if it is none."""
    return _statutory(day.year).get(day, "")


def resolve(days: Iterable[date], table: Mapping[date, DayKind]) -> dict[date, DayKind]:
    """The kind of each day: the operator's table first, the holiday rules where it says nothing."""
    return {day: table.get(day) or fallback_kind(day) for day in days}


def count_workdays(start: date, n: int, is_workday: Callable[[date], bool]) -> date:
    """The `n`-th working day after `start` (before it when `n` < 0); `start` itself is never counted.

    Source: working-day limits count from the next working day (standards §15.3).
    """
    if n == 0:
        return start
    step = timedelta(days=1 if n > 0 else -1)
    day, left = start, abs(n)
    while left:
        day += step
        left -= is_workday(day)
    return day


def missing_years(present: Iterable[int], today: date) -> list[int]:
    """Years that the calendar table should hold on `today` and does not.

    The coming year is announced by the State Council in November, so it is asked for from then on.
    """
    wanted = [today.year, *([today.year + 1] if today.month >= 11 else [])]
    have = set(present)
    return [year for year in wanted if year not in have]


Ring = Sequence[tuple[float, float]]


def schematic(
    rings: Sequence[Ring], towns: Iterable[DivisionFacts], *, width: float, height: float, padding: float = 8
) -> Schematic:
    """Scale an outline (rings of lng, lat) and its towns into a box, north up, keeping proportions."""
    return _drawn(rings, towns, Frame([p for ring in rings for p in ring], width, height, padding))


def around(
    rings: Sequence[Ring], towns: Iterable[DivisionFacts], points: Sequence[Point], *, width: float, height: float,
    padding: float = 48,
) -> tuple[Schematic, list[tuple[float, float]]]:  # fmt: skip
    """The part of the outline in which these points lie, and where each of them is in the box; no closer than 2 km."""
    close = [(p.lng + d, p.lat + d) for p in points for d in (-CLOSEST, CLOSEST)]
    frame = Frame(close or [p for ring in rings for p in ring], width, height, padding)
    drawn = _drawn(rings, towns, frame)
    inside = tuple(town for town in drawn.towns if 0 <= town.x <= width and 0 <= town.y <= height)
    return replace(drawn, towns=inside), [frame.place(p.lng, p.lat) for p in points]


# Degrees around a point.
CLOSEST = 0.01


class Frame:
    """A box in which places (lng, lat) keep their proportions: longitude is shrunk by the cosine of the middle
    latitude, so that the shape looks as on a map."""

    def __init__(
        self, places: Sequence[tuple[float, float]], width: float, height: float, padding: float
    ) -> None:
        lngs, lats = [lng for lng, _ in places], [lat for _, lat in places]
        self.west, east, south, self.north = min(lngs), max(lngs), min(lats), max(lats)
        shrink = math.cos(math.radians((south + self.north) / 2))
        self.scale = min(
            (width - 2 * padding) / ((east - self.west) * shrink),
            (height - 2 * padding) / (self.north - south),
        )
        self.across = shrink * self.scale
        self.left = (width - (east - self.west) * self.across) / 2
        self.top = (height - (self.north - south) * self.scale) / 2
        self.width, self.height = width, height

    def place(self, lng: float, lat: float) -> tuple[float, float]:
        return (
            round(self.left + (lng - self.west) * self.across, 1), round(self.top + (self.north - lat) * self.scale, 1)
        )  # fmt: skip


def _drawn(rings: Sequence[Ring], towns: Iterable[DivisionFacts], frame: Frame) -> Schematic:
    path = "".join("M" + "L".join("{:g} {:g}".format(*frame.place(*p)) for p in ring) + "Z" for ring in rings)
    dots = tuple(
        _town(town, *frame.place(town.lng, town.lat))
        for town in towns
        if town.lat is not None and town.lng is not None
    )
    return Schematic(path, frame.width, frame.height, dots)


# The five streets of the county town lie so close that their names need a side each; all others stand below.
_SIDES = {"330112007": "n", "330112006": "e", "330112005": "s", "330112002": "w", "330112008": "e"}
_PLACES = {"n": (0, -9, "middle"), "s": (0, 17, "middle"), "e": (9, 4, "start"), "w": (-9, 4, "end")}


def _town(town: DivisionFacts, x: float, y: float) -> TownOnMap:
    right, down, anchor = _PLACES[_SIDES.get(town.code, "s")]
    return TownOnMap(
        code=town.code,
        name=town.name,
        x=x,
        y=y,
        estimated=town.point_source == PointSource.ESTIMATE,
        label_x=round(x + right, 1),
        label_y=round(y + down, 1),
        anchor=anchor,
    )
