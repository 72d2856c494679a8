"""Pages of notices: the inbox, and announcements."""
