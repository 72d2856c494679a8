"""Entries past their time leave the table for a file: sealed batches only, whole, and verified on the way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

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

# So many seals go into one file at most: some months of a seal a minute.
MOST_SEALS = 200_000
MONTH = timedelta(days=31)


class TrailTouched(Conflict):
    code = "trail_touched"
    message = _("审计记录与封存不符，没有归档。请先核验并查明原因。")


@transaction.atomic
def archive(*, by: Actor, at: datetime) -> Archive | None:
    """Move the entries of seals older than ANXIN_AUDIT_MONTHS to a file; None if there are none.

    The seals stay, so the chain is verified over files and table alike. Refuses TrailTouched, with nothing moved, when
    an entry does not fit its seal. The file stands before the first row goes.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEALER_LOCK])
    last = queries.last_archive()
    before, start = at - settings.ANXIN_AUDIT_MONTHS * MONTH, last.below_xact if last else 0
    old = Seal.objects.filter(at__lt=before, from_xact__gte=start)
    seals = list(old.order_by("id")[:MOST_SEALS])
    if not seals:
        return None
    name = f"entries-{seals[0].pk:012d}-{seals[-1].pk:012d}.jsonl.gz"
    row = Archive(
        name=name, from_xact=seals[0].from_xact, below_xact=seals[-1].below_xact, seals=len(seals),
        entries=sum(one.count for one in seals), sha256=archives.write(name, _lines(seals)), at=at,
    )  # fmt: skip
    row.signature = signing.sign(row.words)
    row.save(force_insert=True)
    Entry.objects.filter(xact__lt=row.below_xact).delete()
    record(
        "audit.archive", by=by, at=at, subject="audit", subject_id="trail",
        detail={"file": name, "sha256": row.sha256, "seals": row.seals, "entries": row.entries},
    )  # fmt: skip
    return row


def _lines(seals: list[Seal]) -> Iterator[bytes]:
    for one in seals:
        rows = list(queries.rows_between(one.from_xact, one.below_xact))
        if rules.digest(one.previous, one.from_xact, one.below_xact, rows) != (one.digest, one.count):
            raise TrailTouched
        yield from map(rules.canonical, rows)
