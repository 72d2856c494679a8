"""Tables of one order's life: order → visits → assignments, and what hangs on them."""

from anxin.orders.models.help import Change, Extra, Note, Offer, OfferHistory, Step, StepPhoto, Warning
from anxin.orders.models.order import Order, OrderHistory
from anxin.orders.models.visit import Assignment, AssignmentHistory, Visit, VisitHistory

__all__ = [
    "Assignment", "AssignmentHistory", "Change", "Extra", "Note", "Offer", "OfferHistory", "Order",
    "OrderHistory", "Step", "StepPhoto", "Visit", "VisitHistory", "Warning",
]  # fmt: skip
