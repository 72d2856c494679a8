"""The raw peers of a winning acceptance and a winning grab: the very same rows written, nothing read or decided.

What counts as the same writes: the order's state with frozen terms, the offer's state, a history row for each
move, the timeline's lines, the agency's sight of the customer, the audit entries, the jobs, both notifications; for
a worker's grab also the assignment with its history and the booking under its exclusion constraint. All values are
made beforehand. Once as one prepared call, once as a transaction of plain statements sent in one round trip.
"""

from __future__ import annotations

from typing import Any

from django.db import connection

from anxin.kit import ids
from anxin.kit.routines import Routine
from anxin.orders.actions.taking import writing
from anxin.orders.models import Order
from anxin.workers.public import CALM_SQL

ACCEPT = writing.ACCEPT
# Without the lock and the second look at the worker's calendar: those are the action's own.
GRAB = Routine(
    "benchmark_grab", writing.body(worker=True).replace(CALM_SQL, "SELECT true AS calm"), takes=writing.TAKES
)

_ACTOR = "%(by_person)s, %(by_organisation)s, %(by_post)s, %(channel)s, %(at)s, ''"
_HISTORY = "(row_id, from_state, to_state, by_person, by_organisation, by_post, channel, at, why)"
_BOTH = f"""
UPDATE orders_order SET state = 'accepted', state_at = %(at)s, accepted_at = %(at)s,
  provider_id = %(organisation)s, version_id = %(version)s, terms = %(terms)s
  WHERE id = %(order)s AND state = 'submitted';
INSERT INTO orders_orderhistory {_HISTORY} VALUES (%(order)s, 'submitted', 'accepted', {_ACTOR});
UPDATE orders_offer SET state = 'accepted', state_at = %(at)s WHERE order_id = %(order)s AND state = 'open';
INSERT INTO orders_offerhistory {_HISTORY}
  SELECT id, 'open', 'accepted', {_ACTOR} FROM orders_offer WHERE order_id = %(order)s;
INSERT INTO orders_note (order_id, at, kind, text, params, side, audience, by_person)
  SELECT %(order)s, %(at)s, n.kind, n.text, '{{}}', n.side, n.audience, %(by_person)s
  FROM jsonb_to_recordset(%(notes)s) AS n(kind text, text text, side text, audience text);
INSERT INTO customers_sight (id, organisation_id, customer_id, since)
  SELECT %(sight)s, %(organisation)s, customer_id, %(at)s FROM orders_order WHERE id = %(order)s
  ON CONFLICT DO NOTHING;
INSERT INTO audit_entry
  (action, at, by_person, by_organisation, by_post, channel, address, request_id, subject, subject_id, detail,
   mark)
  SELECT e.action, %(at)s, %(by_person)s, %(by_organisation)s, %(by_post)s, %(channel)s, %(address)s,
         %(request_id)s, e.subject, e.subject_id, e.detail, e.mark
  FROM jsonb_to_recordset(%(entries)s) AS e(action text, subject text, subject_id text, detail jsonb, mark text);
INSERT INTO procrastinate_jobs (queue_name, task_name, priority, lock, args)
  SELECT j.queue, j.task, 0, j.lock, j.args
  FROM jsonb_to_recordset(%(jobs)s) AS j(task text, queue text, lock text, args jsonb);
"""
_WORKER = f"""
INSERT INTO orders_assignment
  (id, state, state_at, order_id, visit_id, worker_id, slot, round, score, reason, due_at, created_at)
  SELECT %(assignment)s, 'carded', %(at)s, %(order)s, id, %(worker)s, 1, 1, '{{}}', '', %(due_at)s, %(at)s
  FROM orders_visit WHERE order_id = %(order)s;
INSERT INTO orders_assignmenthistory {_HISTORY}
  VALUES (%(assignment)s, '', 'proposed', {_ACTOR}), (%(assignment)s, 'proposed', 'carded', {_ACTOR});
INSERT INTO workers_booking
  (id, worker_id, kind, state, span, buffered, ref, lat, lng, city_code, note, created_at)
  SELECT %(booking)s, %(worker)s, 'visit', 'held', tstzrange(%(start)s, %(end)s),
         tstzrange(%(start)s, %(buffered_end)s), %(assignment)s, lat, lng, %(worker_city)s, '', %(at)s
  FROM orders_order WHERE id = %(order)s;
"""
_END = "SELECT pg_notify('anxin_live', 'hall'), pg_notify('anxin_live', 'order:' || %(order)s); COMMIT"
ACCEPT_BATCH = f"BEGIN; {_BOTH} {_END}"
GRAB_BATCH = f"BEGIN; {_BOTH} {_WORKER} {_END}"


def caught(routine: Routine, act: Any) -> dict[str, Any]:
    """The parameters that an action would write with; nothing is written."""
    found: dict[str, Any] = {}

    def catch(values: Any) -> list[Any]:
        found.update(values)
        return [{"accepted": 0, "carded": 0}, str(ids.new_id()), 1]

    routine.fetch = catch  # type: ignore[method-assign]
    try:
        act()
    finally:
        del routine.fetch
    return found


def for_order(order: Order, template: dict[str, Any]) -> dict[str, Any]:
    """The parameters for another order of the same kind."""
    return template | {"order": order.pk, "sight": ids.new_id()}


def for_grab(order: Order, template: dict[str, Any], worker_id: Any) -> dict[str, Any]:
    """The same for a grab of another order by another worker."""
    turnover = template["buffered_end"] - template["end"]
    return for_order(order, template) | {
        "assignment": ids.new_id(), "booking": ids.new_id(), "worker": worker_id, "start": order.starts_at,
        "end": order.ends_at, "buffered_end": order.ends_at + turnover,
    }  # fmt: skip


def one(routine: Routine, values: dict[str, Any]) -> None:
    assert routine.fetch(values)


def batch(text: str, values: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text, values)
