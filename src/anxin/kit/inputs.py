"""What programs may send, within the limits of what can be kept and reckoned with."""

from __future__ import annotations

from datetime import UTC, datetime
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
