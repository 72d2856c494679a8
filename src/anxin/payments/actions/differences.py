"""Differences between the channel's word and ours: noted once, settled once."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from anxin.audit.public import record
from anxin.kit.actor import Actor
from anxin.kit.clock import local_date
from anxin.payments.actions import refusals
from anxin.payments.models import ReconciliationDifference
from anxin.payments.values import DifferenceKind


@transaction.atomic
def note_difference(
    kind: DifferenceKind,
    reference: str,
    *,
    at: datetime,
    day: date | None = None,
    ours_fen: int | None = None,
    theirs_fen: int | None = None,
    detail: str = "",
) -> ReconciliationDifference:
    """List a difference; the same one of the same day stays one row. Amounts in fen."""
    row, _new = ReconciliationDifference.objects.get_or_create(
        day=day or local_date(at),
        kind=str(kind),
        reference=reference,
        defaults={"ours_fen": ours_fen, "theirs_fen": theirs_fen, "detail": detail[:300], "found_at": at},
    )
    return row


@transaction.atomic
def resolve_difference(row: ReconciliationDifference, *, resolution: str, by: Actor, at: datetime) -> None:
    """Somebody looked into it and says how it was settled. Refuses: WordsNeeded, DifferenceSettled."""
    if not resolution.strip():
        raise refusals.WordsNeeded("resolution")
    changed = ReconciliationDifference.objects.filter(pk=row.pk, resolved_at=None).update(
        resolved_at=at, resolved_by=by.person_id, resolution=resolution.strip()[:300]
    )
    if not changed:
        raise refusals.DifferenceSettled
    record("payments.resolve_difference", by=by, at=at, subject="difference", subject_id=row.pk)
