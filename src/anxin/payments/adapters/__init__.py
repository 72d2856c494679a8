"""Outside systems of payments: the channel that moves money, the office that issues invoices."""
