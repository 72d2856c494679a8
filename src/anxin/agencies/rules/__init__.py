"""Decisions of agencies as pure functions."""

from anxin.agencies.rules.content import (
    content_problems,
    early_enough,
    hours_problems,
    same_content,
    starting_content,
    takes,
)
from anxin.agencies.rules.joining import (
    LEAVE_NOTICE,
    REVERIFY_GRACE,
    WARN_BEFORE,
    add_months,
    paper_problems,
    profile_problems,
    reverify_due,
    weekday_after,
)
from anxin.agencies.rules.prices import examples, price_list_problems
from anxin.agencies.rules.problem import Problem

__all__ = [
    "LEAVE_NOTICE",
    "REVERIFY_GRACE",
    "WARN_BEFORE",
    "Problem",
    "add_months",
    "content_problems",
    "early_enough",
    "examples",
    "hours_problems",
    "paper_problems",
    "price_list_problems",
    "profile_problems",
    "reverify_due",
    "same_content",
    "starting_content",
    "takes",
    "weekday_after",
]
