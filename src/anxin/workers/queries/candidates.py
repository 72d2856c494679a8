"""Who is eligible for a piece of work, and which gate keeps the others out: one set of predicates for both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from anxin.agencies.public import live_organisations
from anxin.kit.geo import Point
from anxin.places.values import HANGZHOU
from anxin.workers import rules
from anxin.workers.queries.hours import HOURS_GATE, hours_values
from anxin.workers.values import (
    AffiliationKind,
    CandidateFacts,
    Gate,
    Needs,
    Span,
    StandingFacts,
    years_since,
)


@dataclass(frozen=True)
class Wanted:
    """What work is to be filled: the item's demands, the town, the time and the place.

    organisation_id: only workers of this agency. excluded: workers who were offered before. household: the customer
    for whom the blocks of either side are looked up, None = nobody in particular. grabbing: only workers who may take
    open orders themselves. moving: the reference of a booking that would be moved there, and so does not stand in its
    own way.
    """

    needs: Needs
    town_code: str
    span: Span
    point: Point | None = None
    turnover_minutes: int = 30
    organisation_id: UUID | None = None
    excluded: tuple[UUID, ...] = ()
    grabbing: bool = False
    city_code: str = HANGZHOU
    moving: UUID | None = None
    household: UUID | None = None


# A kind of paper covers all service days when the union of its verified, passed periods does; a verified
# failure voids what is older (the same rule as values.Papers.on, day by day).
_PAPER = """
COALESCE((
  SELECT range_agg(daterange(c.valid_from, c.valid_to, '[]')) @> daterange(%(first)s, %(last)s, '[]')
  FROM workers_credential c
  WHERE c.worker_id = w.id AND c.kind = '{kind}' AND c.conclusion = 'passed'
    AND c.verified_at IS NOT NULL AND c.withdrawn_at IS NULL AND c.valid_to >= %(first)s {more}
    AND NOT EXISTS (
      SELECT 1 FROM workers_credential f
      WHERE f.worker_id = w.id AND f.kind = '{kind}' AND f.conclusion = 'failed'
        AND f.verified_at IS NOT NULL AND f.withdrawn_at IS NULL
        AND f.valid_from >= c.valid_from AND f.valid_from <= %(last)s)
), false)
"""

GATES: dict[Gate, str] = {
    Gate.ACTIVE: "w.state = 'active'",
    Gate.AFFILIATION: """
        a.id IS NOT NULL
        AND (%(organisation)s::uuid IS NULL OR a.organisation_id = %(organisation)s::uuid)
        AND a.organisation_id = ANY (%(live)s::uuid[])
        AND (NOT %(grabbing)s OR a.may_grab)""",
    Gate.SKILL: "s.id IS NOT NULL AND (%(level)s = 0 OR s.level BETWEEN 1 AND %(level)s)",
    Gate.AREA: """
        EXISTS (SELECT 1 FROM workers_workarea t WHERE t.worker_id = w.id AND t.town_code = %(town)s)""",
    Gate.HEALTH: _PAPER.format(kind="health_check", more="AND c.health_tier >= %(tier)s"),
    Gate.INSURANCE: _PAPER.format(kind="insurance", more="AND c.occupation_class >= %(insurance_class)s"),
    Gate.CERTIFICATES: """
        NOT EXISTS (
          SELECT 1 FROM unnest(%(certificates)s::text[]) AS wanted(title)
          WHERE NOT EXISTS (
            SELECT 1 FROM workers_credential c
            WHERE c.worker_id = w.id AND c.kind IN ('certificate', 'training') AND c.title = wanted.title
              AND c.conclusion = 'passed' AND c.verified_at IS NOT NULL AND c.withdrawn_at IS NULL
              AND c.valid_from <= %(first)s AND c.valid_to >= %(last)s))""",
    Gate.SHIFT: """
        COALESCE((
          SELECT range_agg(int4range(h.weekday * 1440 + h.from_minute, h.weekday * 1440 + h.to_minute))
                 @> %(pieces)s::int4multirange
          FROM workers_shift h WHERE h.worker_id = w.id), false)""",
    # Bookings never overlap, so only the last one that starts before our end can reach into our time.
    Gate.FREE: """
        COALESCE((
          SELECT upper(b.buffered) <= %(start)s FROM workers_booking b
          WHERE b.worker_id = w.id AND lower(b.span) < %(buffered_end)s
          ORDER BY lower(b.span) DESC LIMIT 1), true)""",
    Gate.HOURS: HOURS_GATE,
    Gate.EXCLUDED: "NOT (w.id = ANY (%(excluded)s::uuid[]))",
    Gate.BLOCKED: """
        NOT EXISTS (
          SELECT 1 FROM workers_block k
          WHERE k.worker_id = w.id AND k.household = %(household)s AND k.lifted_at IS NULL)""",
}

_COLUMNS = """
  w.id, w.number, w.lat, w.lng, w.practising_since, a.organisation_id, a.kind, a.may_grab, s.level,
  n.rating_hundredths, n.rating_count, n.completed, n.late, n.credit_score, n.recent_orders,
  p.ends, p.lat, p.lng, q.starts, q.lat, q.lng
"""
# The bookings with a place before and after the time that is wanted, for `travel`.
NEIGHBOURS_SQL = """
LEFT JOIN LATERAL (
  SELECT upper(b.span) AS ends, b.lat, b.lng FROM workers_booking b
  WHERE b.worker_id = w.id AND lower(b.span) < %(start)s AND b.lat IS NOT NULL
  ORDER BY lower(b.span) DESC LIMIT 1) p ON true
