"""What orders announce."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from anxin.kit.events import Event


@dataclass(frozen=True)
class DemandSubmitted(Event):
    order_id: UUID


@dataclass(frozen=True)
class OfferLapsed(Event):
    """An agency declined or did not answer in time; who is asked next?"""

    order_id: UUID
    organisation_id: UUID | None


@dataclass(frozen=True)
class OrderAccepted(Event):
    """Announced a moment before the one statement that writes it all: a handler may defer jobs, nothing else."""

    order_id: UUID
    organisation_id: UUID


@dataclass(frozen=True)
class WorkerAgreed(Event):
    """Worker and customer have both confirmed; `replaced` is the assignment this one stands in for."""

    order_id: UUID
    assignment_id: UUID
    replaced: UUID | None = None


@dataclass(frozen=True)
class WorkerLost(Event):
    """The worker both sides had agreed on no longer comes; the agency chooses again."""

    order_id: UUID
    assignment_id: UUID


@dataclass(frozen=True)
class EntryRefused(Event):
    """A code did not open the door; `why` is the refusal ("not_green": somebody else has to come)."""

    order_id: UUID
    visit_id: UUID
    why: str


@dataclass(frozen=True)
class OrderSigned(Event):
    order_id: UUID


@dataclass(frozen=True)
class ServiceConfirmed(Event):
    """The customer (or the clock) confirmed the last visit."""

    order_id: UUID


@dataclass(frozen=True)
class OrderCancelled(Event):
    """fee_fen is owed by the customer, compensation_fen by the agency; ground: which row of the table says so."""

    order_id: UUID
    side: str
    fee_fen: int
    compensation_fen: int
    ground: str = ""


@dataclass(frozen=True)
class OrderPaid(Event):
    order_id: UUID


@dataclass(frozen=True)
class OrderRescheduled(Event):
    order_id: UUID
    visit_id: UUID
