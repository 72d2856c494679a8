"""Reads of agencies."""

from anxin.agencies.queries.agencies import (
    agencies,
    agencies_of,
    agency,
    agency_of,
    current_version,
    drafts,
    grades,
    newest,
    party,
    revision_of,
    version,
    versions,
)
from anxin.agencies.queries.offers import (
    Candidate,
    Sort,
    candidates,
    coverage,
    full,
    offers,
    own_versions,
)

__all__ = [
    "Candidate",
    "Sort",
    "agencies",
    "agencies_of",
    "agency",
    "agency_of",
    "candidates",
    "current_version",
    "drafts",
    "full",
    "grades",
    "coverage",
    "newest",
    "offers",
    "own_versions",
    "party",
    "revision_of",
    "version",
    "versions",
]
