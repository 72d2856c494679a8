"""Random cities and a ranking by looking at everybody, in plain Python: what the engine is held against."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np

from anxin.matching.engine.ranking import points
from anxin.matching.engine.ranking.city import City
from anxin.matching.engine.ranking.facts import DAY_S, Caps, Facts, Need, one
from anxin.matching.engine.ranking.points import UNKNOWN, Weights

LAT, LNG = 30_233_000, 119_724_000
ITEMS, TITLES, TOWNS, AGENCIES = 3, 2, 4, 3
ALL_DAYS = (1 << 62) - 1
WHOLE_WEEK = [(0, 7 * 1440)]


def days(random: Random) -> int:
    """Mostly every day, else from one on or up to one."""
    cut = random.randrange(1, 14)
    return random.choice([ALL_DAYS] * 5 + [ALL_DAYS ^ ((1 << cut) - 1), (1 << cut) - 1, 0])


def bookings(random: Random, spread: int) -> list[tuple[int, ...]]:
    """Two weeks of visits and leave that never overlap."""
    found: list[tuple[int, ...]] = []
    moment = random.randrange(0, 2 * DAY_S)
    for _ in range(random.choice([0, 0, 1, 3, 6, 12])):
        end = moment + 900 * random.randrange(2, 24)
        place = (UNKNOWN, UNKNOWN) if random.random() < 0.3 else near(random, spread)
        found.append((moment, end, end + random.choice([0, 1800]), *place, int(random.random() < 0.8)))
        moment = found[-1][2] + random.choice([0, 600, 7_200, 30_000, DAY_S])
    return found


def near(random: Random, spread: int) -> tuple[int, int]:
    return LAT + random.randrange(-spread, spread + 1), LNG + random.randrange(-spread, spread + 1)


def worker(random: Random, key: int, spread: int) -> dict[str, Any]:
    """The columns of one worker, from few values so that many are equal."""
    lat, lng = near(random, spread) if random.random() < 0.9 else (UNKNOWN, UNKNOWN)
    count = random.choice([0, 1, 40])
    return {
        "key": key, "lat": lat, "lng": lng, "green": days(random), "employed": days(random),
        "active": random.random() < 0.95, "agency": random.randrange(-1 if random.random() < 0.05 else 0, AGENCIES),
        "grabs": random.random() < 0.5, "rating_sum": count * random.choice([300, 480, 500]), "rating_count": count,
        "practised": random.choice([0, 400, 3000]), "credit": random.choice([60, 80, 100]),
        "recent": random.choice([0, 3, 20]),
        "skill": [random.choice([0, 1, 3, 5, 6, 6]) for _ in range(ITEMS)],
        "health": [days(random) for _ in range(4)], "insurance": [days(random) for _ in range(4)],
        "certificates": [days(random) for _ in range(TITLES)],
        "town": sorted(random.sample(range(TOWNS), random.randrange(0, TOWNS + 1))),
        "hours": random.choice([WHOLE_WEEK, WHOLE_WEEK, [(d * 1440 + 420, d * 1440 + 1260) for d in range(7)], []]),
        "bookings": bookings(random, spread),
    }  # fmt: skip


def need(random: Random, spread: int, keys: list[int]) -> Need:
    start = 900 * random.randrange(0, 14 * 96)
    end = start + random.choice([3_600, 7_200, 7_200, 14_400, 3 * DAY_S])
    lat, lng = near(random, spread)
    some = random.sample(keys, min(len(keys), random.randrange(0, 4)))
    return Need(
        lat=lat, lng=lng, item=random.randrange(ITEMS), start=start, end=end, held=end + random.choice([0, 1800]),
        town=random.randrange(-1, TOWNS + 1), agency=random.choice([-1, -1, -1, 0, AGENCIES - 1]),
        level=random.choice([0, 0, 0, 3]), tier=random.choice([0, 0, 2]), insurance=random.choice([0, 0, 3]),
        titles=random.choice([(), (), (1,), (TITLES,)]), excluded=frozenset(some[:1]),
        known={key: random.randrange(1, 5) for key in some[1:]}, grabbing=random.random() < 0.1,
    )  # fmt: skip


def joined(workers: list[dict[str, Any]]) -> Facts:
    """One set of columns from the columns of each."""
    parts = [one(**each) for each in workers]
    if not parts:
        nobody = one(key=0, **{n: [0] * m for n, m in WIDE.items()})
        empty = {name: getattr(nobody, name)[..., :0] for name in vars(nobody) if name not in OFFSETS}
        return Facts(**{**empty, **{n: np.zeros(1, np.int64) for n in OFFSETS}, "bookings": nobody.bookings})
    columns: dict[str, Any] = {
        name: np.concatenate([getattr(part, name) for part in parts], axis=-1)
        for name in vars(parts[0])
        if name not in (*OFFSETS, "bookings", "pattern")
    }
    for name, of in (("town_at", "town"), ("pattern_at", "pattern_from"), ("booking_at", "bookings")):
        columns[name] = np.cumsum([0, *(len(getattr(part, of)) for part in parts)])
    columns["pattern"] = np.arange(len(parts), dtype=np.int32)
    columns["bookings"] = np.concatenate([part.bookings for part in parts])
    return Facts(**columns)


WIDE = {"skill": ITEMS, "health": 4, "insurance": 4, "certificates": TITLES}
OFFSETS = ("town_at", "pattern_at", "booking_at")


def city(workers: list[dict[str, Any]], weights: Weights, caps: Caps, *, weekday: int = 3) -> City:
    return City(joined(workers), weights, live=np.array([True, True, False]), weekday=weekday, caps=caps)


def holds(mask: int, asked: Need) -> bool:
    return mask & asked.days == asked.days


def hours_fit(one: dict[str, Any], asked: Need, weekday: int) -> bool:
    """Minute by minute: a week of minutes in which the worker is there."""
    there = {minute for a, b in one["hours"] for minute in range(a, b)}
    first = (weekday * 1440) + asked.start // 60
    last = (weekday * 1440) + -(-asked.end // 60)
    return all(minute % 10_080 in there for minute in range(first, min(last, first + 10_080)))


def calendar_fits(one: dict[str, Any], asked: Need) -> tuple[bool, bool]:
    """(free, reachable)."""
    taken = one["bookings"]
    if any(b[0] < asked.held and b[2] > asked.start for b in taken):
        return False, True
    cosine, sine = points.turned(asked.lat)
    placed = [b for b in taken if b[3] != UNKNOWN]
    for b in [b for b in placed if b[0] < asked.start][-1:]:
        way = points.metres(b[3], b[4], asked.lat, asked.lng, cosine, sine)
        if asked.start - b[1] < points.travel_seconds(way):
            return True, False
    for b in [b for b in placed if b[0] >= asked.start][:1]:
        way = points.metres(b[3], b[4], asked.lat, asked.lng, cosine, sine)
        if b[0] - asked.end < points.travel_seconds(way):
            return True, False
    return True, True


def rest_fits(one: dict[str, Any], asked: Need, caps: Caps, weekday: int) -> bool:
    """By quarters of an hour, as every random time is."""
    if asked.end - asked.start >= DAY_S:
        return True
    work = [(b[0], b[1]) for b in one["bookings"] if b[5]]
    spans = [*work, (asked.start, asked.end)]
    seconds = [s for a, b in spans for s in range(a, b, 60)]
    first, last = asked.start // DAY_S, (asked.end - 1) // DAY_S
    for day in {first, last}:
        week = (day + weekday) // 7
        this_week = [s for s in seconds if (s // DAY_S + weekday) // 7 == week]
        if caps.day_s and 60 * sum(s // DAY_S == day for s in seconds) > caps.day_s:
            return False
        if caps.week_s and 60 * len(this_week) > caps.week_s:
            return False
        if caps.week_days and len({s // DAY_S for s in this_week}) > caps.week_days:
            return False
    for a, b in work if caps.rest_s else []:
        if (b - 1) // DAY_S < first and asked.start - b < caps.rest_s:
            return False
        if a // DAY_S > last and a - asked.end < caps.rest_s:
            return False
    return True


def stopped(one: dict[str, Any], asked: Need, caps: Caps, weekday: int = 3) -> set[str]:
    """The names of the gates that stop a worker."""
    free, reachable = calendar_fits(one, asked)
    have = one["skill"][asked.item]
    passed = {
        "active": one["active"],
        "affiliation": one["agency"] in (0, 1)
        and asked.agency in (-1, one["agency"])
        and (one["grabs"] or not asked.grabbing)
        and holds(one["employed"], asked),
        "skill": have != 0 and (not asked.level or have <= asked.level),
        "area": asked.town == -1 or asked.town in one["town"],
        "health": not asked.tier or holds(one["health"][asked.tier - 1], asked),
        "insurance": not asked.insurance or holds(one["insurance"][asked.insurance - 1], asked),
        "certificates": all(t < TITLES and holds(one["certificates"][t], asked) for t in asked.titles),
        "shift": hours_fit(one, asked, weekday), "free": free, "travel": reachable,
        "hours": rest_fits(one, asked, caps, weekday), "green": holds(one["green"], asked),
        "excluded": one["key"] not in asked.excluded,
    }  # fmt: skip
    return {name for name, good in passed.items() if not good}


def ranked(
    workers: list[dict[str, Any]], asked: Need, w: Weights, caps: Caps, weekday: int = 3
) -> list[tuple[int, int]]:
    """(key, total) of everybody who passes, in the published order."""
    cosine, sine = points.turned(asked.lat)
    found = []
    for each in workers:
        if stopped(each, asked, caps, weekday):
            continue
        away = points.metres(each["lat"], each["lng"], asked.lat, asked.lng, cosine, sine)
        total = (
            w.near * points.near(away, w.half_m)
            + w.rating * points.rating(each["rating_sum"], each["rating_count"], w.prior_mean, w.prior_count)
            + w.experience * points.experience(each["practised"], w.full_years)
            + w.credit * points.credit(each["credit"])
            + w.fairness * points.fairness(each["recent"], w.fair_orders)
            + w.continuity * points.continuity(asked.known.get(each["key"], 0), w.full_visits)
        )
        found.append((-total, each["recent"], each["key"]))
    return [(key, -total) for total, _, key in sorted(found)]
