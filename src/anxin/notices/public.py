"""The door of notices: tell a person something, count what they have not read."""

from anxin.notices.actions import read_all, tell, tell_all
from anxin.notices.queries import unread_count
from anxin.notices.values import audience

__all__ = ["audience", "read_all", "tell", "tell_all", "unread_count"]
