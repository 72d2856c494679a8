"""What customers announces."""

from dataclasses import dataclass
from uuid import UUID

from anxin.kit.events import Event


@dataclass(frozen=True)
class CustomerJoined(Event):
    customer_id: UUID
    person_id: UUID