LEFT JOIN LATERAL (
  SELECT lower(b.span) AS starts, b.lat, b.lng FROM workers_booking b
  WHERE b.worker_id = w.id AND lower(b.span) >= %(start)s AND b.lat IS NOT NULL
  ORDER BY lower(b.span) LIMIT 1) q ON true
"""
_FROM = f"""
FROM workers_worker w
{{join}} JOIN workers_skill s ON s.worker_id = w.id AND s.item_code = %(item)s
{{join}} JOIN workers_affiliation a ON a.worker_id = w.id AND a.period @> %(start)s
LEFT JOIN workers_standing n ON n.worker_id = w.id
{NEIGHBOURS_SQL}
"""


def candidates(wanted: Wanted) -> list[CandidateFacts]:
    """Every eligible worker, unranked. Two queries; travel is decided by the rule that books."""
    gates = "\n  AND ".join(f"({sql})" for sql in GATES.values())
    rows = _rows(
        f"SELECT {_COLUMNS} {_FROM.format(join='INNER')} WHERE w.city_code = %(city)s\n  AND {gates}", wanted
    )
    return [_facts(row, wanted) for row in rows if travel(row[15:21], wanted)]


def why_not(worker_ids: Iterable[UUID], wanted: Wanted) -> dict[UUID, list[Gate]]:
    """For each worker the gates that fail, in the order of the table; an empty list = eligible. Two queries."""
    failed: dict[UUID, list[Gate]] = {worker_id: [Gate.ACTIVE] for worker_id in worker_ids}
    failed.update((row[0], reasons) for row, reasons in _judged(failed, wanted))
    return failed


def weighed(worker_ids: Iterable[UUID], wanted: Wanted) -> list[tuple[CandidateFacts, list[Gate]]]:
    """These workers as matching ranks them, each with the gates that fail, as `why_not` tells them; whoever lacks the
    skill itself or an agency is left out. Two queries."""
    return [
        (_facts(row, wanted), reasons)
        for row, reasons in _judged(worker_ids, wanted)
        if row[5] is not None and row[8] is not None
    ]


def _judged(worker_ids: Iterable[UUID], wanted: Wanted) -> Iterator[tuple[tuple[Any, ...], list[Gate]]]:
    gates = ",\n".join(f"COALESCE(({sql}), false)" for sql in GATES.values())
    sql = f"SELECT {_COLUMNS}, {gates} {_FROM.format(join='LEFT')} WHERE w.id = ANY (%(ids)s::uuid[])"
    for row in _rows(sql, wanted, ids=list(worker_ids)):
        reasons = [gate for gate, passed in zip(GATES, row[-len(GATES) :], strict=True) if not passed]
        if Gate.FREE not in reasons and not travel(row[15:21], wanted):
            reasons.append(Gate.TRAVEL)
        yield row, reasons


def _rows(sql: str, wanted: Wanted, **more: Any) -> list[tuple[Any, ...]]:
    first, last = rules.service_days(wanted.span)
    pieces = ",".join(f"[{a},{b})" for a, b in rules.week_pieces(wanted.span))
    live = live_organisations(wanted.city_code)
    if wanted.organisation_id is not None:
        # Beside the list of all, the server takes the index of the one for dear and reads every affiliation.
        live &= {wanted.organisation_id}
    parameters = {
        "organisation": wanted.organisation_id,
        "live": list(live),
        "grabbing": wanted.grabbing,
        "item": wanted.needs.code,
        "level": wanted.needs.min_level,
        "town": wanted.town_code,
        "tier": int(wanted.needs.health_tier),
        "insurance_class": wanted.needs.insurance_class,
        "certificates": list(wanted.needs.certificates),
        "first": first,
        "last": last,
        "pieces": "{" + pieces + "}",
        "start": wanted.span.start,
        "buffered_end": wanted.span.buffered(wanted.turnover_minutes).end,
        "excluded": list(wanted.excluded),
        "household": wanted.household,
        "city": wanted.city_code,
        **hours_values(wanted.span),
        **more,
    }
    if wanted.moving:
        # A text of its own, so that the usual one reads its index alone.
        sql = sql.replace(
            " workers_booking b", " (SELECT * FROM workers_booking WHERE ref IS DISTINCT FROM %(moving)s) b"
        )
        parameters["moving"] = wanted.moving
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _point(lat: float | None, lng: float | None) -> Point | None:
    return None if lat is None or lng is None else Point(lat, lng)


def travel(neighbours: tuple[Any, ...], wanted: Wanted) -> bool:
    """Whether one can get there and away between the two bookings that `NEIGHBOURS_SQL` found."""
    ends, ends_lat, ends_lng, starts, starts_lat, starts_lng = neighbours
    if ends and not rules.travel_fits(_point(ends_lat, ends_lng), ends, wanted.point, wanted.span.start):
        return False
    return not starts or rules.travel_fits(
        wanted.point, wanted.span.end, _point(starts_lat, starts_lng), starts
    )


def _facts(row: tuple[Any, ...], wanted: Wanted) -> CandidateFacts:
    since: date | None = row[4]
    start: datetime = wanted.span.start
    hundredths, count, completed, late, credit, recent = row[9:15]
    standing = (
        StandingFacts(hundredths / 100, count, completed, late, credit, recent)
        if count is not None
        else StandingFacts()
    )
    return CandidateFacts(
        worker_id=row[0], number=row[1], point=_point(row[2], row[3]),
        years=years_since(since, start.date()), organisation_id=row[5],
        affiliation_kind=AffiliationKind(row[6]), may_grab=row[7], skill_level=row[8], standing=standing,
    )  # fmt: skip
