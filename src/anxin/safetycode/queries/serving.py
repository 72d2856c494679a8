"""What a program that scans a code is told; kept in memory by who serves it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from anxin.kit.clock import local_date
from anxin.policies.public import read_many
from anxin.safetycode.models import SafetyCode
from anxin.safetycode.queries.cards import ecards
from anxin.safetycode.values import LOOKS_A_MINUTE, LOOKS_AT_ONE, SCAN_RESULTS, ECard


@dataclass(frozen=True, slots=True)
class Served:
    """A code as programs are shown it: colour and `answer` hold until a fact changes or `day` is over."""

    code_id: UUID
    worker_id: UUID
    secret: str
    colour: str
    answer: dict[str, Any]


def served(handle: bytes, at: datetime) -> Served | None:
    """The code of a handle with its judgement at a moment: name masked, conclusions only. Fixed number of queries."""
    code = SafetyCode.objects.select_related("issuer").filter(handle=handle).first()
    if code is None:
        return None
    card = ecards([code.worker_id], at)[code.worker_id]
    return Served(
        code.pk, code.worker_id, str(code.secret), str(card.judgement.colour), _answer(code, card, at)
    )


def _answer(code: SafetyCode, card: ECard, at: datetime) -> dict[str, Any]:
    judged = card.judgement
    return {
        "number": code.number,
        "state": code.state,
        "valid_to": code.valid_to.isoformat(),
        "issuer": code.issuer.name if code.issuer else "",
        "colour": str(judged.colour),
        "result": str(SCAN_RESULTS[judged.colour]),
        "rule_set": judged.rule_set,
        "day": local_date(at).isoformat(),
        "reasons": [
            {"code": str(reason.code), "day": reason.day.isoformat() if reason.day else None}
            for reason in judged.reasons
        ],
        "name": card.worker.name,
        "agency": card.worker.organisation_name,
        "papers": [
            {"kind": row.kind, "state": str(row.state), "day": row.day.isoformat() if row.day else None}
            for row in card.papers
        ],
    }


def look_limits(at: datetime) -> tuple[int, int]:
    """How often one address may look within a minute, and how often one code may be looked at. One query."""
    numbers = read_many(LOOKS_A_MINUTE, LOOKS_AT_ONE, at=at)
    return numbers[LOOKS_A_MINUTE.key], numbers[LOOKS_AT_ONE.key]
