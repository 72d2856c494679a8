"""The life of a safety code once it is issued (standards §2.5). The way to the issue is a process of its own."""

from __future__ import annotations

from enum import StrEnum

from anxin.kit.states import Machine
from anxin.kit.text import gettext_noop


class CodeState(StrEnum):
    ISSUED = "issued"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"


CODE_STATE_LABELS = {
    CodeState.ISSUED: gettext_noop("已发放"),
    CodeState.SUSPENDED: gettext_noop("已暂停"),
    CodeState.EXPIRED: gettext_noop("已过期"),
    CodeState.REVOKED: gettext_noop("已收回"),
    CodeState.SUPERSEDED: gettext_noop("已被取代"),
}

CODE = Machine(
    "safetycode",
    CodeState.ISSUED,
    {
        CodeState.ISSUED: {
            CodeState.SUSPENDED: "suspend",
            CodeState.EXPIRED: "expire",
            CodeState.REVOKED: "revoke",
            CodeState.SUPERSEDED: "supersede",
            # Its dates change, and the history keeps which held when.
            CodeState.ISSUED: "update",
        },
        CodeState.SUSPENDED: {CodeState.ISSUED: "restore", CodeState.REVOKED: "revoke"},
        CodeState.EXPIRED: {CodeState.ISSUED: "issue_again", CodeState.REVOKED: "revoke"},
        CodeState.REVOKED: {CodeState.ISSUED: "issue_again"},
        # Within the act that supersedes: the new issue follows at once.
        CodeState.SUPERSEDED: {CodeState.ISSUED: "issue_anew"},
    },
)


class RefreshState(StrEnum):
    """The half-yearly refresh of one code."""

    OPEN = "open"
    LAPSED = "lapsed"
    DONE = "done"
    DROPPED = "dropped"


REFRESH = Machine(
    "refresh",
    RefreshState.OPEN,
    {
        RefreshState.OPEN: {
            RefreshState.DONE: "confirm", RefreshState.LAPSED: "lapse", RefreshState.DROPPED: "drop",
        },
        RefreshState.LAPSED: {RefreshState.DONE: "confirm", RefreshState.DROPPED: "drop"},
    },
)  # fmt: skip


class ClaimState(StrEnum):
    """A batch of subsidy claims."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    PAID = "paid"


CLAIM = Machine(
    "claim",
    ClaimState.DRAFT,
    {
        ClaimState.DRAFT: {ClaimState.SUBMITTED: "submit"},
        ClaimState.SUBMITTED: {ClaimState.APPROVED: "approve", ClaimState.DRAFT: "return"},
        ClaimState.APPROVED: {ClaimState.PAID: "pay", ClaimState.DRAFT: "return"},
    },
)
