"""The door of notices: tell a person something, count what they have not read."""

from anxin.notices.actions import tell
from anxin.notices.queries import unread_count

__all__ = ["tell", "unread_count"]
