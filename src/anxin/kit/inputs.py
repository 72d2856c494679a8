"""What programs may send, within the limits of what can be kept and reckoned with."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field

# Beyond these the calendar, the time zones and the database begin to differ from one another.
FIRST, LAST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def _within(at: datetime) -> datetime:
    if not FIRST <= at < LAST:
        raise ValueError("out of range")
    return at.astimezone(UTC)


# A moment that brings its time zone, as UTC.
Moment = Annotated[AwareDatetime, AfterValidator(_within)]
# How many rows of a list to pass over.
Skip = Annotated[int, Field(ge=0, le=1_000_000_000)]
# Which page of a list, from 1 on.
PageNumber = Annotated[int, Field(ge=1, le=1_000_000)]
# How many rows of a list at a time.
PageSize = Annotated[int, Field(ge=1, le=100)]


def day(text: str) -> date | None:
    """The day that an address spells as a browser does (2026-03-18); None for anything else."""
    try:
        found = date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII) else None
    except ValueError:
        return None
    return found if found and FIRST.year <= found.year < LAST.year else None


def page_number(text: str) -> int:
    """The page that an address asks for; 1 for anything that is no page."""
    return max(1, int(text)) if re.fullmatch(r"\d{1,6}", text, re.ASCII) else 1
