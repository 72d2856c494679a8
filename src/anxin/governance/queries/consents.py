"""What a person agreed to, and what they are to be asked again."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from anxin.governance.models import Consent
from anxin.governance.values.consents import ASKED, Asked, Purpose
from anxin.kit.actor import Actor
from anxin.workers import public as workers


@dataclass(frozen=True)
class Standing:
    """One purpose for one person: `row` is the consent in force, if any; `stale` = given to an earlier text."""

    asked: Asked
    row: Consent | None

    @property
    def given(self) -> bool:
        return self.row is not None and not self.stale

    @property
    def stale(self) -> bool:
        return self.row is not None and self.row.version != self.asked.now.version


def standing(person_id: UUID) -> list[Standing]:
    """Every purpose that concerns a person. Two queries."""
    rows = {row.purpose: row for row in Consent.objects.filter(person_id=person_id, withdrawn_at=None)}
    is_worker = workers.worker_of(person_id) is not None
    return [Standing(one, rows.get(one.purpose)) for one in ASKED.values() if is_worker or not one.worker]


def due(person_id: UUID) -> list[Asked]:
    """What must be asked again, because its text has changed since the person agreed."""
    return [one.asked for one in standing(person_id) if one.stale]


def in_force(person_id: UUID, purpose: Purpose) -> Consent | None:
    """The consent to a purpose that has not been taken back. One query."""
    row: Consent | None = Consent.objects.filter(
        person_id=person_id, purpose=purpose, withdrawn_at=None
    ).first()
    return row


def took_back(person_id: UUID, purpose: Purpose) -> bool:
    """Whether the person once agreed and then took it back: the last word was no. Two queries."""
    rows = Consent.objects.filter(person_id=person_id, purpose=purpose)
    return rows.exists() and not rows.filter(withdrawn_at=None).exists()


def history(actor: Actor) -> QuerySet[Consent]:
    """One's own consents, newest first."""
    rows: QuerySet[Consent] = Consent.objects.visible_to(actor).filter(person_id=actor.person_id)
    return rows.order_by("-given_at")
