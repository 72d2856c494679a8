"""Every read of the safety code."""

from anxin.safetycode.queries.cards import ecard, ecards, paper_rows
from anxin.safetycode.queries.codes import (
    code_by_number,
    code_for,
    code_of,
    facts_of,
    green_ids,
    judge,
    judge_many,
    scans_of,
)
from anxin.safetycode.queries.desk import ENDING, counts, desk_rows, history_of, listed

__all__ = [
    "ENDING",
    "code_by_number",
    "code_for",
    "code_of",
    "counts",
    "desk_rows",
    "ecard",
    "ecards",
    "facts_of",
    "green_ids",
    "history_of",
    "judge",
    "judge_many",
    "listed",
    "paper_rows",
    "scans_of",
]
