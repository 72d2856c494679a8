"""Marking of texts in plain modules, which may not import Django."""


def gettext_noop(message: str) -> str:
    """Mark a source string for translation; it is translated where it is shown."""
    return message
