"""Reads of the audit trail."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from anxin.audit.models import Entry, Seal

COLUMNS = (
    "id", "action", "at", "by_person", "by_organisation", "by_post", "channel", "address",
    "request_id", "subject", "subject_id", "detail", "xact",
)  # fmt: skip


def last_seal() -> Seal | None:
    return Seal.objects.order_by("-id").first()


# Every transaction holds a lock on its own number while it runs. Those of other databases of the same server never
# write here; prepared ones have no process and count. Numbers in the lock table have 32 bits and are widened.
_SETTLED = """
WITH next AS (SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS xact),
running AS (
    SELECT (next.xact >> 32 << 32) + l.transactionid::text::bigint AS xact, next.xact AS top
    FROM next, pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
    WHERE l.locktype = 'transactionid' AND l.mode = 'ExclusiveLock' AND l.granted
      AND (a.pid IS NULL OR a.datname = current_database())
)
SELECT least(next.xact, (SELECT min(CASE WHEN xact > top THEN xact - (1::bigint << 32) ELSE xact END) FROM running))
FROM next
"""


def settled_xact() -> int:
    """Every transaction of this database below this one has ended: what they wrote is all there is of them."""
    with connection.cursor() as cursor:
        cursor.execute(_SETTLED)
        return int(cursor.fetchone()[0])


def rows_between(from_xact: int, below_xact: int) -> Iterator[dict[str, Any]]:
    """The entries of transactions from_xact ≤ x < below_xact by id, as plain values for hashing."""
    entries = Entry.objects.filter(xact__gte=from_xact, xact__lt=below_xact).order_by("id")
    for row in entries.values(*COLUMNS).iterator(chunk_size=5000):
        yield {**row, "at": row["at"].astimezone(UTC).isoformat()}


def of_subject(subject: str, subject_id: str) -> QuerySet[Entry]:
    return Entry.objects.filter(subject=subject, subject_id=subject_id).order_by("id")
