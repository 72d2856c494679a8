"""Bills, payments, refunds and invoices."""
