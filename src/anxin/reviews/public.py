"""The door of reviews."""

from anxin.reviews.actions import review
from anxin.reviews.events import LookedBehind
from anxin.reviews.queries import (
    facts_of_order,
    missing,
    of_agency,
    of_order,
    of_worker,
    tally,
    unanswered,
)

__all__ = [
    "LookedBehind", "facts_of_order", "missing", "of_agency", "of_order", "of_worker", "review", "tally",
    "unanswered",
]  # fmt: skip
