"""Papers that a process of the house writes itself: who may do so, the area of that process has decided."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from anxin.audit.public import record
from anxin.catalogue.values import CredentialKind, HealthTier
from anxin.kit.actor import Actor
from anxin.kit.events import announce
from anxin.workers import events
from anxin.workers.actions.papers import judge
from anxin.workers.models import Credential
from anxin.workers.values import Conclusion


@transaction.atomic
def attest(
    *,
    worker_id: UUID,
    kind: CredentialKind,
    title: str,
    issuer: str,
    valid_from: date,
    valid_to: date,
    how: str,
    by: Actor,
    at: datetime,
    number: str = "",
    conclusion: Conclusion = Conclusion.PASSED,
    health_tier: HealthTier | None = None,
    occupation_class: int | None = None,
    file_id: UUID | None = None,
) -> Credential:
    """Enter a paper that its source itself told us of, verified at once: it counts from now on.

    `valid_to` is inclusive; `how` tells of the source. Refuses: DatesUnfit, HealthValueGiven.
    """
    judge(kind, title, issuer, number, valid_from, valid_to, file_id)
    paper = Credential(
        worker_id=worker_id, kind=str(kind), title=title, number=number, issuer=issuer, valid_from=valid_from,
        valid_to=valid_to, conclusion=str(conclusion), health_tier=int(health_tier) if health_tier else None,
        occupation_class=occupation_class, file_id=file_id, verified_at=at, verified_by=by.person_id,
        verified_how=how, created_at=at, created_by=by.person_id,
    )  # fmt: skip
    paper.save(force_insert=True)
    record(
        "workers.attest", by=by, at=at, subject="worker", subject_id=worker_id,
        detail={"credential": str(paper.pk), "kind": str(kind)},
    )  # fmt: skip
    announce(events.PapersChanged(worker_id, str(kind), at))
    return paper


@transaction.atomic
def retract(*, credential_ids: Iterable[UUID], why: str, by: Actor, at: datetime) -> int:
    """Take papers that a process wrote out of account; they stay on record. Twice is once. Returns how many."""
    rows = Credential.objects.select_for_update().filter(pk__in=list(credential_ids), withdrawn_at=None)
    papers = list(rows.order_by("pk"))
    Credential.objects.filter(pk__in=[paper.pk for paper in papers]).update(
        withdrawn_at=at, withdrawn_why=why.strip()[:200]
    )
    for paper in papers:
        record(
            "workers.retract", by=by, at=at, subject="worker", subject_id=paper.worker_id,
            detail={"credential": str(paper.pk), "kind": paper.kind},
        )  # fmt: skip
        announce(events.PapersChanged(paper.worker_id, paper.kind, at))
    return len(papers)
