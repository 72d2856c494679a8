"""What payments announce."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from anxin.kit.events import Event


@dataclass(frozen=True)
class BillDrawn(Event):
    order_id: UUID
    bill_id: UUID
    due_fen: int


@dataclass(frozen=True)
class PaymentReceived(Event):
    """amount_fen was allocated to the bill; `complete` when nothing of it is left to pay."""

    order_id: UUID
    bill_id: UUID
    payment_id: UUID
    amount_fen: int
    complete: bool


@dataclass(frozen=True)
class Refunded(Event):
    order_id: UUID
    refund_id: UUID
    amount_fen: int


@dataclass(frozen=True)
class InvoiceIssued(Event):
    order_id: UUID
    invoice_id: UUID
