"""Workers, their papers, hours and two weeks of bookings as columns, and random questions. Synthetic, by seed."""

from __future__ import annotations

from random import Random

import numpy as np

from anxin.matching.engine.ranking.facts import DAY_S, Caps, Facts, Need
from anxin.matching.engine.ranking.points import UNKNOWN

ITEMS, TITLES, AGENCY_SIZE, WEEKDAY = 16, 3, 200, 2
CAPS = Caps(10 * 3600, 60 * 3600, 6, 9 * 3600)
# A town is about 10 km across; a worker takes work in their own and in up to three beside it.
TOWN = 100_000
SOUTH, WEST = 27_200_000, 104_000_000
ALL_DAYS = (1 << 62) - 1
DAY_MINUTES = 1440


def centre(town: np.ndarray, side: int) -> tuple[np.ndarray, np.ndarray]:
    return SOUTH + town // side * TOWN, WEST + town % side * TOWN


def _until(random: np.random.Generator, many: int, missing: float) -> np.ndarray:
    """Days up to one of the next two months; for some none."""
    last = np.where(random.random(many) < 0.75, 62, random.integers(1, 62, many))
    mask = np.where(last >= 62, ALL_DAYS, (np.int64(1) << last) - 1)
    return np.where(random.random(many) < missing, 0, mask)


def _papers(random: np.random.Generator, many: int, missing: float) -> np.ndarray:
    """Tiers or classes 1 to 4: who meets one meets those below."""
    days, best = _until(random, many, missing), random.integers(1, 5, many)
    return np.array([np.where(best > tier, days, 0) for tier in range(4)])


def _bookings(random: np.random.Generator, lat: np.ndarray, lng: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Up to two visits (or leave, without a place) a day for two weeks: (offsets, rows). About seven a worker."""
    offsets, parts = [np.zeros(1, np.int64)], []
    total = 0
    for at in range(0, len(lat), 250_000):
        here, there = lat[at : at + 250_000], lng[at : at + 250_000]
        worker, slot = np.nonzero(random.random((len(here), 28), np.float32) < 0.25)
        many = len(worker)
        rows = np.empty((many, 6), np.int32)
        rows[:, 0] = slot // 2 * DAY_S + np.where(slot % 2, 13, 8) * 3600 + 900 * random.integers(0, 5, many)
        rows[:, 1] = rows[:, 0] + 900 * random.integers(6, 13, many)
        rows[:, 2] = rows[:, 1] + 1800
        placed = (random.random(many, np.float32) < 0.95) & (here[worker] != UNKNOWN)
        for column, home in ((3, here), (4, there)):
            moved = home[worker].astype(np.int64) + random.integers(-40_000, 40_001, many)
            rows[:, column] = np.where(placed, moved, UNKNOWN)
        rows[:, 5] = placed
        parts.append(rows)
        ends = np.cumsum(np.bincount(worker, minlength=len(here))) + total
        offsets.append(ends)
        total = int(ends[-1])
    return np.concatenate(offsets), np.concatenate(parts)


def facts(many: int, towns: int, seed: int = 1) -> Facts:
    """Columns of `many` workers in about so many towns."""
    random = np.random.default_rng(seed)
    side = int(towns**0.5)
    home = random.integers(0, side * side, many)
    south, west = centre(home, side)
    spread = random.normal(0, 25_000, (2, many)).clip(-60_000, 60_000)
    known = random.random(many) > 0.01
    lat = np.where(known, (south + spread[0]) // 1000 * 1000, UNKNOWN).astype(np.int32)
    lng = np.where(known, (west + spread[1]) // 1000 * 1000, UNKNOWN).astype(np.int32)
    beside = np.array([1, -1, side, -side])
    turn = random.integers(0, 4, many)
    served = np.stack([home, *(home + beside[(turn + i) % 4] for i in range(3))], axis=1)
    wanted = np.arange(4) <= random.integers(0, 4, many)[:, None]
    wanted &= (served >= 0) & (served < side * side)
    count = random.poisson(12, many)
    shift_at = np.array([0, 7, 14, 19, 20], np.int64)
    days = np.arange(7) * DAY_MINUTES
    hours = (
        (days + 480, days + 1200),
        (days + 420, days + 1320),
        (days[:5] + 480, days[:5] + 1080),
        ([0], [10_080]),
    )
    booking_at, bookings = _bookings(random, lat, lng)
    does = random.random((ITEMS, many), np.float32) < np.linspace(0.3, 0.1, ITEMS, dtype=np.float32)[:, None]
    agencies = many // AGENCY_SIZE + 1
    return Facts(
        key=np.arange(many), lat=lat, lng=lng,
        skill=np.where(does, random.integers(1, 7, (ITEMS, many), np.uint8), 0).astype(np.uint8),
        health=_papers(random, many, 0.05), insurance=_papers(random, many, 0.05),
        certificates=np.array([_until(random, many, 0.5) for _ in range(TITLES)]),
        green=_until(random, many, 0.1), employed=_until(random, many, 0.02), active=random.random(many) < 0.95,
        agency=(home * (agencies / (side * side))).astype(np.int32), grabs=random.random(many) < 0.5,
        town_at=np.concatenate([[0], np.cumsum(wanted.sum(axis=1))]), town=served[wanted].astype(np.int32),
        pattern=random.integers(0, 4, many).astype(np.int32), pattern_at=shift_at,
        pattern_from=np.concatenate([a for a, _ in hours]).astype(np.int32),
        pattern_to=np.concatenate([b for _, b in hours]).astype(np.int32),
        rating_sum=(count * random.integers(380, 501, many)).astype(np.int64), rating_count=count.astype(np.int32),
        practised=random.integers(0, 5000, many).astype(np.int32),
        credit=random.integers(50, 101, many).astype(np.int16),
        recent=random.poisson(6, many).astype(np.int16), booking_at=booking_at, bookings=bookings,
    )  # fmt: skip


def live(many: int) -> np.ndarray:
    """Which agencies work: all but one in fifty."""
    return np.arange(many // AGENCY_SIZE + 1) % 50 != 7


def needs(asked: int, many: int, towns: int, seed: int = 2) -> list[Need]:
    """Random demands of the two weeks, each in a town; some of returning households."""
    random, side = Random(seed), int(towns**0.5)
    found = []
    for _ in range(asked):
        town = random.randrange(side * side)
        start = random.randrange(13) * DAY_S + random.randrange(32, 68) * 900
        end = start + random.choice([4, 8, 8, 12]) * 900
        known = {random.randrange(many): random.randrange(1, 5) for _ in range(random.choice([0, 0, 2]))}
        found.append(
            Need(
                lat=SOUTH + town // side * TOWN + random.randrange(-45_000, 45_001),
                lng=WEST + town % side * TOWN + random.randrange(-45_000, 45_001),
                item=random.randrange(ITEMS), start=start, end=end, held=end + 1800, town=town,
                level=random.choice([0, 0, 0, 4]), tier=random.choice([1, 1, 2, 3]), insurance=random.choice([1, 2]),
                titles=random.choice([(), (), (), (0,), (1,)]), known=known,
                excluded=frozenset(random.randrange(many) for _ in range(random.choice([0, 3]))),
            )
        )  # fmt: skip
    return found
