"""States of what a person asks for about their own data."""

from __future__ import annotations

from enum import StrEnum

from anxin.kit.states import Machine


class CopyState(StrEnum):
    ASKED = "asked"
    READY = "ready"
    FAILED = "failed"
    EXPIRED = "expired"


COPY = Machine(
    "copy of one's data",
    CopyState.ASKED,
    {
        CopyState.ASKED: {CopyState.READY: "build", CopyState.FAILED: "fail"},
        CopyState.READY: {CopyState.EXPIRED: "expire"},
        CopyState.FAILED: {},
        CopyState.EXPIRED: {},
    },
)


class CorrectionState(StrEnum):
    ASKED = "asked"
    DONE = "done"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


CORRECTION = Machine(
    "correction",
    CorrectionState.ASKED,
    {
        CorrectionState.ASKED: {
            CorrectionState.DONE: "correct",
            CorrectionState.REFUSED: "refuse",
            CorrectionState.WITHDRAWN: "withdraw",
        },
        CorrectionState.DONE: {},
        CorrectionState.REFUSED: {},
        CorrectionState.WITHDRAWN: {},
    },
)


class ClosingState(StrEnum):
    ASKED = "asked"
    WITHDRAWN = "withdrawn"
    DONE = "done"


CLOSING = Machine(
    "closing of an account",
    ClosingState.ASKED,
    {
        ClosingState.ASKED: {ClosingState.WITHDRAWN: "withdraw", ClosingState.DONE: "erase"},
        ClosingState.WITHDRAWN: {},
        ClosingState.DONE: {},
    },
)
