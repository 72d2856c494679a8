"""The door of payments: what an order owes, what was paid, refunds, and the simulated cashier of the demo."""

from __future__ import annotations

from uuid import UUID

from anxin.kit.actor import Actor
from anxin.payments import queries
from anxin.payments.actions import (
    accept_bill,
    adjust_bill,
    answer_question,
    check_payment,
    draw_bill,
    issue_invoice,
    question_bill,
    refund,
    request_invoice,
    reverse_invoice,
    set_tax,
    start_payment,
)
from anxin.payments.actions.compensations import contest
from anxin.payments.adapters.demo import Cashier, simulated_cashier
from anxin.payments.events import BillDrawn, InvoiceIssued, PaymentReceived, Refunded
from anxin.payments.models import (
    Bill,
    Compensation,
    InvoiceRequest,
    Payment,
    ReconciliationDifference,
    Refund,
)
from anxin.payments.queries import papers_of
from anxin.payments.states import WAITING_INVOICES
from anxin.payments.values import BillFacts, BillKind

__all__ = [
    "Bill", "BillDrawn", "BillFacts", "Cashier", "Compensation", "InvoiceIssued", "InvoiceRequest", "Payment",
    "PaymentReceived", "Refund", "Refunded", "accept_bill", "adjust_bill", "amount_due", "answer_question", "bill_of",
    "bills_of", "check_payment", "compensation_of", "contest", "desk_counts", "draw_bill", "issue_invoice",
    "latest_differences", "open_differences", "papers_of",
    "question_bill", "refund", "request_invoice",
    "reverse_invoice", "set_tax", "simulated_cashier", "start_payment",
]  # fmt: skip


def bill_of(order_id: UUID, kind: BillKind = BillKind.SERVICE) -> Bill | None:
    """The bill of a kind that counts for an order. One query."""
    return queries.live_bill(order_id, kind)


def bills_of(order_id: UUID) -> list[BillFacts]:
    """Every bill that counts for an order (deposit, service, cancellation), oldest first. One query."""
    return [bill.facts() for bill in queries.bills_of_order(order_id)]


def amount_due(order_id: UUID) -> int:
    """What is still to be paid for an order, in fen, over all its bills. One query."""
    return sum(bill.open_fen for bill in queries.bills_of_order(order_id) if bill.state != "paid")


def compensation_of(order_id: UUID, actor: Actor) -> Compensation | None:
    """What the agency owes for an order, if anything, and if the actor may see it. One query."""
    return queries.compensation_of(order_id, actor)


def desk_counts(actor: Actor) -> dict[str, int]:
    """What waits at an agency's desk: bills that the customer asks about, invoices to issue, and to
    reverse after a refund. Three queries."""
    return {
        "questioned": queries.desk_counts(actor).get("questioned", 0),
        "invoices": queries.desk_requests(actor, states=tuple(str(s) for s in WAITING_INVOICES)).count(),
        "to_reverse": queries.to_reverse(actor).count(),
    }


def open_differences(actor: Actor) -> int:
    """How many differences from the channel's books nobody has resolved. One query."""
    return queries.differences(actor).count()


def latest_differences(actor: Actor, most: int) -> list[ReconciliationDifference]:
    """What the channel's books and ours do not agree on, newest first. One query."""
    return list(queries.differences(actor)[:most])
