"""Every read of matching."""

from anxin.matching.queries.batch import (
    batch,
    batches,
    changes,
    current,
    held,
    hourly_fen,
    look,
    minutes,
    state_of,
    still_waiting,
    waiting,
    weighing,
)
from anxin.matching.queries.choosing import (
    Candidate,
    WhyNot,
    candidates,
    next_agency,
    opens_when,
    rank,
    rules_at,
    standing_in,
    why_not,
)
from anxin.matching.queries.trial import Trial, trial

__all__ = [
    "Candidate",
    "Trial",
    "WhyNot",
    "batch",
    "batches",
    "candidates",
    "changes",
    "current",
    "held",
    "hourly_fen",
    "look",
    "minutes",
    "next_agency",
    "opens_when",
    "rank",
    "rules_at",
    "standing_in",
    "state_of",
    "still_waiting",
    "trial",
    "waiting",
    "weighing",
    "why_not",
]
