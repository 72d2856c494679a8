"""Every read of the safety code."""

from anxin.safetycode.queries.asks import ask_of, waiting_asks, whole_of, whole_token
from anxin.safetycode.queries.cards import ecard, ecards, paper_rows
from anxin.safetycode.queries.codes import (
    code_by_number,
    code_for,
    code_numbered,
    code_of,
    facts_of,
    green_ids,
    judge,
    judge_many,
    scans_of,
)
from anxin.safetycode.queries.desk import ENDING, counts, desk_rows, history_of, listed, measures_of
from anxin.safetycode.queries.past import choices_now, choices_of, may_choose_for, past_of
from anxin.safetycode.queries.printing import (
    batch,
    batches,
    cardless,
    cards_of,
    counts_to_print,
    faces,
    part_pdf,
    stock,
    to_print,
)
from anxin.safetycode.queries.signed import KEEP, SIGNED, key_set, read_signed, signed_code, status_lists

__all__ = [
    "batch",
    "batches",
    "cardless",
    "cards_of",
    "counts_to_print",
    "faces",
    "part_pdf",
    "stock",
    "to_print",
    "ask_of",
    "waiting_asks",
    "whole_of",
    "whole_token",
    "ENDING",
    "KEEP",
    "SIGNED",
    "choices_now",
    "choices_of",
    "code_by_number",
    "code_for",
    "code_numbered",
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
    "key_set",
    "listed",
    "may_choose_for",
    "measures_of",
    "paper_rows",
    "past_of",
    "read_signed",
    "scans_of",
    "signed_code",
    "status_lists",
]
