"""What a person agreed to, and what they are to be asked again."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from anxin.accounts import public as accounts
from anxin.accounts.values import ASKED, Asked
from anxin.workers import public as workers


@dataclass(frozen=True)
class Standing:
    """One purpose for one person: `row` is the consent in force, if any; `stale` = given to an earlier text."""

    asked: Asked
    row: accounts.Consent | None

    @property
    def given(self) -> bool:
        return self.row is not None and not self.stale

    @property
    def stale(self) -> bool:
        return self.row is not None and self.row.version != self.asked.now.version


def standing(person_id: UUID) -> list[Standing]:
    """Every purpose that concerns a person. Two queries."""
    rows = accounts.consents_of(person_id)
    is_worker = workers.worker_of(person_id) is not None
    return [Standing(one, rows.get(one.purpose)) for one in ASKED.values() if is_worker or not one.worker]


def due(person_id: UUID) -> list[Asked]:
    """What must be asked again, because its text has changed since the person agreed."""
    return [one.asked for one in standing(person_id) if one.stale]
