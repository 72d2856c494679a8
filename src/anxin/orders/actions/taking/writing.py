"""All that taking a demand writes, in one trip: nothing of it, or all of it.

Sent one by one the same statements cost some twenty round trips (a worker's grab forty), all while the order's row is
locked and others wait for it. What belongs to other areas (audit entries, sight, booking, jobs) is their own text.
The moves are checked against the tables in states.py by a test.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from anxin.agencies import public as agencies
from anxin.audit.public import ENTRIES_SQL, entries_values
from anxin.customers.public import SIGHT_SQL
from anxin.kit.actor import Actor
from anxin.kit.ids import new_id
from anxin.kit.jobs import JOBS_SQL, Job, hold, job_values
from anxin.kit.live import CHANNEL
from anxin.kit.routines import Routine
from anxin.orders.actions.taking.reading import LAID
from anxin.orders.models import Order
from anxin.orders.states import AssignmentState, OfferState, OrderState
from anxin.orders.values import Side
from anxin.workers import public as workers
from anxin.workers.public import CALM_SQL, HOLD_SQL

# The moves that are made, each with its history row.
ORDER_MOVE = (OrderState.SUBMITTED, OrderState.ACCEPTED)
OFFER_MOVE = (OfferState.OPEN, OfferState.ACCEPTED)
ASSIGNMENT_MOVES = (("", AssignmentState.PROPOSED), (AssignmentState.PROPOSED, AssignmentState.CARDED))


# Of which type the values are.
TAKES = {
    **dict.fromkeys(("at", "start", "end", "buffered_end", "left_at", "next_at", "due_at"), "timestamptz"),
    **dict.fromkeys(("order", "organisation", "version", "worker", "sight", "assignment", "booking"), "uuid"),
    **dict.fromkeys(("by_person", "by_organisation"), "uuid"),
    **dict.fromkeys(("worker_city", "by_post", "channel", "address", "request_id"), "text"),
    **dict.fromkeys(("left_lat", "left_lng", "next_lat", "next_lng"), "float8"),
    **dict.fromkeys(("terms", "notes", "entries", "jobs"), "jsonb"),
    "check_offer": "bool",
}


def _history(table: str, rows: str, *moves: tuple[str, str]) -> str:
    values = ", ".join(f"({place}, '{old}', '{new}')" for place, (old, new) in enumerate(moves))
    return f"""
  INSERT INTO {table}
    (row_id, from_state, to_state, by_person, by_organisation, by_post, channel, at, why)
  SELECT r.id, m.old, m.new, %(by_person)s, %(by_organisation)s, %(by_post)s, %(channel)s, %(at)s, ''
  FROM {rows} r, (VALUES {values}) AS m(place, old, new) ORDER BY m.place
"""  # nosec B608  # only our own constants and placeholders


# What other areas' texts take their row from.
_WON = "(SELECT won.id AS id, won.customer_id AS customer_id, won.lat AS lat, won.lng AS lng) AS won_by"
# Order before offer before calendar, the same way round as everybody who locks more than one. The lock reads the
# newest row, so a demand that was taken, cancelled or lapsed a moment ago ends it before anything is written; and one
# that was moved, for the price was worked out for the day that was read.
_TAKE = """
DECLARE
  won record;{worker_variables}
  notes json;
BEGIN
  SELECT o.id, o.state, o.customer_id, o.lat, o.lng, o.round, o.starts_at, o.ends_at INTO won
    FROM orders_order o WHERE o.id = %(order)s FOR NO KEY UPDATE;
  IF won.state IS DISTINCT FROM '{submitted}' OR won.starts_at <> %(start)s OR won.ends_at <> %(end)s THEN
    RETURN NULL;
  END IF;
  PERFORM f.id FROM orders_offer f WHERE f.order_id = %(order)s AND {laid} FOR UPDATE OF f;
  IF NOT FOUND AND %(check_offer)s THEN
    RETURN NULL;
  END IF;
  {worker_before}
  UPDATE orders_order o
    SET state = '{accepted}', state_at = %(at)s, accepted_at = %(at)s, provider_id = %(organisation)s,
        version_id = %(version)s, terms = %(terms)s
    WHERE o.id = %(order)s;
  {order_history};
  WITH closed AS (
    UPDATE orders_offer f SET state = '{offer_accepted}', state_at = %(at)s
    WHERE f.order_id = %(order)s AND f.state = '{offer_open}'
    RETURNING f.id
  ) {offer_history};
  {worker_after}
  {sight};
  {entries};
  WITH told AS (
    INSERT INTO orders_note (order_id, at, kind, text, params, side, audience, by_person)
    SELECT %(order)s, %(at)s, n.kind, n.text, '{{}}', n.side, n.audience, %(by_person)s
    FROM jsonb_to_recordset(%(notes)s) AS n(kind text, text text, side text, audience text)
    RETURNING id, kind
  ), queued AS (
    {jobs}
  )
  SELECT json_object_agg(told.kind, told.id) INTO notes FROM told;
  PERFORM pg_notify('{channel}', 'hall'), pg_notify('{channel}', 'order:' || %(order)s);
  RETURN json_build_array(notes{worker_found});
