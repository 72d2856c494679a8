"""The life of a safety code once it is issued, the way there in eight steps, and the appeal (standards §2.5)."""

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


class ApplicationState(StrEnum):
    DRAFT = "draft"
    AGENCY_REVIEW = "agency_review"
    ASSOCIATION_REVIEW = "association_review"
    BUREAU_REVIEW = "bureau_review"
    EXAM_PENDING = "exam_pending"
    INSURANCE_PENDING = "insurance_pending"
    APPROVED = "approved"
    ISSUED = "issued"
    DELIVERED = "delivered"
    RETURNED = "returned"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


A = ApplicationState
APPLICATION_STATE_LABELS = {
    A.DRAFT: gettext_noop("待本人填写"),
    A.AGENCY_REVIEW: gettext_noop("机构初审"),
    A.ASSOCIATION_REVIEW: gettext_noop("协会复核"),
    A.BUREAU_REVIEW: gettext_noop("主管部门审核信用"),
    A.EXAM_PENDING: gettext_noop("安排体检"),
    A.INSURANCE_PENDING: gettext_noop("办理保险"),
    A.APPROVED: gettext_noop("待发码"),
    A.ISSUED: gettext_noop("已发码，待下发"),
    A.DELIVERED: gettext_noop("已下发"),
    A.RETURNED: gettext_noop("退回补正"),
    A.REJECTED: gettext_noop("未通过"),
    A.WITHDRAWN: gettext_noop("已撤回"),
}
_SIDE: dict[StrEnum, str] = {A.RETURNED: "return", A.REJECTED: "reject", A.WITHDRAWN: "withdraw"}

APPLICATION = Machine(
    "safetycode application",
    A.DRAFT,
    {
        A.DRAFT: {A.AGENCY_REVIEW: "submit", A.WITHDRAWN: "withdraw"},
        A.AGENCY_REVIEW: {A.ASSOCIATION_REVIEW: "forward", **_SIDE},
        A.ASSOCIATION_REVIEW: {A.BUREAU_REVIEW: "pass", **_SIDE},
        A.BUREAU_REVIEW: {A.EXAM_PENDING: "clear", **_SIDE},
        A.EXAM_PENDING: {A.INSURANCE_PENDING: "examine", **_SIDE},
        A.INSURANCE_PENDING: {A.APPROVED: "insure", **_SIDE},
        A.APPROVED: {A.ISSUED: "issue", **_SIDE},
        A.ISSUED: {A.DELIVERED: "hand_down"},
        # To the desk that returned it: nobody checks again what they have passed.
        A.RETURNED: {
            A.AGENCY_REVIEW: "resubmit",
            A.ASSOCIATION_REVIEW: "resubmit",
            A.BUREAU_REVIEW: "resubmit",
            A.EXAM_PENDING: "resubmit",
            A.INSURANCE_PENDING: "resubmit",
            A.APPROVED: "resubmit",
            A.WITHDRAWN: "withdraw",
        },
        # Only an appeal leads out of a refusal, back to the desk that refused.
        A.REJECTED: {
            A.AGENCY_REVIEW: "reinstate",
            A.ASSOCIATION_REVIEW: "reinstate",
            A.BUREAU_REVIEW: "reinstate",
            A.EXAM_PENDING: "reinstate",
            A.INSURANCE_PENDING: "reinstate",
            A.APPROVED: "reinstate",
        },
    },
)


class AppealState(StrEnum):
    FILED = "filed"
    ANSWERED = "answered"
    READY = "ready"
    UPHELD = "upheld"
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"


P = AppealState
APPEAL_STATE_LABELS = {
    P.FILED: gettext_noop("待原单位答复"),
    P.ANSWERED: gettext_noop("待本人陈述"),
    P.READY: gettext_noop("待裁定"),
    P.UPHELD: gettext_noop("申诉成立"),
    P.DISMISSED: gettext_noop("申诉不成立"),
    P.WITHDRAWN: gettext_noop("已撤回"),
}

APPEAL = Machine(
    "safetycode appeal",
    P.FILED,
    {
        # In the worker's favour it may be decided at once; against them only after they could speak last.
        P.FILED: {P.ANSWERED: "answer", P.READY: "lapse", P.UPHELD: "uphold", P.WITHDRAWN: "withdraw"},
        P.ANSWERED: {P.READY: "reply", P.UPHELD: "uphold", P.WITHDRAWN: "withdraw"},
        P.READY: {P.UPHELD: "uphold", P.DISMISSED: "dismiss", P.WITHDRAWN: "withdraw"},
    },
)


class ExamState(StrEnum):
    BOOKED = "booked"
    ARRIVED = "arrived"
    DONE = "done"
    CANCELLED = "cancelled"
    ABSENT = "absent"


EXAM_STATE_LABELS = {
    ExamState.BOOKED: gettext_noop("已预约"),
    ExamState.ARRIVED: gettext_noop("已到检"),
    ExamState.DONE: gettext_noop("已出结论"),
    ExamState.CANCELLED: gettext_noop("已取消"),
    ExamState.ABSENT: gettext_noop("未到检"),
}

EXAM = Machine(
    "exam",
    ExamState.BOOKED,
    {
        ExamState.BOOKED: {
            ExamState.BOOKED: "reschedule",
            ExamState.ARRIVED: "arrive",
            ExamState.CANCELLED: "cancel",
            ExamState.ABSENT: "miss",
        },
        ExamState.ARRIVED: {ExamState.DONE: "conclude"},
    },
)


class FilingState(StrEnum):
    FILED = "filed"
    RETURNED = "returned"
    CONFIRMED = "confirmed"
    ENDED = "ended"
    DROPPED = "dropped"


FILING_STATE_LABELS = {
    FilingState.FILED: gettext_noop("待确认"),
    FilingState.RETURNED: gettext_noop("已退回"),
    FilingState.CONFIRMED: gettext_noop("已确认"),
    FilingState.ENDED: gettext_noop("已终止"),
    FilingState.DROPPED: gettext_noop("已撤回"),
}

FILING = Machine(
    "filing",
    FilingState.FILED,
    {
        FilingState.FILED: {
            FilingState.CONFIRMED: "confirm",
            FilingState.RETURNED: "send_back",
            FilingState.DROPPED: "drop",
        },
        FilingState.RETURNED: {FilingState.FILED: "file_again", FilingState.DROPPED: "drop"},
        FilingState.CONFIRMED: {FilingState.ENDED: "end"},
    },
)


class CheckState(StrEnum):
    ASKED = "asked"
    WAITING = "waiting"
    ANSWERED = "answered"
    CANCELLED = "cancelled"


CHECK_STATE_LABELS = {
    CheckState.ASKED: gettext_noop("待送核"),
    CheckState.WAITING: gettext_noop("等待答复"),
    CheckState.ANSWERED: gettext_noop("已答复"),
    CheckState.CANCELLED: gettext_noop("已撤销"),
}

CHECK = Machine(
    "background",
    CheckState.ASKED,
    {
        CheckState.ASKED: {
            CheckState.WAITING: "send",
            CheckState.ANSWERED: "answer",
            CheckState.CANCELLED: "cancel",
        },
        CheckState.WAITING: {CheckState.ANSWERED: "answer", CheckState.CANCELLED: "cancel"},
    },
)
