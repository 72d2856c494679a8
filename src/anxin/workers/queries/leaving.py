"""What leaving an agency, or taking an authorisation back, would mean: told before anybody confirms."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from anxin.workers.models import Booking, Standing
from anxin.workers.queries.archive import authorisation_of
from anxin.workers.queries.time import STARTS
from anxin.workers.values import BookingFacts, BookingKind
from anxin.workers.values.archive import NECESSARY, ArchiveItem


@dataclass(frozen=True)
class Consequences:
    """visits: ahead or under way, by start. colour: of the code last judged, "" = no code. authorised: one ends."""

    visits: tuple[BookingFacts, ...]
    colour: str
    authorised: bool

    @property
    def blocked(self) -> bool:
        """Whether leaving is refused until the visits are done or given to somebody else."""
        return bool(self.visits)


def leaving(worker_id: UUID, at: datetime) -> Consequences:
    """What leaving the agency now would mean. Four queries."""
    ahead = Booking.objects.filter(worker=worker_id, kind=BookingKind.VISIT, span__endswith__gt=at)
    visits = tuple(row.facts for row in ahead.annotate(starts=STARTS).order_by("starts"))
    standing = Standing.objects.filter(worker=worker_id).only("colour").first()
    return Consequences(visits, standing.colour if standing else "", authorisation_of(worker_id) is not None)


def code_stops(items: Collection[ArchiveItem], running: bool) -> bool:
    """Whether taking these items back suspends a running code."""
    return running and bool(NECESSARY & frozenset(items))
