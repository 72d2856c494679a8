"""Sealing the audit trail in batches, anchoring the seals outside, and having all of it verified."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from anxin.audit import queries, rules
from anxin.audit.actions.record import record
from anxin.audit.actions.verify import verify
from anxin.audit.adapters import anchors, signing, timestamps
from anxin.audit.models import Seal
from anxin.audit.values import CHECK
from anxin.kit.actor import SYSTEM, Actor
from anxin.kit.jobs import defer

SEALER_LOCK = 7_310_001


@transaction.atomic
def seal_batch(*, at: datetime) -> Seal | None:
    """Chain all settled entries since the last seal into one signed seal; None if there are none.

    One sealer at a time; entries of transactions still open are left to the next batch.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEALER_LOCK])
    last = queries.last_seal()
    start, end = (last.below_xact if last else 0), queries.settled_xact()
    if end <= start:
        return None
    previous = last.digest if last else rules.GENESIS
    digest, count = rules.digest(previous, start, end, queries.rows_between(start, end))
    if not count:
        return None
    return Seal.objects.create(
        from_xact=start, below_xact=end, count=count, previous=previous, digest=digest,
        signature=signing.sign(digest.encode()), at=at,
    )  # fmt: skip


def anchor() -> int:
    """Write every seal that is not yet anchored to the anchors outside the database; how many there were.

    Call it outside of a transaction: an anchor of a seal that is then rolled back would look like a removed one.
    """
    return anchors.add(queries.anchors_after(anchors.last()))


def stamp() -> int:
    """Have the newest anchor time-stamped by the authority outside; those before it are chained to it.

    Returns the seal that was stamped; 0 if no authority is named or the newest anchor has its stamp. Raises NoStamp.
    Call it outside of a transaction: the authority is asked over the network.
    """
    newest: anchors.Anchor = {}
    for newest in anchors.read():  # noqa: B007 - the last one is wanted
        pass
    if not timestamps.in_use() or "seal" not in newest:
        return 0
    if newest["seal"] in {seal for seal, _token in anchors.stamps()}:
        return 0
    anchors.add_stamp(newest["seal"], timestamps.ask(anchors.line(newest)))
    return int(newest["seal"])


FAULTS_KEPT = 50


@transaction.atomic
def check(*, at: datetime) -> list[str]:
    """Verify the whole trail and write down what was found, in the trail itself. Returns the faults."""
    seals, entries, faults = verify()
    detail = {"seals": seals, "entries": entries, "faults": len(faults), "first": faults[:FAULTS_KEPT]}
    record(CHECK, by=SYSTEM, at=at, subject="audit", subject_id="trail", detail=detail)
    return faults


@transaction.atomic
def ask_check(*, by: Actor, at: datetime) -> None:
    """Have the whole trail verified by a job, now; one at a time. Recorded with who asked."""
    record("audit.ask_check", by=by, at=at, subject="audit", subject_id="trail")
    defer("audit.check", lock="audit.check")
