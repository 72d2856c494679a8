"""The door of the ledger."""

from anxin.ledger.actions import PostedOtherwise, Unbalanced, post, reverse
from anxin.ledger.queries import balance, balances, entries, entry_of, trial_balance

__all__ = [
    "PostedOtherwise",
    "Unbalanced",
    "balance",
    "balances",
    "entries",
    "entry_of",
    "post",
    "reverse",
    "trial_balance",
]
