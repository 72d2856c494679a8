"""A piece of time. Plain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from anxin.kit.clock import local_date


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open time [start, end), aware. Refuses (ValueError) what is empty, backwards or naive."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("a span needs aware times")
        if self.end <= self.start:
            raise ValueError("a span must end after it starts")

    def overlaps(self, other: Span) -> bool:
        return self.start < other.end and other.start < self.end

    def days(self, at: datetime | None = None) -> tuple[date, date]:
        """The first and the last local day that it touches; of those, from `at` on, the ones that are left."""
        first = local_date(self.start if at is None else max(at, self.start))
        return first, max(first, local_date(self.end - timedelta.resolution))

    def buffered(self, turnover_minutes: int) -> Span:
        """The span plus the fixed turnover after it."""
        return Span(self.start, self.end + timedelta(minutes=turnover_minutes))
