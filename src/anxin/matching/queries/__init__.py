"""Every read of matching."""

from anxin.matching.queries.choosing import Candidate, candidates, next_agency, rank, rules_at, standing_in

__all__ = ["Candidate", "candidates", "next_agency", "rank", "rules_at", "standing_in"]
