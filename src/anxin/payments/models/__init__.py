"""Tables of money: bills, payments and refunds, invoices, and what the channel's own books say."""

from anxin.payments.models.bills import Bill, BillHistory, BillLine, BillQuestion
from anxin.payments.models.compensations import (
    Compensation,
    CompensationHistory,
    Payout,
    PayoutHistory,
)
from anxin.payments.models.invoices import (
    Invoice,
    InvoiceHistory,
    InvoiceRequest,
    TaxSetting,
)
from anxin.payments.models.matching import CallbackLog, Reconciliation, ReconciliationDifference
from anxin.payments.models.payments import Payment, PaymentHistory, Refund, RefundHistory

__all__ = [
    "Bill", "BillHistory", "BillLine", "BillQuestion", "CallbackLog", "Compensation", "CompensationHistory",
    "Invoice", "InvoiceHistory", "InvoiceRequest", "Payment", "PaymentHistory", "Payout", "PayoutHistory",
    "Reconciliation", "ReconciliationDifference", "Refund", "RefundHistory", "TaxSetting",
]  # fmt: skip
