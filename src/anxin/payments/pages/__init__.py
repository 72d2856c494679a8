"""Pages of payments: the customer's bill and cashier, invoices, the agency's desk, the operator's reconciliation."""

from anxin.payments.pages import callback, customer, desk, invoices, operator, paying

__all__ = ["callback", "customer", "desk", "invoices", "operator", "paying"]
