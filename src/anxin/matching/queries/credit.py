"""Whose credit score is meant, and what it is now."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from anxin.agencies import public as agencies
from anxin.matching.values import CreditOf
from anxin.workers import public as workers


@dataclass(frozen=True)
class CreditSubject:
    """A worker, or an agency with its organisation."""

    pk: UUID
    score: int
    organisation_id: UUID | None = None


def credit_subject(of: CreditOf, number: str) -> CreditSubject | None:
    """The worker of that number, or the agency of that unified social credit code. Two queries."""
    if of is CreditOf.WORKER:
        worker: UUID | None = (
            workers.Worker.objects.filter(number=number).values_list("pk", flat=True).first()
        )
        return CreditSubject(worker, workers.credit_of(worker)) if worker else None
    row = (
        agencies.Agency.objects.filter(organisation__uscc=number).values_list("pk", "organisation_id").first()
    )
    return CreditSubject(row[0], agencies.credit_of(row[1]), row[1]) if row else None
