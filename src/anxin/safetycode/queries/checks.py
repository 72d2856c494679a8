"""Reads of background checks and matches of person and card."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Count, Q, QuerySet

from anxin.kit.actor import Actor
from anxin.safetycode.models import BackgroundCheck, FaceMatch, RequestBatch
from anxin.safetycode.states import CheckState
from anxin.safetycode.values.checks import Channel, CheckAnswer, CheckResult, FaceFacts, FaceResult


def checks(actor: Actor, *, state: str = "") -> QuerySet[BackgroundCheck]:
    """Checks the actor may see with the worker and the batch, the newest first. One query."""
    rows: QuerySet[BackgroundCheck] = BackgroundCheck.objects.visible_to(actor)
    rows = rows.select_related("worker__person", "batch").order_by("-created_at", "-pk")
    return rows.filter(state=state) if state else rows


def check_for(actor: Actor, number: str) -> BackgroundCheck | None:
    return checks(actor).filter(number=number).first()


def answer_of(row: BackgroundCheck) -> CheckAnswer | None:
    """The answer that was kept, if there is one."""
    if row.state != CheckState.ANSWERED or row.checked_on is None:
        return None
    return CheckAnswer(
        CheckResult(row.result), row.checked_on, row.authority, row.reference_no, row.valid_until
    )


def to_be_batched(actor: Actor) -> QuerySet[BackgroundCheck]:
    """What waits for the next request file of those whom the actor may see."""
    return checks(actor, state=CheckState.ASKED).filter(channel=Channel.FILE, batch=None)


def batches(actor: Actor) -> QuerySet[RequestBatch]:
    """Request files with how many of their questions are open, the newest first. One query."""
    rows: QuerySet[RequestBatch] = RequestBatch.objects.visible_to(actor)
    still = Count("checks", filter=Q(checks__state=CheckState.WAITING))
    return rows.annotate(open=still).order_by("-made_at", "-pk")


def face_of(worker_id: UUID) -> FaceFacts | None:
    """The last comparison of a worker's face with their card, whatever it found; a match counts until a newer one
    says otherwise. One query."""
    rows = FaceMatch.objects.filter(worker=worker_id).exclude(result=FaceResult.UNAVAILABLE)
    row = rows.order_by("-at", "-pk").first()
    return _facts(row) if row else None


def faces(actor: Actor, worker_id: UUID) -> list[FaceFacts]:
    """Every comparison of a worker that the actor may see, the newest first, at most 20. One query."""
    rows = FaceMatch.objects.visible_to(actor).filter(worker=worker_id).order_by("-at", "-pk")[:20]
    return [_facts(row) for row in rows]


def _facts(row: FaceMatch) -> FaceFacts:
    return FaceFacts(FaceResult(row.result), row.score, row.at, row.provider, row.request_id)
