"""Every read of matching."""

from anxin.matching.queries.choosing import Candidate, candidates, next_agency, rank, rules_at, standing_in
from anxin.matching.queries.trial import Trial, trial

__all__ = ["Candidate", "Trial", "candidates", "next_agency", "rank", "rules_at", "standing_in", "trial"]
