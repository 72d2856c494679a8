"""What audit announces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from anxin.kit.actor import Actor
from anxin.kit.events import Event


@dataclass(frozen=True)
class ListTaken(Event):
    """Somebody took a list along as a file, for the `today`th time since midnight here."""

    by: Actor
    today: int
    at: datetime
