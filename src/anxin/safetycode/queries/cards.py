"""E-cards: what anybody may see of a worker, with the colour of the day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from anxin.catalogue import public as catalogue
from anxin.catalogue.values import CREDENTIAL_LABELS, CredentialKind
from anxin.kit.clock import local_date
from anxin.safetycode import rules
from anxin.safetycode.models import SafetyCode
from anxin.safetycode.queries.codes import facts_of
from anxin.safetycode.values import ECard, PaperRow
from anxin.workers.public import card_by_number, cards
from anxin.workers.values import Papers, WorkerCard

SHOWN = (
    CredentialKind.HEALTH_CHECK,
    CredentialKind.INSURANCE,
    CredentialKind.BACKGROUND_CHECK,
    CredentialKind.TRAINING,
)


def ecards(worker_ids: Iterable[UUID], at: datetime, *, masked: bool = True) -> dict[UUID, ECard]:
    """The e-cards of workers, in a fixed number of queries; unknown ids are absent. Names in full for who may know."""
    return _with_code(cards(list(worker_ids), at, masked=masked), at)


def ecard(number: str, at: datetime) -> ECard | None:
    """The e-card of a worker by their number, None if there is none or they have left."""
    found = card_by_number(number, at)
    return _with_code({found.worker_id: found}, at)[found.worker_id] if found else None


def paper_rows(papers: Papers, day: date) -> tuple[PaperRow, ...]:
    """Conclusions on a day, for health check, insurance, background check and training."""
    rows = []
    for kind in SHOWN:
        state, when = papers.on(kind, day)
        rows.append(PaperRow(str(kind), CREDENTIAL_LABELS[kind], state, when))
    return tuple(rows)


def _with_code(found: dict[UUID, WorkerCard], at: datetime) -> dict[UUID, ECard]:
    facts = facts_of(found)
    numbers = dict(SafetyCode.objects.filter(worker__in=list(found)).values_list("worker_id", "number"))
    codes = {code for one in found.values() for code, _ in one.skills}
    names = {item.code: item.name for item in catalogue.items(at, codes)} if codes else {}
    day = local_date(at)
    return {
        worker_id: ECard(
            worker=one,
            judgement=rules.colour(facts[worker_id], day),
            code_number=numbers.get(worker_id, ""),
            skills=tuple((names.get(code, code), level) for code, level in one.skills),
            papers=paper_rows(facts[worker_id].papers, day),
            credit_grade=rules.credit_grade(one.standing.credit_score),
        )
        for worker_id, one in found.items()
    }
