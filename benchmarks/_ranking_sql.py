"""The peers in PostgreSQL: the exact first 20 by one statement, and its own nearest neighbours, over the same workers.

Tables of the world's columns, workers in the order of their cells. The exact statement scores who takes work in the
town, sorts, and asks calendars in that order until 20 have passed: no gate changes a score, so the answer is exact.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import psycopg
from psycopg.types.numeric import Int4, Int8

from anxin.matching.engine.ranking import points
from anxin.matching.engine.ranking.city import City
from anxin.matching.engine.ranking.facts import DAY_S, Facts, Need
from benchmarks import _ranking_world as world

TABLES = """
CREATE UNLOGGED TABLE agency (id int PRIMARY KEY, live bool);
CREATE UNLOGGED TABLE worker (id int, lat int, lng int, active bool, ready bigint, worth bigint, recent smallint,
  agency int, pattern int, does int, level bytea, h1 bigint, h2 bigint, h3 bigint, h4 bigint, i1 bigint, i2 bigint,
  i3 bigint, i4 bigint, t0 bigint, t1 bigint, t2 bigint, n0 int, n1 int, n2 int, n3 int);
CREATE UNLOGGED TABLE area (town int, worker int, does int);
CREATE UNLOGGED TABLE booking (worker int, starts int, ends int, held int, lat int, lng int, work int);
CREATE UNLOGGED TABLE hours (pattern int, starts int, ends int);
"""
INDEXES = """
ALTER TABLE worker ADD PRIMARY KEY (id);
CREATE INDEX ON worker USING gist (point(lng, lat)) WHERE lat <> -2147483648;
CREATE INDEX ON area (town) INCLUDE (worker, does);
CREATE INDEX ON booking (worker, starts);
VACUUM ANALYZE worker;
VACUUM ANALYZE area;
VACUUM ANALYZE booking;
ANALYZE agency;
ANALYZE hours;
"""


def _away(table: str) -> str:
    north = f"(({table}.lat - %(lat)s) * %(radians)s::float8)"
    east = (
        f"(({table}.lng - %(lng)s) * %(radians)s::float8 * (%(cosine)s::float8 * (1.0::float8 - {north} * {north} /"
        f" 8.0::float8) - %(sine)s::float8 * ({north} / 2.0::float8)))"
    )
    flat = f"floor(%(earth)s::float8 * sqrt({north} * {north} + {east} * {east}) + 0.5::float8)"
    return f"CASE WHEN {table}.lat = %(unknown)s THEN %(far)s ELSE least(%(far)s, {flat}::bigint) END"


STANDS = """
  w.active AND w.ready & %(days)s = %(days)s AND g.live
  AND (%(level)s = 0 OR get_byte(w.level, %(item)s) <= %(level)s)
  AND w.h{tier} & %(days)s = %(days)s AND w.i{insurance} & %(days)s = %(days)s
"""
_WAY_MINUTES = "greatest(5, (({away}) * 27 + 9999) / 10000) * 60"
COMES = f"""
  EXISTS (SELECT 1 FROM hours h WHERE h.pattern = s.pattern AND h.starts <= %(a0)s AND h.ends >= %(a1)s)
  AND COALESCE((SELECT b.held <= %(start)s FROM booking b WHERE b.worker = s.id AND b.starts < %(held)s
                ORDER BY b.starts DESC LIMIT 1), true)
  AND COALESCE((SELECT %(start)s - b.ends >= {_WAY_MINUTES.format(away=_away("b"))} FROM booking b
                WHERE b.worker = s.id AND b.starts < %(start)s AND b.lat <> %(unknown)s
                ORDER BY b.starts DESC LIMIT 1), true)
  AND COALESCE((SELECT b.starts - %(end)s >= {_WAY_MINUTES.format(away=_away("b"))} FROM booking b
                WHERE b.worker = s.id AND b.starts >= %(start)s AND b.lat <> %(unknown)s
                ORDER BY b.starts LIMIT 1), true)
  AND (SELECT COALESCE(sum(b.ends - b.starts) FILTER (WHERE b.starts / 86400 = %(day)s), 0) + %(own)s <= %(day_s)s
          AND COALESCE(sum(b.ends - b.starts) FILTER (WHERE {{week}}), 0) + %(own)s <= %(week_s)s
          AND count(DISTINCT b.starts / 86400) FILTER (WHERE {{week}} AND b.starts / 86400 <> %(day)s) < %(week_days)s
          AND COALESCE(bool_and(NOT (b.starts / 86400 < %(day)s AND b.ends > %(start)s - %(rest)s)
                            AND NOT (b.starts / 86400 > %(day)s AND b.starts < %(end)s + %(rest)s)), true)
       FROM booking b WHERE b.worker = s.id AND b.work <> 0
         AND b.starts BETWEEN %(monday)s - 86400 AND %(monday)s + 8 * 86400)
  AND s.id <> ALL (%(excluded)s::int[])