END"""

_WORKER_BEFORE = f"""
  SELECT v.id INTO visit FROM orders_visit v
    WHERE v.order_id = %(order)s AND v.starts_at = %(start)s AND v.ends_at = %(end)s ORDER BY v.sequence LIMIT 1;
  IF NOT FOUND OR ({CALM_SQL}) IS NOT TRUE THEN
    RETURN NULL;
  END IF;
"""  # nosec B608  # only our own constants and placeholders
_WORKER_AFTER = f"""
  INSERT INTO orders_assignment
    (id, state, state_at, order_id, visit_id, worker_id, slot, round, score, reason, due_at, created_at)
  VALUES (%(assignment)s, '{ASSIGNMENT_MOVES[-1][1]}', %(at)s, %(order)s, visit, %(worker)s, 1, won.round,
          '{{}}', '', %(due_at)s, %(at)s);
  {_history("orders_assignmenthistory", "(SELECT %(assignment)s AS id)", *ASSIGNMENT_MOVES)};
  {HOLD_SQL.format(rows=_WON, ref="%(assignment)s")};
"""  # nosec B608  # only our own constants and placeholders


def body(*, worker: bool) -> str:
    """What is written, as the body of a routine."""
    credit = (
        workers.CREDIT_SQL.format(worker="%(worker)s")
        if worker
        else agencies.CREDIT_SQL.format(organisation="%(organisation)s")
    )
    return _TAKE.format(
        submitted=ORDER_MOVE[0], accepted=ORDER_MOVE[1], offer_open=OFFER_MOVE[0], offer_accepted=OFFER_MOVE[1],
        laid=LAID.format(organisation="%(organisation)s", credit=credit),
        order_history=_history("orders_orderhistory", "(SELECT won.id AS id)", ORDER_MOVE),
        offer_history=_history("orders_offerhistory", "closed", OFFER_MOVE),
        sight=SIGHT_SQL.format(rows=_WON),
        entries=ENTRIES_SQL.format(rows=_WON),
        jobs=JOBS_SQL.format(
            rows=_WON,
            more="jsonb_build_object('note_id', (SELECT told.id FROM told WHERE told.kind = j.of_row))"
        ),
        channel=CHANNEL,
        worker_variables="\n  visit uuid;" if worker else "",
        worker_before=_WORKER_BEFORE if worker else "",
        worker_after=_WORKER_AFTER if worker else "",
        worker_found=", visit, won.round" if worker else "",
    )  # fmt: skip


ACCEPT = Routine("orders_accept", body(worker=False), takes=TAKES)
GRAB = Routine("orders_grab", body(worker=True), takes=TAKES)


@dataclass(frozen=True)
class Line:
    """A line of the timeline, as `telling.tell` writes it."""

    kind: str
    text: str
    side: Side | str
    to: str

    def to_json(self) -> dict[str, str]:
        return {"kind": self.kind, "text": self.text, "side": str(self.side), "audience": self.to}


@dataclass(frozen=True)
class Taking:
    """What is written of every taking: for whom, under which terms, what is told, and the jobs that follow."""

    organisation_id: UUID
    version_id: UUID
    terms: dict[str, Any]
    lines: Sequence[Line]
    jobs: Sequence[Job]
    entries: Sequence[tuple[str, str, Any, dict[str, Any]]]
    check_offer: bool = True


def write(order: Order, taking: Taking, *, by: Actor, at: datetime) -> bool:
    """Write an acceptance. False, and nothing is written: somebody else has it, or it is no longer on offer."""
    return bool(_written(ACCEPT, taking, _values(order, taking, by, at)))


def write_grab(
    order: Order,
    taking: Taking,
    worker: dict[str, Any],
    *,
    assignment: UUID,
    due_at: datetime,
    by: Actor,
    at: datetime,
) -> tuple[UUID, int] | None:
    """Write an acceptance with assignment and booking: the visit and the round. None, and nothing is written: it is
    taken, or the worker's calendar is another than was read. Raises IntegrityError: the time overlaps a booking.
    """
    values = _values(order, taking, by, at) | worker | {
        "assignment": assignment, "due_at": due_at, "start": order.starts_at, "end": order.ends_at,
    }  # fmt: skip
    found = _written(GRAB, taking, values)
    return (UUID(found[1]), found[2]) if found else None


def _written(routine: Routine, taking: Taking, values: dict[str, Any]) -> list[Any] | None:
    found: list[Any] | None = routine.fetch(values)
    if found:
        hold(taking.jobs, {kind: {"note_id": note_id} for kind, note_id in found[0].items()})
    return found


def _values(order: Order, taking: Taking, by: Actor, at: datetime) -> dict[str, Any]:
    return {
        **entries_values(*taking.entries, by=by, at=at), **job_values(taking.jobs), "sight": new_id(),
        "order": order.pk, "organisation": taking.organisation_id, "version": taking.version_id,
        "start": order.starts_at, "end": order.ends_at,
        "terms": Jsonb(taking.terms), "notes": Jsonb([line.to_json() for line in taking.lines]),
        "check_offer": taking.check_offer,
    }  # fmt: skip
