"""Reads of the audit trail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet, Subquery
from django.db.models.functions import Coalesce

from anxin.audit.models import Archive, Entry, Seal
from anxin.audit.values import CHECK, LIST
from anxin.kit import clock
from anxin.kit.actor import Actor

COLUMNS = (
    "id", "action", "at", "by_person", "by_organisation", "by_post", "channel", "address",
    "request_id", "subject", "subject_id", "detail", "xact",
)  # fmt: skip


def last_seal() -> Seal | None:
    return Seal.objects.order_by("-id").first()


# Every transaction holds a lock on its own number while it runs. Those of other databases of the same server and of
# autovacuum never write here; prepared ones have no process and count. Numbers in the lock table have 32 bits and are
# widened.
_SETTLED = """
WITH next AS (SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS xact),
running AS (
    SELECT (next.xact >> 32 << 32) + l.transactionid::text::bigint AS xact, next.xact AS top
    FROM next, pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
    WHERE l.locktype = 'transactionid' AND l.mode = 'ExclusiveLock' AND l.granted
      AND (a.pid IS NULL OR (a.datname = current_database() AND a.backend_type <> 'autovacuum worker'))
)
SELECT least(next.xact, (SELECT min(CASE WHEN xact > top THEN xact - (1::bigint << 32) ELSE xact END) FROM running))
FROM next
"""


def settled_xact() -> int:
    """Every transaction of this database below this one has ended: what they wrote is all there is of them."""
    with connection.cursor() as cursor:
        cursor.execute(_SETTLED)
        return int(cursor.fetchone()[0])


def unsealed() -> int:
    """How many entries no seal covers yet. One query."""
    last = Seal.objects.order_by("-id").values("below_xact")[:1]
    return Entry.objects.filter(xact__gte=Coalesce(Subquery(last), 0)).count()


def rows_between(from_xact: int, below_xact: int) -> Iterator[dict[str, Any]]:
    """The entries of transactions from_xact ≤ x < below_xact by id, as plain values for hashing."""
    entries = Entry.objects.filter(xact__gte=from_xact, xact__lt=below_xact).order_by("id")
    for row in entries.values(*COLUMNS).iterator(chunk_size=5000):
        yield {**row, "at": row["at"].astimezone(UTC).isoformat()}


def unsealed_rows(from_xact: int) -> Iterator[dict[str, Any]]:
    """The entries that no seal covers yet, with their marks, oldest first."""
    entries = Entry.objects.filter(xact__gte=from_xact).order_by("id")
    for row in entries.values(*COLUMNS, "mark").iterator(chunk_size=5000):
        yield {**row, "at": row["at"].astimezone(UTC).isoformat()}


def next_xact() -> int:
    """The first number that no transaction has yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint + 1")
        return int(cursor.fetchone()[0])


def count_below(xact: int) -> int:
    """How many entries of transactions below this one are in the table."""
    return Entry.objects.filter(xact__lt=xact).count()


def anchor_of(seal: Seal) -> dict[str, Any]:
    """A seal in the form in which it is anchored outside."""
    return {
        "seal": seal.pk, "from_xact": seal.from_xact, "below_xact": seal.below_xact, "count": seal.count,
        "previous": seal.previous, "digest": seal.digest, "at": seal.at.astimezone(UTC).isoformat(),
        "signature": bytes(seal.signature).hex(),
    }  # fmt: skip


def anchors_after(number: int) -> Iterator[dict[str, Any]]:
    """The seals after one, as they are anchored."""
    for seal in Seal.objects.filter(pk__gt=number).order_by("id").iterator():
        yield anchor_of(seal)


def last_archive() -> Archive | None:
    return Archive.objects.order_by("-id").first()


def of_subject(subject: str, subject_id: str) -> QuerySet[Entry]:
    return Entry.objects.filter(subject=subject, subject_id=subject_id).order_by("id")


@dataclass(frozen=True)
class Wanted:
    """What is looked for in the trail; "" and None ask for nothing. `area` is the first part of an action."""

    area: str = ""
    action: str = ""
    person_id: UUID | None = None
    organisation_id: UUID | None = None
    post: str = ""
    subject: str = ""
    subject_id: str = ""
    request_id: str = ""
    since: datetime | None = None
    until: datetime | None = None


def trail(actor: Actor, wanted: Wanted, *, before: int | None = None) -> QuerySet[Entry]:
    """Entries the actor may see, newest first, `before` an id: a trail of millions is walked, never counted."""
    exact = {
        "action": wanted.action, "by_person": wanted.person_id, "by_organisation": wanted.organisation_id,
        "by_post": wanted.post, "subject": wanted.subject, "subject_id": wanted.subject_id,
        "request_id": wanted.request_id, "at__gte": wanted.since, "at__lt": wanted.until, "id__lt": before,
    }  # fmt: skip
    found = Entry.objects.visible_to(actor).filter(**{k: v for k, v in exact.items() if v})
    if wanted.area:
        found = found.filter(action__startswith=f"{wanted.area}.")
    return found.order_by("-id")


def seals_of(entries: Iterable[Entry]) -> dict[int, Seal]:
    """Entry id → the seal that covers it; entries not yet sealed are left out. One query."""
    rows = list(entries)
    if not rows:
        return {}
    low, high = min(row.xact for row in rows), max(row.xact for row in rows)
    seals = list(Seal.objects.filter(below_xact__gt=low, from_xact__lte=high))
    return {row.pk: one for row in rows for one in seals if one.from_xact <= row.xact < one.below_xact}


def last_check() -> Entry | None:
    """What the last verification of the whole trail found, itself an entry."""
    return Entry.objects.filter(action=CHECK).order_by("-id").first()


def lists_today(by: Actor, at: datetime) -> int:
    """How many lists somebody has taken along since midnight here."""
    midnight = clock.at_local(clock.local_date(at), 0)
    return Entry.objects.filter(by_person=by.person_id, action=LIST, at__gte=midnight).count()
