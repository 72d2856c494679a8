"""Reads of the audit trail, in the table and in the files of what is past its time there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from heapq import nlargest
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from anxin.audit import rules
from anxin.audit.adapters import archives, signing
from anxin.audit.models import Archive, Entry, Seal, seen_by
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

    @property
    def lookups(self) -> dict[str, Any]:
        """The columns it asks about, as filters of the table; archived entries are held against the same."""
        exact = {
            "action": self.action, "by_person": self.person_id, "by_organisation": self.organisation_id,
            "by_post": self.post, "subject": self.subject, "subject_id": self.subject_id,
            "request_id": self.request_id, "at__gte": self.since, "at__lt": self.until,
            "action__startswith": self.area and f"{self.area}.",
        }  # fmt: skip
        return {name: value for name, value in exact.items() if value}


def trail(actor: Actor, wanted: Wanted, *, before: int | None = None) -> QuerySet[Entry]:
    """Entries the actor may see, newest first, `before` an id: a trail of millions is walked, never counted."""
    found = Entry.objects.visible_to(actor).filter(**wanted.lookups)
    return (found.filter(pk__lt=before) if before else found).order_by("-id")


# So much is read of the archives for one page, or one file if that holds more: about a second.
READ_ENTRIES, READ_FILES = 40_000, 32


@dataclass(frozen=True)
class Place:
    """Where a walk through the archives goes on: in this one, below this entry; 0 is its newest."""

    archive: int
    below: int = 0


@dataclass
class Archived:
    """Entries found in archives, newest first; the names of files that are not as they were sealed, of which none is
    shown; and where to read on: None when all that was asked for has been read."""

    rows: list[Entry] = field(default_factory=list)
    touched: list[str] = field(default_factory=list)
    onward: Place | None = None


def archives_of(wanted: Wanted) -> QuerySet[Archive]:
    """The archives that may hold acts of the time that is asked for, newest first; none where no time is."""
    if not (wanted.since or wanted.until):
        return Archive.objects.none()
    found = Archive.objects.order_by("-id")
    if wanted.since:
        found = found.filter(Q(last_at__gte=wanted.since) | Q(last_at=None))
    return found.filter(Q(first_at__lt=wanted.until) | Q(first_at=None)) if wanted.until else found


def archived_count(wanted: Wanted) -> int:
    """How many entries those archives hold altogether. One query."""
    return archives_of(wanted).aggregate(held=Sum("entries"))["held"] or 0


def archived(actor: Actor, wanted: Wanted, *, most: int, after: Place | None = None) -> Archived:
    """Entries in archives that the actor may see, at most `most` of them, and as far as one page reads. One query.

    A file is held against its signed row before anything of it is shown.
    """
    found, seen, read = Archived(), seen_by(actor), 0
    if seen is None:
        return found
    held = archives_of(wanted).filter(pk__lte=after.archive) if after else archives_of(wanted)
    lookups = rules.as_written(
        {**wanted.lookups, **{f"{name}__exact": value for name, value in seen.items()}}
    )
    for number, one in enumerate(held[: READ_FILES + 1]):
        room = most - len(found.rows)
        if not room or number == READ_FILES or (read and read + one.entries > READ_ENTRIES):
            found.onward = Place(one.pk)
            break
        read += one.entries
        rows = _newest(one, lookups, after.below if after and after.archive == one.pk else 0, room + 1)
        if rows is None:
            found.touched.append(one.name)
            continue
        found.rows += rows[:room]
        if len(rows) > room:
            found.onward = Place(one.pk, rows[room - 1].pk)
            break
    return found


def _newest(one: Archive, lookups: dict[str, Any], below: int, most: int) -> list[Entry] | None:
    """The newest entries of one archive that fit, of those below an id; None if it is not as it was sealed."""
    if not signing.is_ours(one.words, bytes(one.signature)):
        return None
    try:
        if archives.digest(one.name) != one.sha256:
            return None
        fitting = (row for row in archives.rows(one.name) if rules.fits(row, lookups))
        rows = nlargest(
            most, (row for row in fitting if not below or row["id"] < below), key=lambda row: row["id"]
        )
    except archives.Missing:
        return None
    return [Entry(**row | {"at": datetime.fromisoformat(row["at"])}) for row in rows]


# A narrow search brings acts of many months onto one page: each asks for its own seal, not for all between them.
_SEALS = """
SELECT s.*, act.xact AS act FROM unnest(%s::bigint[]) AS act (xact), LATERAL (
    SELECT * FROM audit_seal WHERE from_xact <= act.xact ORDER BY from_xact DESC LIMIT 1
) s WHERE s.below_xact > act.xact
"""


def seals_of(entries: Iterable[Entry]) -> dict[int, Seal]:
    """Entry id → the seal that covers it; entries not yet sealed are left out. One query."""
    rows = list(entries)
    seals = {vars(one)["act"]: one for one in Seal.objects.raw(_SEALS, [sorted({row.xact for row in rows})])}
    return {row.pk: seals[row.xact] for row in rows if row.xact in seals}


def last_check() -> Entry | None:
    """What the last verification of the whole trail found, itself an entry."""
    return Entry.objects.filter(action=CHECK).order_by("-id").first()


def lists_today(by: Actor, at: datetime) -> int:
    """How many lists somebody has taken along since midnight here."""
    midnight = clock.at_local(clock.local_date(at), 0)
    return Entry.objects.filter(by_person=by.person_id, action=LIST, at__gte=midnight).count()
