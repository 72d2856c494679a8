"""Taking a list along as a file: who, which, how many rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from anxin.audit import queries
from anxin.audit.actions.record import record
from anxin.audit.events import ListTaken
from anxin.audit.values import LIST
from anxin.kit.access import prove_first
from anxin.kit.actor import Actor
from anxin.kit.events import announce
from anxin.kit.lists import EXPORT_LIMIT, Asked


@transaction.atomic
def take_along(name: str, rows: QuerySet[Any], asked: Asked, *, by: Actor, at: datetime) -> None:
    """Before a list leaves the house: who takes it has just proved who they are, and it is on record.

    What was typed to narrow the list is not written down, only by which filters. Refuses StepUpNeeded. Source: A-7.4.4.
    """
    prove_first(by)
    record(
        LIST, by=by, at=at, subject="list", subject_id=name,
        detail={
            "rows": min(rows.count(), EXPORT_LIMIT), "asked": sorted(one.name for one in asked.filters if one.value),
        },
    )  # fmt: skip
    announce(ListTaken(by, queries.lists_today(by, at), at))
