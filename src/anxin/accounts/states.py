"""Life of a request for rights."""

from enum import StrEnum

from anxin.kit.states import Machine
from anxin.kit.text import gettext_noop


class RequestState(StrEnum):
    OPEN = "open"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """The Chinese source word."""
        return REQUEST_LABELS[self]


REQUEST = Machine(
    "accounts.right_request",
    RequestState.OPEN,
    {
        RequestState.OPEN: {
            RequestState.APPROVED: "approve",
            RequestState.REFUSED: "refuse",
            RequestState.WITHDRAWN: "withdraw",
        }
    },
)

REQUEST_LABELS = {
    RequestState.OPEN: gettext_noop("等待审批"),
    RequestState.APPROVED: gettext_noop("已批准"),
    RequestState.REFUSED: gettext_noop("未批准"),
    RequestState.WITHDRAWN: gettext_noop("已撤回"),
}
