"""Entries past their time leave the table for files: sealed batches only, whole, and verified on the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import takewhile

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from anxin.audit import queries, rules
from anxin.audit.actions.record import record
from anxin.audit.actions.seals import SEALER_LOCK
from anxin.audit.adapters import archives, signing
from anxin.audit.models import Archive, Entry, Seal
from anxin.kit.actor import Actor
from anxin.kit.errors import Conflict

# So many seals go at once at most: some months of a seal a minute.
MOST_SEALS = 200_000
# A search reads whole files, so they are small; a seal over more than this has a file of its own.
ENTRIES_A_FILE = 5_000
MONTH = timedelta(days=31)


class TrailTouched(Conflict):
    code = "trail_touched"
    message = _("审计记录与封存不符，没有归档。请先核验并查明原因。")


@transaction.atomic
def archive(*, by: Actor, at: datetime) -> list[Archive]:
    """Move the entries of seals older than ANXIN_AUDIT_MONTHS to files, oldest first; [] if there are none.

    The seals stay, so the chain is verified over files and table alike. Refuses TrailTouched, with nothing moved, when
    an entry does not fit its seal. The files stand before the first row goes.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEALER_LOCK])
    last = queries.last_archive()
    before, start = at - settings.ANXIN_AUDIT_MONTHS * MONTH, last.below_xact if last else 0
    # Up to the first that is not old: one sealed under a clock that ran ahead holds back what follows it.
    coming = Seal.objects.filter(from_xact__gte=start).order_by("id")[:MOST_SEALS]
    kept = [_keep(seals, at) for seals in _files(takewhile(lambda one: one.at < before, coming.iterator()))]
    if not kept:
        return []
    Entry.objects.filter(xact__lt=kept[-1].below_xact).delete()
    record(
        "audit.archive", by=by, at=at, subject="audit", subject_id="trail",
        detail={
            "files": len(kept), "first": kept[0].name, "last": kept[-1].name,
            "seals": sum(one.seals for one in kept), "entries": sum(one.entries for one in kept),
        },
    )  # fmt: skip
    return kept


def _files(seals: Iterable[Seal]) -> Iterator[list[Seal]]:
    """The seals for one file after another: whole seals, ENTRIES_A_FILE entries at most or a single seal."""
    together: list[Seal] = []
    held = 0
    for one in seals:
        if together and held + one.count > ENTRIES_A_FILE:
            yield together
            together, held = [], 0
        together.append(one)
        held += one.count
    if together:
        yield together


def _keep(seals: list[Seal], at: datetime) -> Archive:
    """One file on the disk, and its signed row."""
    name = f"entries-{seals[0].pk:012d}-{seals[-1].pk:012d}.jsonl.gz"
    times: list[str] = []
    sha256 = archives.write(name, _lines(seals, times))
    row = Archive(
        name=name, from_xact=seals[0].from_xact, below_xact=seals[-1].below_xact, seals=len(seals),
        entries=sum(one.count for one in seals), sha256=sha256, at=at,
        first_at=datetime.fromisoformat(min(times)), last_at=datetime.fromisoformat(max(times)),
    )  # fmt: skip
    row.signature = signing.sign(row.words)
    row.save(force_insert=True)
    return row


def _lines(seals: list[Seal], times: list[str]) -> Iterator[bytes]:
    """The lines of a file; the times of its acts are left in `times`."""
    for one in seals:
        rows = list(queries.rows_between(one.from_xact, one.below_xact))
        if rules.digest(one.previous, one.from_xact, one.below_xact, rows) != (one.digest, one.count):
            raise TrailTouched
        times += [row["at"] for row in rows]
        yield from map(rules.canonical, rows)
