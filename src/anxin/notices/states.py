"""The state table of an announcement. Plain Python."""

from __future__ import annotations

from enum import StrEnum

from anxin.kit.states import Machine


class AnnouncementState(StrEnum):
    SENDING = "sending"
    SENT = "sent"
    STOPPED = "stopped"


S = AnnouncementState
ANNOUNCEMENT = Machine("announcement", S.SENDING, {S.SENDING: {S.SENT: "finish", S.STOPPED: "stop"}})
