"""The only writers of the safety code."""

from anxin.safetycode.actions.choosing import (
    MayNotChoose,
    NoSuchIssuer,
    NotAhead,
    SameRules,
    UnknownRuleSet,
    choose_rules,
    set_credit_overlay,
    tell_choice,
)
from anxin.safetycode.actions.codes import (
    AlreadyIssued,
    MayNotIssue,
    NoCode,
    draw_lots,
    expire_due,
    issue,
    restore,
    revoke,
    suspend,
)
from anxin.safetycode.actions.judging import judge_listed, list_stale, list_unjudged, reevaluate
from anxin.safetycode.actions.scans import TooManyScans, count_look, forget_tallies, scan

__all__ = [
    "AlreadyIssued",
    "MayNotChoose",
    "MayNotIssue",
    "NoCode",
    "NoSuchIssuer",
    "NotAhead",
    "SameRules",
    "TooManyScans",
    "UnknownRuleSet",
    "choose_rules",
    "count_look",
    "draw_lots",
    "expire_due",
    "forget_tallies",
    "issue",
    "judge_listed",
    "list_stale",
    "list_unjudged",
    "reevaluate",
    "restore",
    "revoke",
    "scan",
    "set_credit_overlay",
    "suspend",
    "tell_choice",
]
