"""Life of a text message."""

from enum import StrEnum

from anxin.kit.states import Machine
from anxin.kit.text import gettext_noop


class SmsState(StrEnum):
    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"

    @property
    def label(self) -> str:
        """The Chinese source word."""
        return SMS_LABELS[self]


SMS = Machine(
    "sms",
    SmsState.QUEUED,
    {SmsState.QUEUED: {SmsState.SENT: "sent", SmsState.FAILED: "give_up"}},
)

SMS_LABELS = {
    SmsState.QUEUED: gettext_noop("等待发送"),
    SmsState.SENT: gettext_noop("已发送"),
    SmsState.FAILED: gettext_noop("发送失败"),
}
