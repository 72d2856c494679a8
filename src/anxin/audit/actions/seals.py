"""Sealing the audit trail in batches, and verifying that nothing in it was touched."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from anxin.audit import queries, rules
from anxin.audit.actions.record import record
from anxin.audit.models import Seal
from anxin.audit.values import CHECK
from anxin.kit.actor import SYSTEM, Actor
from anxin.kit.crypto import hmac_sign, signed_by_us
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
        signature=hmac_sign("audit", digest.encode()), at=at,
    )  # fmt: skip


def verify() -> tuple[int, int, list[str]]:
    """Recompute every seal. Returns (seals, entries, faults in words); no faults = nothing was changed."""
    faults: list[str] = []
    previous, start, total, seals = rules.GENESIS, 0, 0, 0
    for one in Seal.objects.order_by("id").iterator():
        seals += 1
        if one.previous != previous or one.from_xact != start:
            faults.append(f"seal {one.pk}: the chain is broken, a seal was removed, inserted or reordered")
        digest, count = rules.digest(
            one.previous, one.from_xact, one.below_xact, queries.rows_between(one.from_xact, one.below_xact)
        )
        if count != one.count:
            faults.append(f"seal {one.pk}: {one.count} entries were sealed, {count} are there")
        elif digest != one.digest:
            faults.append(f"seal {one.pk}: an entry was changed")
        if not signed_by_us("audit", one.digest.encode(), bytes(one.signature)):
            faults.append(f"seal {one.pk}: the signature is not ours")
        previous, start, total = one.digest, one.below_xact, total + count
    return seals, total, faults


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
