"""Papers of payments: what an invoice or receipt says, and how it is set."""
