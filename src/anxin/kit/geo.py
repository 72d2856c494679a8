"""Points and distances on WGS-84."""

from __future__ import annotations

from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

EARTH_M = 6_371_008.8
# Straight lines are shorter than hill roads; a usual detour factor for the county's valleys.
DETOUR = 1.35


@dataclass(frozen=True, slots=True)
class Point:
    """Degrees, WGS-84."""

    lat: float
    lng: float

    @property
    def on_earth(self) -> bool:
        """Whether the degrees are some; what is typed may be anything, `nan` among it."""
        return -90 <= self.lat <= 90 and -180 <= self.lng <= 180


def distance_m(a: Point, b: Point) -> float:
    """Great-circle distance in metres (haversine)."""
    dlat, dlng = radians(b.lat - a.lat) / 2, radians(b.lng - a.lng) / 2
    h = sin(dlat) ** 2 + cos(radians(a.lat)) * cos(radians(b.lat)) * sin(dlng) ** 2
    return 2 * EARTH_M * asin(min(1.0, sqrt(h)))


def travel_minutes(a: Point, b: Point, kmh: float = 30.0) -> int:
    """Whole minutes by e-bike or car between two points, detours included, rounded up, never below 5."""
    minutes = distance_m(a, b) * DETOUR / (kmh * 1000 / 60)
    return max(5, int(minutes) + (minutes > int(minutes)))


def distance_sql(lat_column: str, lng_column: str) -> str:
    """The same haversine as an SQL expression over two columns and the parameters %(lat)s and %(lng)s, in metres."""
    return (
        f"2 * {EARTH_M} * asin(least(1, sqrt("
        f"power(sin(radians({lat_column} - %(lat)s) / 2), 2)"
        f" + cos(radians(%(lat)s)) * cos(radians({lat_column}))"
        f" * power(sin(radians({lng_column} - %(lng)s) / 2), 2))))"
    )
