"""What was known when: the history from which any past colour is judged."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from uuid import UUID

from anxin.kit.actor import Actor
from anxin.safetycode.models import CreditOverlay, RuleChoice, SafetyCodeMoved
from anxin.safetycode.rules.past import Made, Move, Past, Said
from anxin.safetycode.states import CodeState
from anxin.safetycode.values import Chosen, Credit
from anxin.workers.public import papers_past


def past_of(worker_id: UUID) -> Past:
    """All that the colours of a worker were ever decided from. Four queries."""
    rows = SafetyCodeMoved.objects.filter(row__worker=worker_id).select_related("row").order_by("id")
    moves = tuple(
        Move(m.at, CodeState(m.to_state), m.valid_to or m.row.valid_to, m.issuer_id or m.row.issuer_id)
        for m in rows
    )
    made: dict[UUID, tuple[Made, ...]] = defaultdict(tuple)
    for choice in RuleChoice.objects.filter(issuer__in={m.issuer for m in moves if m.issuer}).order_by(
        "created_at", "id"
    ):
        chosen = Chosen(choice.valid_from, choice.rule_set, choice.credit)
        made[choice.issuer_id] += (Made(choice.created_at, chosen),)
    said = tuple(
        Said(row.created_at, row.ended_at, Credit(row.score, row.breach_on, row.barred))
        for row in CreditOverlay.objects.filter(worker=worker_id).order_by("created_at", "id")
    )
    return Past(moves, papers_past(worker_id), dict(made), said)


def choices_of(issuer_id: UUID) -> list[RuleChoice]:
    """What an issuer chose, newest first. One query."""
    return list(RuleChoice.objects.filter(issuer=issuer_id).order_by("-valid_from", "-created_at"))


def choices_now(day: date) -> list[RuleChoice]:
    """Every issuer's choice that holds on a day, and those announced, by issuer. One query."""
    rows = RuleChoice.objects.select_related("issuer").order_by("issuer__name", "-valid_from", "-created_at")
    found: list[RuleChoice] = []
    held: set[UUID] = set()
    for row in rows:
        if row.valid_from > day:
            found.append(row)
        elif row.issuer_id not in held:
            held.add(row.issuer_id)
            found.append(row)
    return found


def may_choose_for(actor: Actor, issuer_id: UUID) -> bool:
    """An issuer for itself, the operator for any."""
    own = actor.holds("safetycode.issue") and actor.organisation_id == issuer_id
    return own or actor.holds("workers.oversee")
