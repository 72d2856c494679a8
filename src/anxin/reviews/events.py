"""What reviews announce."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from anxin.kit.actor import Actor
from anxin.kit.events import Event


@dataclass(frozen=True)
class LookedBehind(Event):
    """The managing post looked behind an anonymous review; a handler may still refuse it."""

    review_id: UUID
    author_id: UUID
    reason: str
    by: Actor
    at: datetime
