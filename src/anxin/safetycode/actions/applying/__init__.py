"""The way to a code: the worker's form, the desks' steps, the clock, appeals, uploads."""

from anxin.safetycode.actions.applying.appeals import (
    AlreadyAppealed,
    DecidedBefore,
    MayNotDecide,
    NothingToAppeal,
    answer,
    appeal,
    decide,
    reply,
    tick_appeals,
    withdraw_appeal,
)
from anxin.safetycode.actions.applying.clock import extend, pause, resume, tick
from anxin.safetycode.actions.applying.desks import (
    clear,
    follow,
    forward,
    hand_down,
    issue_applied,
    pass_on,
    reject,
    send_back,
)
from anxin.safetycode.actions.applying.form import open_application, resubmit, submit, withdraw
from anxin.safetycode.actions.applying.refusals import (
    AlreadyApplied,
    CodeInForce,
    NeedsMissing,
    NotDeclared,
    NotYourTurn,
    TooLong,
    WhyMissing,
)
from anxin.safetycode.actions.applying.telling_appeals import tell_red

__all__ = [
    "AlreadyAppealed",
    "AlreadyApplied",
    "CodeInForce",
    "DecidedBefore",
    "MayNotDecide",
    "NeedsMissing",
    "NotDeclared",
    "NotYourTurn",
    "NothingToAppeal",
    "TooLong",
    "WhyMissing",
    "answer",
    "appeal",
    "clear",
    "decide",
    "extend",
    "follow",
    "forward",
    "hand_down",
    "issue_applied",
    "open_application",
    "pass_on",
    "pause",
    "reject",
    "reply",
    "resubmit",
    "resume",
    "send_back",
    "submit",
    "tell_red",
    "tick",
    "tick_appeals",
    "withdraw",
    "withdraw_appeal",
]
