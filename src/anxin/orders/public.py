"""The door of orders."""

from anxin.orders.actions.assign import check_worker, propose
from anxin.orders.actions.change import cancel
from anxin.orders.actions.demand import Demand, submit_demand
from anxin.orders.actions.marks import add_note, close, mark_billed, mark_paid, mark_signed
from anxin.orders.actions.offer import give_up, offer_to
from anxin.orders.actions.telling import side_of
from anxin.orders.events import (
    DemandSubmitted,
    OfferLapsed,
    OrderAccepted,
    OrderCancelled,
    OrderPaid,
    OrderRescheduled,
    OrderSigned,
    ServiceConfirmed,
    WorkerAgreed,
)
from anxin.orders.models import Assignment, Order, Visit
from anxin.orders.queries import (
    agreed_assignment,
    asked_agencies,
    board,
    by_id,
    by_number,
    cancel_terms_of,
    current_assignment,
    excluded_workers,
    mine,
    obstacles,
    sent_to,
    timeline,
    visit_of,
    wanted,
    worker_proposals,
    worker_visits,
)

__all__ = [
    "Assignment",
    "Demand",
    "DemandSubmitted",
    "OfferLapsed",
    "Order",
    "OrderAccepted",
    "OrderCancelled",
    "OrderPaid",
    "OrderRescheduled",
    "OrderSigned",
    "ServiceConfirmed",
    "Visit",
    "WorkerAgreed",
    "add_note",
    "agreed_assignment",
    "asked_agencies",
    "board",
    "by_id",
    "by_number",
    "cancel",
    "cancel_terms_of",
    "check_worker",
    "close",
    "current_assignment",
    "excluded_workers",
    "give_up",
    "mark_billed",
    "mark_paid",
    "mark_signed",
    "mine",
    "obstacles",
    "offer_to",
    "propose",
    "sent_to",
    "side_of",
    "submit_demand",
    "timeline",
    "visit_of",
    "wanted",
    "worker_proposals",
    "worker_visits",
]  # fmt: skip
