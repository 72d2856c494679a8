"""How a worker stands: sums that higher areas report and ranking reads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F

from anxin.audit.public import record
from anxin.kit import prepared
from anxin.kit.actor import Actor
from anxin.workers.actions.people import NoSuchWorker
from anxin.workers.models import Standing

RECENT = timedelta(days=30)


@transaction.atomic
def record_rating(*, worker_id: UUID, stars: float, by: Actor, at: datetime, count: int = 1) -> None:
    """Add a rating of `stars` (1–5, to the hundredth). `count=-1` with the same stars takes it back.

    Refuses: NoSuchWorker; ValueError for stars out of range (a defect of the caller).
    """
    if not 1 <= stars <= 5 or count not in (1, -1):
        raise ValueError("a rating has 1 to 5 stars and counts once")
    _add(
        worker_id, rating_hundredths=F("rating_hundredths") + count * round(stars * 100),
        rating_count=F("rating_count") + count,
    )  # fmt: skip
    record(
        "workers.record_rating", by=by, at=at, subject="worker", subject_id=worker_id,
        detail={"stars": stars, "count": count},
    )  # fmt: skip


@transaction.atomic
def record_completed(*, worker_id: UUID, by: Actor, at: datetime, late: bool = False) -> None:
    """Count one completed order. Called once for each, in the transaction that completes it. Refuses: NoSuchWorker."""
    _add(
        worker_id, completed=F("completed") + 1, recent_orders=F("recent_orders") + 1,
        late=F("late") + int(late),
    )  # fmt: skip


@transaction.atomic
def set_credit(*, worker_id: UUID, score: int, by: Actor, at: datetime) -> None:
    """Write the credit score (0–100) that the credit area worked out. Refuses: NoSuchWorker."""
    if not 0 <= score <= 100:
        raise ValueError("a credit score is 0 to 100")
    _add(worker_id, credit_score=score)
    record(
        "workers.set_credit", by=by, at=at, subject="worker", subject_id=worker_id, detail={"score": score}
    )


_SET_COLOURS = """
  UPDATE workers_standing n SET colour = c.colour, colour_at = %(at)s
  FROM unnest(%(workers)s::uuid[], %(colours)s::text[]) AS c(worker_id, colour)
  JOIN workers_standing o ON o.worker_id = c.worker_id
  WHERE n.worker_id = c.worker_id AND o.colour <> c.colour
  RETURNING n.worker_id, o.colour
"""


def set_colours(*, colours: Mapping[UUID, str], by: Actor, at: datetime) -> dict[UUID, str]:
    """Write the colours that the safety code judged. Returns worker → colour before, for those that changed."""
    values = {"at": at, "workers": list(colours), "colours": list(colours.values())}
    return dict(prepared.fetch(_SET_COLOURS, values))


def recount(*, at: datetime) -> int:
    """Count again, for every worker, the visits that ended in the last 30 days. Returns the rows changed."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE workers_standing n SET recent_orders = c.visits, counted_at = %(at)s
            FROM (
              SELECT s.worker_id, count(b.id) AS visits FROM workers_standing s
              LEFT JOIN workers_booking b ON b.worker_id = s.worker_id AND b.kind = 'visit' AND b.state = 'firm'
                AND lower(b.span) >= %(since)s - interval '31 days' AND lower(b.span) < %(at)s
                AND upper(b.span) > %(since)s AND upper(b.span) <= %(at)s
              GROUP BY s.worker_id) c
            WHERE c.worker_id = n.worker_id AND c.visits <> n.recent_orders
            """,
            {"at": at, "since": at - RECENT},
        )
        return int(cursor.rowcount)


def _add(worker_id: UUID, **values: object) -> None:
    if not Standing.objects.filter(worker=worker_id).update(**values):
        raise NoSuchWorker
