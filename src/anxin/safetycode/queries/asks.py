"""Who asks to see a whole card, and how that stands."""

from __future__ import annotations

import hashlib
from datetime import datetime
from uuid import UUID

from anxin.kit.crypto import Tampered, read_token, sign_token
from anxin.safetycode.models import Ask
from anxin.safetycode.values import AskState

WHOLE_S = 600


def key_hash(key: str) -> bytes:
    """What is kept of the key that one browser holds."""
    return hashlib.sha256(key.encode()).digest()


def ask_of(key: str) -> Ask | None:
    """The ask that a key opens. One query."""
    return Ask.objects.select_related("code").filter(key_hash=key_hash(key)).first()


def state_of(row: Ask, at: datetime) -> AskState:
    """How an ask stands at a moment."""
    if row.opened_at is not None or at >= row.expires_at:
        return AskState.OVER
    if row.answered_at is None:
        return AskState.WAITING
    return AskState.GRANTED if row.granted else AskState.REFUSED


def waiting_asks(worker_id: UUID, at: datetime) -> list[Ask]:
    """What waits for this worker's word, the oldest first. One query."""
    rows = Ask.objects.filter(code__worker=worker_id, answered_at=None, expires_at__gt=at)
    return list(rows.order_by("at"))


def whole_token(worker_id: UUID, person_id: UUID) -> str:
    """Lets one person see one worker's whole card for ten minutes: for a higher area that has found they may."""
    return sign_token("safetycode.whole", {"w": str(worker_id), "p": str(person_id)}, WHOLE_S)


def whole_of(token: str, person_id: UUID | None) -> UUID | None:
    """Whose whole card the token shows to this person; None if to them none."""
    try:
        claims = read_token("safetycode.whole", token)
    except Tampered:
        return None
    return UUID(claims["w"]) if person_id and claims["p"] == str(person_id) else None
