"""The door of the safety code: issue, judge, show, scan."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from anxin.safetycode.actions.applying import answer as answer_appeal
from anxin.safetycode.actions.applying import appeal, forward_application, open_application
from anxin.safetycode.actions.applying import extend as extend_application
from anxin.safetycode.actions.applying import pause as pause_application
from anxin.safetycode.actions.applying import reject as reject_application
from anxin.safetycode.actions.applying import reply as reply_to_appeal
from anxin.safetycode.actions.applying import send_back as send_back_application
from anxin.safetycode.actions.applying import submit as submit_application
from anxin.safetycode.actions.cards import bind_batch, make_part, print_one, print_waiting, record_stock
from anxin.safetycode.actions.checks import ask_background
from anxin.safetycode.actions.choosing import choose_rules, set_credit_overlay
from anxin.safetycode.actions.codes import (
    AlreadyIssued,
    MayNotIssue,
    NoCode,
    NotEntrusted,
    issue,
)
from anxin.safetycode.actions.concluding import arrive, conclude
from anxin.safetycode.actions.delegating import entrust, revoke_delegation
from anxin.safetycode.actions.exams import book_exam, open_slot
from anxin.safetycode.actions.faces import match_face, take_over_match
from anxin.safetycode.actions.faults import find_faults
from anxin.safetycode.actions.filings import add_insured, confirm_policy, file_policy
from anxin.safetycode.actions.following import suspend_running
from anxin.safetycode.actions.funds import open_claim, submit_claim
from anxin.safetycode.actions.judging import reevaluate
from anxin.safetycode.actions.measures import (
    lift,
    note_appeal,
    restore,
    revoke,
    supersede,
    suspend,
    update_code,
)
from anxin.safetycode.actions.ministry import keep_records
from anxin.safetycode.actions.refreshing import open_refreshes
from anxin.safetycode.actions.scans import (
    TooManyScans,
    address_key,
    count_look,
    look_key,
    scan,
    share_counts,
    write_looks,
)
from anxin.safetycode.events import CardsPrinted, CodeMoved, CodeScanned, ColourChanged, RulesChosen
from anxin.safetycode.models import SafetyCode, Scan
from anxin.safetycode.queries import tokens
from anxin.safetycode.queries.applications import figures as application_figures
from anxin.safetycode.queries.asks import whole_token
from anxin.safetycode.queries.cards import ecard, ecards
from anxin.safetycode.queries.checks import face_of
from anxin.safetycode.queries.codes import (
    FACTS_SQL,
    code_of,
    facts_from,
    green_ids,
    green_through,
    judge,
    judge_many,
)
from anxin.safetycode.queries.desk import counts, desk_rows, listed
from anxin.safetycode.queries.serving import Served, look_limits, served
from anxin.safetycode.queries.tokens import (
    Token,
    TokenExpired,
    TokenForged,
    given,
    is_ours,
    is_stale,
    scanned,
    spelled,
    split,
    typed,
)  # fmt: skip
from anxin.safetycode.queries.tokens import keys as token_keys

__all__ = [
    "is_ours",
    "is_stale",
    "split",
    "token_keys",
    "scanned",
    "given",
    "spelled",
    "typed",
    "Served",
    "look_limits",
    "served",
    "whole_token",
    "CardsPrinted",
    "address_key",
    "look_key",
    "share_counts",
    "write_looks",
    "bind_batch",
    "make_part",
    "print_one",
    "print_waiting",
    "record_stock",
    "application_figures",
    "answer_appeal",
    "appeal",
    "extend_application",
    "forward_application",
    "open_application",
    "pause_application",
    "reject_application",
    "reply_to_appeal",
    "send_back_application",
    "submit_application",
    "take_over_match",
    "FACTS_SQL",
    "AlreadyIssued",
    "CodeMoved",
    "CodeScanned",
    "ColourChanged",
    "MayNotIssue",
    "NoCode",
    "NotEntrusted",
    "RulesChosen",
    "SafetyCode",
    "Scan",
    "Token",
    "TokenExpired",
    "TokenForged",
    "TooManyScans",
    "add_insured",
    "arrive",
    "ask_background",
    "book_exam",
    "choose_rules",
    "code_of",
    "conclude",
    "confirm_policy",
    "count_look",
    "counts",
    "desk_rows",
    "display_token",
    "ecard",
    "ecards",
    "entrust",
    "face_of",
    "facts_from",
    "file_policy",
    "find_faults",
    "green_ids",
    "issue",
    "judge",
    "green_through",
    "judge_many",
    "keep_records",
    "lift",
    "listed",
    "match_face",
    "note_appeal",
    "open_claim",
    "open_refreshes",
    "open_slot",
    "printed_token",
    "read_token",
    "reevaluate",
    "restore",
    "revoke",
    "revoke_delegation",
    "scan",
    "set_credit_overlay",
    "submit_claim",
    "supersede",
    "suspend",
    "suspend_running",
    "update_code",
]


def display_token(worker_id: UUID, at: datetime) -> str:
    """The rotating token of a worker's code, new every 60 s. Refuses: NoCode. One query."""
    code = code_of(worker_id)
    if code is None:
        raise NoCode
    return tokens.display_token(code, at)


def printed_token(worker_id: UUID) -> str:
    """The token of a worker's printed card. Refuses: NoCode. One query."""
    code = code_of(worker_id)
    if code is None:
        raise NoCode
    return tokens.printed_token(code)


def read_token(token: str, at: datetime) -> SafetyCode:
    """The code that a token names, rotating or printed. Refuses: TokenForged, TokenExpired. One query."""
    return tokens.read_token(token, at).code
