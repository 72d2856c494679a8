"""What an application still needs, told by the facts."""

from __future__ import annotations

from datetime import datetime

from anxin.accounts.public import consents_of
from anxin.accounts.values import ASKED, FOR_THE_CODE
from anxin.kit.clock import local_date
from anxin.safetycode.models import Application
from anxin.safetycode.values.applying import Condition, Need
from anxin.workers.public import Worker, affiliation_of, papers_of
from anxin.workers.values import CredentialKind, Papers, PaperState

PAPERS = {
    Need.TRAINING: CredentialKind.TRAINING,
    Need.BACKGROUND: CredentialKind.BACKGROUND_CHECK,
    Need.HEALTH: CredentialKind.HEALTH_CHECK,
    Need.INSURANCE: CredentialKind.INSURANCE,
}


def conditions(row: Application, at: datetime) -> list[Condition]:
    """Every condition of the issue (D-4), met or not, in the order of the steps. Four queries."""
    worker = Worker.objects.select_related("person").get(pk=row.worker_id)
    agency = affiliation_of(row.worker_id, at)
    papers = papers_of([row.worker_id])[row.worker_id]
    met = {
        Need.IDENTITY: worker.person.is_verified,
        Need.AFFILIATION: agency is not None and agency.organisation_id == row.organisation_id,
        Need.DECLARATION: row.declared_at is not None,
        Need.AUTHORISATION: authorised(worker),
        Need.FACE: face_matched(worker),
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


def authorised(worker: Worker) -> bool:
    """Whether the worker agreed to the present text of every purpose that the code serves. One query."""
    given = consents_of(worker.person_id)
    return all(
        purpose in given and given[purpose].version == ASKED[purpose].now.version for purpose in FOR_THE_CODE
    )


def face_matched(worker: Worker) -> bool:
    """Whether the person in front of the camera was found to be the one on the card."""
    return bool(worker.person.is_verified)