""".format(week="b.starts BETWEEN %(monday)s AND %(monday)s + 7 * 86400 - 1")
TOTAL = f"""
  w.worth + %(near)s::bigint * (%(half)s::bigint * 1000000 / (%(half)s + ({_away("w")})))
  + COALESCE((%(extras)s::bigint[])[array_position(%(known)s::int[], w.id)], 0)
"""
EXACT = f"""
SELECT s.id, s.total FROM (
  SELECT w.id, w.recent, w.pattern, {TOTAL} AS total
  FROM area a JOIN worker w ON w.id = a.worker JOIN agency g ON g.id = w.agency
  WHERE a.town = %(town)s AND a.does & %(bit)s <> 0 AND {STANDS} {{titles}}
  ORDER BY total DESC, w.recent, w.id OFFSET 0) s
WHERE {COMES} ORDER BY s.total DESC, s.recent, s.id LIMIT 20
"""
NEAREST = f"""
SELECT s.id, s.total, s.recent FROM (
  SELECT w.id, w.recent, w.pattern, {TOTAL} AS total
  FROM worker w JOIN agency g ON g.id = w.agency
  WHERE w.lat <> -2147483648 AND point(w.lng, w.lat) <@ box(point(%(west)s, %(south)s), point(%(east)s, %(north)s))
    AND %(town)s IN (w.n0, w.n1, w.n2, w.n3) AND w.does & %(bit)s <> 0 AND {STANDS} {{titles}}
  ORDER BY point(w.lng, w.lat) <-> point(%(lng)s, %(lat)s) OFFSET 0) s
