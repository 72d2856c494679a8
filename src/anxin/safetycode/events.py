"""What the safety code announces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from anxin.kit.events import Event


@dataclass(frozen=True)
class CodeMoved(Event):
    """A code was issued, suspended, restored, revoked or ran out."""

    worker_id: UUID
    code_id: UUID
    number: str
    state: str
    why: str


@dataclass(frozen=True)
class ColourChanged(Event):
    """A worker's colour is another than when it was last judged; `before` is "" at the first judgement."""

    worker_id: UUID
    before: str
    colour: str


@dataclass(frozen=True)
class RulesChosen(Event):
    """An issuer announced by which rule set its codes are judged from a day on."""

    issuer_id: UUID
    rule_set: str
    credit: bool
    valid_from: date


@dataclass(frozen=True)
class CardsPrinted(Event):
    """The PDF of one part of a batch was made: its cards are printed."""

    batch_id: UUID
    part_id: int


@dataclass(frozen=True)
class CodeScanned(Event):
    """Somebody looked at a code; `visit_ref` tells for which visit, if for one."""

    scan_id: UUID
    worker_id: UUID
    by_person: UUID | None
    visit_ref: UUID | None
    colour: str
