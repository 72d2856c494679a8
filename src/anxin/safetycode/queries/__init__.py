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
from anxin.safetycode.queries.past import choices_now, choices_of, may_choose_for, past_of

__all__ = [
    "ENDING",
    "choices_now",
    "choices_of",
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
    "may_choose_for",
    "paper_rows",
    "past_of",
    "scans_of",
]
