"""Every read of payments."""

from anxin.payments.queries.bills import (
    agreed_extras,
    bill_by_id,
    bill_by_number,
    bills_matching,
    bills_of_order,
    customer_bills,
    deposit_left,
    deposit_of,
    desk_bills,
    desk_counts,
    given_back_at_most,
    live_bill,
    users_of_deposit,
    worked_periods,
)
from anxin.payments.queries.compensations import (
    compensation_by_id,
    compensation_by_number,
    compensation_of,
    compensations,
    due_compensations,
    due_payouts,
    open_payout,
)
from anxin.payments.queries.invoices import (
    desk_requests,
    invoice_by_id,
    invoice_says_too_much,
    invoiceable_fen,
    overdue_requests,
    papers_of,
    request_by_id,
    request_by_number,
    request_of_bill,
    tax_of,
    to_reverse,
)
from anxin.payments.queries.money import (
    callback_counts,
    differences,
    due_payments,
    due_refunds,
    latest_payment,
    money_in,
    money_matching,
    open_payment,
    payment_by_id,
    payment_by_number,
    reconciliations,
    refund_by_number,
    refundable,
    stuck_refunds,
    surplus_payments,
)
from anxin.payments.queries.oversight import (
    overseen_bill_totals,
    overseen_bills,
    overseen_bills_matching,
    questioned,
)

__all__ = [
    "agreed_extras", "bill_by_id", "bill_by_number", "bills_matching", "bills_of_order", "callback_counts",
    "compensation_by_id", "compensation_by_number", "compensation_of", "compensations", "customer_bills",
    "deposit_left", "deposit_of", "desk_bills", "desk_counts", "desk_requests", "differences",
    "due_compensations", "due_payments", "due_payouts", "due_refunds", "given_back_at_most", "invoice_by_id",
    "invoice_says_too_much", "invoiceable_fen", "latest_payment", "live_bill", "money_in", "money_matching",
    "open_payment", "open_payout", "overdue_requests", "overseen_bill_totals", "overseen_bills",
    "overseen_bills_matching", "papers_of", "payment_by_id", "payment_by_number", "questioned",
    "reconciliations", "refund_by_number", "refundable", "request_by_id", "request_by_number",
    "request_of_bill", "stuck_refunds", "surplus_payments", "tax_of", "to_reverse", "users_of_deposit",
    "worked_periods",
]  # fmt: skip
