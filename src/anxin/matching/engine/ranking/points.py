"""The score in whole numbers: the same facts give the same points in Python, compiled, in NumPy and in SQL.

A component's value is in millionths, its weight in millionths of the whole; a total is their products' sum, at most
10¹². Divisions round down. Distances use only + − × ÷ and √, which IEEE 754 rounds alike everywhere; sine and cosine
are taken once, of the asked latitude. Plain functions: `kernel` compiles these very ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi, radians, sin, sqrt

WHOLE = 1_000_000
# A home that is not known, or farther than this, ranks as one at the far side of the county.
FAR_M = 60_000
UNKNOWN = -(2**31)
EARTH_M = 6_371_008.8
RADIANS = pi / 180 / 1_000_000


@dataclass(frozen=True)
class Weights:
    """A version of the published numbers. Weights in millionths; half_m metres; prior_mean hundredths of a star.

    full_visits: visits to this household from which on continuity counts in full.
    """

    near: int = 300_000
    rating: int = 200_000
    experience: int = 100_000
    credit: int = 150_000
    fairness: int = 150_000
    continuity: int = 100_000
    half_m: int = 5_000
    prior_mean: int = 450
    prior_count: int = 10
    full_years: int = 8
    fair_orders: int = 12
    full_visits: int = 3


def turned(lat: int) -> tuple[float, float]:
    """Cosine and sine of a latitude in millionths of a degree."""
    angle = radians(lat / 1_000_000)
    return cos(angle), sin(angle)


def metres(lat: int, lng: int, of_lat: int, of_lng: int, cosine: float, sine: float) -> int:
    """Metres between two points in millionths of a degree, by the cosine of their middle latitude; `FAR_M` at most.

    Within a metre of the great circle up to that length. cosine, sine: `turned(of_lat)`.
    """
    if lat == UNKNOWN:
        return FAR_M
    north = (lat - of_lat) * RADIANS
    east = (lng - of_lng) * RADIANS * (cosine * (1.0 - north * north / 8.0) - sine * (north / 2.0))
    return min(FAR_M, int(EARTH_M * sqrt(north * north + east * east) + 0.5))


def at_least(
    south: int, north: int, west: int, east: int, lat: int, lng: int, cosine: float, sine: float
) -> int:
    """Metres that no point of a box is nearer than. An empty box (south > north) is far."""
    if south > north:
        return FAR_M
    up = (max(south - lat, lat - north, 0)) * RADIANS
    aside = (max(west - lng, lng - east, 0)) * RADIANS
    # Concave in the latitude, so smallest at an end of the box.
    low, high = (south - lat) * RADIANS, (north - lat) * RADIANS
    narrow = min(
        cosine * (1.0 - low * low / 8.0) - sine * (low / 2.0),
        cosine * (1.0 - high * high / 8.0) - sine * (high / 2.0),
    )
    aside = aside * max(0.0, narrow)
    # A metre less: rounding of an inner latitude may differ from that of an end.
    return min(FAR_M, max(0, int(EARTH_M * sqrt(up * up + aside * aside) + 0.5) - 1))


def near(away: int, half_m: int) -> int:
    """Whole at the door, half at `half_m`, towards 0 far away; falling."""
    return half_m * WHOLE // (half_m + away)


def rating(hundredths: int, count: int, prior_mean: int, prior_count: int) -> int:
    """Stars with a prior, 1…5 scaled to 0…whole: one perfect review does not beat fifty good ones."""
    weight = count + prior_count
    if weight == 0:
        return (prior_mean - 100) * 2_500
    above = hundredths + prior_mean * prior_count - 100 * weight
    return min(WHOLE, max(0, above * 2_500 // weight))


def experience(days: int, full_years: int) -> int:
    """Days of practice; whole after `full_years` of 365¼ days."""
    return min(WHOLE, max(0, days * 4 * WHOLE // (1_461 * full_years)))


def credit(score: int) -> int:
    """A credit score of 0…100."""
    return min(100, max(0, score)) * 10_000


def fairness(recent: int, fair_orders: int) -> int:
    """Whole without orders in the last 30 days, 0 from `fair_orders` on."""
    return max(0, (fair_orders - recent) * WHOLE // fair_orders)


def continuity(visits: int, full_visits: int) -> int:
    """Visits to this household before; whole from `full_visits` on."""
    return min(visits, full_visits) * WHOLE // full_visits


def travel_seconds(away: int) -> int:
    """By e-bike at 30 km/h with detours of 1.35, in whole minutes rounded up, never below five."""
    return max(5, -(-away * 27 // 10_000)) * 60
