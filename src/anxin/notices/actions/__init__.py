"""The only writers of the inbox and of announcements."""

from anxin.notices.actions.announcing import announce, decline_advertising, send_on, stop
from anxin.notices.actions.telling import (
    fill,
    forget,
    read,
    read_all,
    tell,
    tell_all,
    tell_factor_change,
    tell_new_device,
)

__all__ = [
    "announce", "decline_advertising", "fill", "forget", "read", "read_all", "send_on", "stop", "tell", "tell_all",
    "tell_factor_change", "tell_new_device",
]  # fmt: skip
