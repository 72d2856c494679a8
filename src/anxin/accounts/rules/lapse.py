"""When a post that nobody uses lapses (GB/T 22239 level 2: rights not used are taken back; standards §13.1)."""

from __future__ import annotations

from datetime import datetime, timedelta

UNUSED = timedelta(days=90)
WARNING = timedelta(days=7)
# A use is noted once a day: exact enough for ninety, and one write.
NOTED_EVERY = timedelta(days=1)
LONGEST_STAND_IN = timedelta(days=90)


def lapses_at(used_at: datetime) -> datetime:
    """The moment from which a post last used at `used_at` is suspended."""
    return used_at + UNUSED


def warns_at(used_at: datetime) -> datetime:
    """The moment from which its holder is warned."""
    return lapses_at(used_at) - WARNING
