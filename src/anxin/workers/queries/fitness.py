"""One worker's fitness for work as a part of a higher area's statement: the gates of `candidates`, once more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from anxin.agencies.public import LIVE_SQL
from anxin.workers import rules
from anxin.workers.queries.candidates import GATES, NEIGHBOURS_SQL, Wanted, travel
from anxin.workers.queries.hours import hours_values
from anxin.workers.values import Gate

# Whoever grabs does so for the agency they belong to; the list of live agencies is asked about that one alone.
_GATES = GATES | {
    Gate.AFFILIATION: f"a.id IS NOT NULL AND {LIVE_SQL.format(organisation='a.organisation_id')}",
    Gate.EXCLUDED: "true",
}

# The worker that %(person)s is, the agency they belong to at %(at)s, and the row that `fitness` reads: a subquery of
# one row or none; further parameters by `fit_values`.
GRABBER_SQL = f"""
  SELECT w.id AS worker_id, w.city_code, n.organisation_id, n.may_grab,
    ARRAY[{", ".join(f"COALESCE(({gate}), false)" for gate in _GATES.values())}] AS passed,
    p.ends AS left_at, p.lat AS left_lat, p.lng AS left_lng, q.starts AS next_at, q.lat AS next_lat, q.lng AS next_lng
  FROM workers_worker w
  LEFT JOIN workers_affiliation n ON n.worker_id = w.id AND n.period @> %(at)s
  LEFT JOIN workers_skill s ON s.worker_id = w.id AND s.item_code = %(item)s
  LEFT JOIN workers_affiliation a ON a.worker_id = w.id AND a.period @> %(start)s
  {NEIGHBOURS_SQL}
  WHERE w.person_id = %(person)s
"""  # nosec B608  # only our own constants and placeholders


@dataclass(frozen=True)
class Fitness:
    """The gates that fail, and the bookings before and after as they were read: whoever books checks those again."""

    failed: tuple[Gate, ...]
    neighbours: tuple[Any, ...]


def fit_values(wanted: Wanted) -> dict[str, Any]:
    """The parameters of `GRABBER_SQL` beside %(person)s and %(at)s."""
    first, last = rules.service_days(wanted.span)
    return {
        "item": wanted.needs.code, "level": wanted.needs.min_level, "town": wanted.town_code,
        "tier": int(wanted.needs.health_tier), "insurance_class": wanted.needs.insurance_class,
        "certificates": list(wanted.needs.certificates), "first": first, "last": last,
        "pieces": "{" + ",".join(f"[{a},{b})" for a, b in rules.week_pieces(wanted.span)) + "}",
        "start": wanted.span.start, "buffered_end": wanted.span.buffered(wanted.turnover_minutes).end,
        "city": wanted.city_code, "household": wanted.household, **hours_values(wanted.span),
    }  # fmt: skip


def fitness(row: tuple[Any, ...], wanted: Wanted) -> Fitness:
    """What `GRABBER_SQL` found. Travel is decided by the rule that books, and only where the time itself is free."""
    passed, *neighbours = row
    failed = [gate for gate, good in zip(_GATES, passed, strict=True) if not good]
    if Gate.FREE not in failed and not travel(tuple(neighbours), wanted):
        failed.append(Gate.TRAVEL)
    return Fitness(tuple(failed), tuple(neighbours))


def hold_values(*, worker_id: UUID, booking: UUID, city_code: str, fit: Fitness) -> dict[str, Any]:
    """What booking adds to `fit_values`: the parameters of `HOLD_SQL` and `CALM_SQL`."""
    names = ("left_at", "left_lat", "left_lng", "next_at", "next_lat", "next_lng")
    return {
        "worker": worker_id, "booking": booking, "worker_city": city_code,
        **dict(zip(names, fit.neighbours, strict=True)),
    }  # fmt: skip


# Under the worker's lock: whether they still work and their neighbouring bookings are those that were read.
CALM_SQL = """
  SELECT workers_calm(%(worker)s, %(start)s, %(left_at)s, %(left_lat)s, %(left_lng)s,
                      %(next_at)s, %(next_lat)s, %(next_lng)s) AS calm
"""

# Hold the time for each row (one) of {rows}, with lat and lng; what it is held for is {ref}.
HOLD_SQL = """
  INSERT INTO workers_booking
    (id, worker_id, kind, state, span, buffered, ref, lat, lng, city_code, note, created_at)
  SELECT %(booking)s, %(worker)s, 'visit', 'held', tstzrange(%(start)s, %(end)s),
         tstzrange(%(start)s, %(buffered_end)s), {ref}, lat, lng, %(worker_city)s, '', %(at)s
  FROM {rows}
"""
