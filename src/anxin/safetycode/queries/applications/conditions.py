"""What an application still needs, told by the facts."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from anxin.kit.clock import local_date
from anxin.safetycode.models import Application
from anxin.safetycode.queries.checks import face_of
from anxin.safetycode.values.applying import Condition, Need
from anxin.safetycode.values.checks import FaceResult
from anxin.workers.public import Worker, affiliation_of, authorisation_of, papers_of
from anxin.workers.values import CredentialKind, Papers, PaperState

PAPERS = {
    Need.TRAINING: CredentialKind.TRAINING,
    Need.BACKGROUND: CredentialKind.BACKGROUND_CHECK,
    Need.HEALTH: CredentialKind.HEALTH_CHECK,
    Need.INSURANCE: CredentialKind.INSURANCE,
}


def conditions(row: Application, at: datetime) -> list[Condition]:
    """Every condition of the issue (D-4), met or not, in the order of the steps. Six queries."""
    worker = Worker.objects.select_related("person").get(pk=row.worker_id)
    agency = affiliation_of(row.worker_id, at)
    papers = papers_of([row.worker_id])[row.worker_id]
    met = {
        Need.IDENTITY: worker.person.is_verified,
        Need.AFFILIATION: agency is not None and agency.organisation_id == row.organisation_id,
        Need.DECLARATION: row.declared_at is not None,
        Need.AUTHORISATION: authorised(row),
        Need.FACE: face_matched(row.worker_id),
    }
    told = [Condition(need, yes) for need, yes in met.items()]
    return told + [_paper(need, papers, row.tier, at) for need in PAPERS]


def _paper(need: Need, papers: Papers, tier: int, at: datetime) -> Condition:
    today = local_date(at)
    if need is Need.HEALTH:
        # A check of a laxer tier than the one applied for is none.
        papers = Papers(
            tuple(c for c in papers.credentials if c.health_tier is None or c.health_tier >= tier)
        )
    state, until = papers.on(PAPERS[need], today)
    return Condition(need, state is PaperState.VALID, until if state is PaperState.VALID else None)


def authorised(row: Application) -> bool:
    """Whether the worker signed for this agency all that the code cannot do without. Two queries."""
    signed = authorisation_of(row.worker_id)
    return signed is not None and signed.complete and signed.organisation_id == row.organisation_id


def face_matched(worker_id: UUID) -> bool:
    """Whether the person in front of the camera was found to be the one on the card. One query."""
    found = face_of(worker_id)
    return found is not None and found.result is FaceResult.MATCH
