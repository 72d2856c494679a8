"""Accepting a demand in one round trip: what is read before, and all that is written, each as one statement.

Statement by statement the same acceptance costs some twenty round trips, all while the order's row is locked
and others wait for it. What belongs to other areas (audit entry, sight, jobs) is their own text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from anxin.agencies.public import SERVING_SQL
from anxin.audit.public import ENTRY_SQL, entry_values
from anxin.customers.public import SIGHT_SQL
from anxin.kit import prepared
from anxin.kit.actor import Actor
from anxin.kit.ids import new_id
from anxin.kit.jobs import JOBS_SQL, Job, hold, job_values
from anxin.kit.live import CHANNEL
from anxin.orders.models import Order

# An order that was taken is told by its own row alone: losers cost one read of one row.
STANDING = f"""
SELECT o.state, CASE WHEN o.state = 'submitted' THEN EXISTS (
  SELECT 1 FROM orders_offer f
  WHERE f.order_id = o.id AND f.state = 'open' AND f.opens_at <= %(at)s AND f.expires_at > %(at)s
    AND (f.organisation_id IS NULL OR f.organisation_id = %(organisation)s)) END,
  CASE WHEN o.state = 'submitted' THEN ({SERVING_SQL.format(item="o.item_code")}) END
FROM orders_order o WHERE o.id = %(order)s
"""

# Order before offer, the same way round as everybody who locks both. The locks read the newest row, so a
# demand that was taken, cancelled or lapsed a moment ago leaves `won` empty, and with it everything below.
ACCEPT = f"""
WITH free AS (
  SELECT id FROM orders_order WHERE id = %(order)s AND state = 'submitted' FOR NO KEY UPDATE
), laid AS (
  SELECT f.id FROM free JOIN orders_offer f ON f.order_id = free.id
  WHERE f.state = 'open' AND f.opens_at <= %(at)s AND f.expires_at > %(at)s
    AND (f.organisation_id IS NULL OR f.organisation_id = %(organisation)s)
  FOR UPDATE OF f
), won AS (
  UPDATE orders_order o
  SET state = 'accepted', state_at = %(at)s, accepted_at = %(at)s, provider_id = %(organisation)s,
      version_id = %(version)s, terms = %(terms)s
  FROM free
  WHERE o.id = free.id AND o.state = 'submitted'
    AND (NOT %(check_offer)s::boolean OR EXISTS (SELECT 1 FROM laid))
  RETURNING o.id, o.customer_id
), moved AS (
  INSERT INTO orders_orderhistory
    (row_id, from_state, to_state, by_person, by_organisation, by_post, channel, at, why)
  SELECT id, 'submitted', 'accepted', %(by_person)s::uuid, %(by_organisation)s::uuid, %(by_post)s, %(channel)s,
         %(at)s, ''
  FROM won
), closed AS (
  UPDATE orders_offer f SET state = 'accepted', state_at = %(at)s
  FROM won WHERE f.order_id = won.id AND f.state = 'open'
  RETURNING f.id
), offer_moved AS (
  INSERT INTO orders_offerhistory
    (row_id, from_state, to_state, by_person, by_organisation, by_post, channel, at, why)
  SELECT id, 'open', 'accepted', %(by_person)s::uuid, %(by_organisation)s::uuid, %(by_post)s, %(channel)s,
         %(at)s, ''
  FROM closed
), told AS (
  INSERT INTO orders_note (order_id, at, kind, text, params, side, audience, by_person)
  SELECT id, %(at)s, 'accepted', %(text)s, '{{}}', %(side)s, 'customer', %(by_person)s::uuid FROM won
  RETURNING id
), seen AS (
  {SIGHT_SQL.format(rows="won")}
), entered AS (
  {ENTRY_SQL.format(rows="won")}
)
SELECT told.id, ({JOBS_SQL.format(more="jsonb_build_object('note_id', told.id)")}),
       pg_notify('{CHANNEL}', 'hall'), pg_notify('{CHANNEL}', 'order:' || %(order)s::text)
FROM told
"""


@dataclass(frozen=True)
class Standing:
    """Where a demand stands at a moment: its state, and whether an open offer is laid before the organisation.

    serving: the version under which the organisation offers the item now, None if it does not.
    """

    state: str
    offered: bool
    serving: UUID | None


def standing(order_id: UUID, organisation_id: UUID, at: datetime) -> Standing:
    """One read by key."""
    values = {"order": order_id, "organisation": organisation_id, "at": at}
    [(state, offered, serving)] = prepared.fetch(STANDING, values)
    return Standing(state, bool(offered), serving)


def write(
    order: Order,
    *,
    organisation_id: UUID,
    version_id: UUID,
    terms: dict[str, Any],
    total_fen: int,
    text: str,
    side: str,
    jobs: Sequence[Job],
    check_offer: bool,
    by: Actor,
    at: datetime,
) -> bool:
    """Write the whole acceptance, or nothing. False: somebody else has it, or it is no longer on offer."""
    detail = {"organisation": str(organisation_id), "total_fen": total_fen}
    values = {
        **entry_values("orders.accept", by=by, at=at, subject="order", subject_id=order.pk, detail=detail),
        **job_values(jobs), "sight": new_id(), "order": order.pk, "organisation": organisation_id,
        "version": version_id, "terms": Jsonb(terms), "text": text, "side": side, "check_offer": check_offer,
    }  # fmt: skip
    rows = prepared.fetch(ACCEPT, values)
    if rows:
        hold(jobs, note_id=rows[0][0])
    return bool(rows)
