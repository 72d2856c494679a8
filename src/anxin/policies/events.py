"""What policies announce."""

from dataclasses import dataclass
from datetime import datetime

from anxin.kit.events import Event


@dataclass(frozen=True)
class PolicyChanged(Event):
    """A rule was given a new value from `valid_from` on."""

    key: str
    valid_from: datetime