WHERE {COMES} LIMIT %(limit)s
"""
BARE = """
SELECT w.id FROM worker w WHERE w.lat <> -2147483648
ORDER BY point(w.lng, w.lat) <-> point(%(lng)s, %(lat)s) LIMIT 20
"""


def _binary(columns: list[np.ndarray]) -> Iterator[bytes]:
    """Rows in the format of COPY … BINARY, in parts; a column of bytes is one bytea."""
    layout: list[tuple[Any, ...]] = [("fields", ">i2")]
    for i, column in enumerate(columns):
        one = (
            f"S{column.shape[1]}"
            if column.ndim == 2
            else f">{column.dtype.kind.replace('b', 'i')}{column.itemsize}"
        )
        layout += [(f"n{i}", ">i4"), (f"v{i}", one)]
    for at in range(0, len(columns[0]), 200_000):
        part = np.zeros(len(columns[0][at : at + 200_000]), layout)
        part["fields"] = len(columns)
        for i, column in enumerate(columns):
            values = np.ascontiguousarray(column[at : at + 200_000])
            if column.ndim == 2:
                values = values.view(f"S{column.shape[1]}")[:, 0]
            part[f"n{i}"] = part.dtype[f"v{i}"].itemsize
            part[f"v{i}"] = values
        yield part.tobytes()


def _copy(server: psycopg.Connection[Any], table: str, columns: list[np.ndarray]) -> None:
    with server.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN (FORMAT BINARY)") as copy:
        copy.write(b"PGCOPY\n\xff\r\n\0" + bytes(8))
        for part in _binary(columns):
            copy.write(part)
        copy.write(b"\xff\xff")


def _typed(name: str, value: Any) -> Any:
    """One width for each parameter, so that one prepared statement serves all values."""
    if isinstance(value, list):
        return [_typed(name, one) for one in value]
    wide = name in ("days", "extras", "near", "half", "far")
    return value if isinstance(value, float) else (Int8(value) if wide else Int4(value))


class Peers:
    """The world in tables, asked by prepared statements."""

    def __init__(self, url: str, city: City, facts: Facts) -> None:
        self.city = city
        self.server = psycopg.connect(url, autocommit=True)
        self.backend = self.server.info.backend_pid
        self.server.execute("SET jit = off; SET max_parallel_workers_per_gather = 0; SET work_mem = '64MB'")
        self.server.execute("DROP TABLE IF EXISTS agency, worker, area, booking, hours")
        for statement in TABLES.strip().split(";\n"):
            self.server.execute(statement)
        self._fill(facts)
        for statement in INDEXES.strip().rstrip(";").split(";\n"):
            self.server.execute(statement)

    def _fill(self, facts: Facts) -> None:
        city = self.city
        order = np.argsort(city._slots)
        slots = city._slots[order]
        rows = city.columns.rows
        key = rows["key"][slots].astype(np.int32)
        skill = np.ascontiguousarray(city.columns.skill[:, slots].T)
        does = ((skill != 0) * (1 << np.arange(world.ITEMS))).sum(axis=1).astype(np.int32)
        towns = np.full((len(facts), 4), -1, np.int32)
        owner = np.repeat(np.arange(len(facts)), np.diff(facts.town_at))
        towns[owner, np.arange(len(facts.town)) - np.repeat(facts.town_at[:-1], np.diff(facts.town_at))] = (
            facts.town
        )
        live = city.columns.live
        _copy(self.server, "agency", [np.arange(len(live), dtype=np.int32), live])
        plain = ("lat", "lng", "active", "ready", "worth", "recent", "agency", "pattern")
        papers = [rows[name][slots, i] for name in ("health", "insurance") for i in range(4)]
        titles = [city.columns.certificates[i, slots] for i in range(world.TITLES)]
        columns = [key, *(rows[name][slots] for name in plain), does, skill, *papers, *titles, *towns[key].T]
        _copy(self.server, "worker", columns)
        of = np.empty(len(facts), np.int32)
        of[key] = does
        by_town = np.lexsort((city._slots[owner], facts.town))
        _copy(
            self.server, "area",
            [facts.town[by_town], owner[by_town].astype(np.int32), of[owner[by_town]]],
        )  # fmt: skip
        worker = np.repeat(np.arange(len(facts), dtype=np.int32), np.diff(facts.booking_at))
        _copy(self.server, "booking", [worker, *facts.bookings.T])
        pattern = np.repeat(np.arange(4, dtype=np.int32), np.diff(facts.pattern_at))
        _copy(self.server, "hours", [pattern, facts.pattern_from, facts.pattern_to])

    def _ask(self, text: str, need: Need, **more: Any) -> list[tuple[Any, ...]]:
        w, caps = self.city.weights, self.city.caps
        cosine, sine = points.turned(need.lat)
        day = need.start // DAY_S
        a0, a1, _, _ = need.week_pieces(self.city.weekday)
        titles = "".join(f" AND w.t{title} & %(days)s = %(days)s" for title in need.titles)
        text = text.replace("{tier}", str(need.tier)).replace("{insurance}", str(need.insurance))
        values = {
            "lat": need.lat, "lng": need.lng, "cosine": cosine, "sine": sine, "radians": points.RADIANS,
            "earth": points.EARTH_M, "unknown": points.UNKNOWN, "far": points.FAR_M, "days": need.days,
            "level": need.level, "item": need.item, "bit": 1 << need.item, "town": need.town, "a0": a0, "a1": a1,
            "start": need.start, "end": need.end, "held": need.held, "day": day, "own": need.end - need.start,
            "monday": (day - (day + self.city.weekday) % 7) * DAY_S, "day_s": caps.day_s, "week_s": caps.week_s,
            "week_days": caps.week_days, "rest": caps.rest_s, "excluded": sorted(need.excluded),
            "near": w.near, "half": w.half_m, "known": list(need.known),
            "extras": [w.continuity * points.continuity(v, w.full_visits) for v in need.known.values()],
            "west": need.lng - 250_000, "east": need.lng + 250_000, "south": need.lat - 250_000,
            "north": need.lat + 250_000, **more,
        }  # fmt: skip
        typed = {name: _typed(name, value) for name, value in values.items()}
        return self.server.execute(text.replace("{titles}", titles), typed, prepare=True).fetchall()

    def exact(self, need: Need) -> list[tuple[int, int]]:
        """(key, total) of the first 20."""
        return self._ask(EXACT, need)  # type: ignore[return-value]

    def nearest(self, need: Need) -> list[tuple[Any, ...]]:
        """The nearest 20 who pass every gate."""
        return self._ask(NEAREST, need, limit=20)

    def bare(self, need: Need) -> list[tuple[Any, ...]]:
        """The nearest 20, whoever they are."""
        return self._ask(BARE, need)

    def of_the_nearest(self, need: Need) -> list[int]:
        """Keys of the first 20 among the nearest 300 who pass."""
        found = sorted(self._ask(NEAREST, need, limit=300), key=lambda one: (-one[1], one[2], one[0]))
        return [one[0] for one in found[:20]]
