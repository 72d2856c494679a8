"""The door of matching."""

from anxin.matching.actions import propose
from anxin.matching.queries import Candidate, candidates, rank, rules_at, standing_in

__all__ = ["Candidate", "candidates", "propose", "rank", "rules_at", "standing_in"]
