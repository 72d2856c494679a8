"""What waits for an answer, and what is watched, as figures for the first page of a desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from anxin.governance.models import Correction
from anxin.governance.queries.looks import overseen
from anxin.governance.states import CorrectionState
from anxin.kit import clock
from anxin.kit.actor import Actor


@dataclass(frozen=True)
class Waiting:
    """How many corrections wait for an answer, and how many of these are late."""

    every: int
    late: int


def waiting_corrections(actor: Actor, at: datetime) -> Waiting:
    """Corrections that the actor has to answer. One query."""
    rows = Correction.objects.visible_to(actor).filter(state=CorrectionState.ASKED)
    found = rows.aggregate(every=Count("pk"), late=Count("pk", filter=Q(due_at__lt=at)))
    return Waiting(**found)


def looks_today(actor: Actor, at: datetime) -> int:
    """Looks behind a mask since midnight here that the actor watches over. One query."""
    return overseen(actor).filter(at__gte=clock.at_local(clock.local_date(at), 0)).count()
