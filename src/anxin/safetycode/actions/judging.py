"""Judging: at once when a fact changes, at midnight whoever's day has come; one list, so nobody is forgotten."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_noop

from anxin.kit.actor import Actor
from anxin.kit.clock import local_date
from anxin.kit.events import announce
from anxin.safetycode.events import ColourChanged
from anxin.safetycode.queries import judging
from anxin.safetycode.values import COLOUR_LABELS, Colour
from anxin.workers.public import set_colours, tell_worker_and_agency

log = logging.getLogger(__name__)
BATCH = 2_000


@transaction.atomic
def reevaluate(*, worker_ids: Iterable[UUID], by: Actor, at: datetime) -> int:
    """Judge workers who have a code afresh and keep the colour for lists; tells of every change. Returns how many.

    On every change of a paper or code (standards §2.2).
    """
    workers = judging.lock(list(worker_ids))
    if workers is None:
        # Whoever is being issued a code at this moment stays on the list.
        return 0
    rows = judging.listed(workers)
    return _tell_all(judging.keep(local_date(at), workers, rows), by=by, at=at)


@transaction.atomic
def judge_listed(*, by: Actor, at: datetime, size: int = BATCH) -> bool:
    """Judge the next of those whose facts changed or whose day has come. False where there was nobody.

    What is announced is in the same transaction: a run that is killed leaves its batch on the list. One run at a time;
    it waits for those who judge a few at this moment, and they never wait for it.
    """
    found, colours = judging.keep_next(local_date(at), size)
    _tell_all(colours, by=by, at=at)
    return found > 0


def list_unjudged() -> int:
    """List the codes that were never judged: those of before this was kept, and what was loaded without triggers."""
    with connection.cursor() as cursor:
        cursor.execute(judging.UNJUDGED_SQL)
        return int(cursor.rowcount)


@transaction.atomic
def list_stale(*, at: datetime) -> int:
    """Judge everybody without writing, and list those whose judgement is another than the one kept. Returns how many.

    There is nobody to find unless a rule set was changed by a release or something went wrong.
    """
    day = local_date(at)
    with connection.cursor() as cursor:
        # Two tables of a city are joined and grouped: in memory, not on disk.
        cursor.execute("SET LOCAL jit = off; SET LOCAL work_mem = '256MB'")
        cursor.execute(
            f"INSERT INTO safetycode_due (worker_id) {judging.STALE_SQL.format(judged=judging.all_sql(day))}",  # nosec B608  # our own
            {"day": day},
        )
        found = int(cursor.rowcount)
    if found:
        log.warning("%s kept judgements differ from the facts and are made again", found)
    return found


def _tell_all(colours: dict[UUID, str], *, by: Actor, at: datetime) -> int:
    """Write the new colours for lists, and tell of those that changed. Returns how many did."""
    before = set_colours(colours=colours, by=by, at=at) if colours else {}
    for worker_id, old in before.items():
        # The first judgement comes with the issue, which tells for itself.
        if old:
            _tell(worker_id, colours[worker_id], at)
        announce(ColourChanged(worker_id, old, colours[worker_id]))
    return len(before)


def _tell(worker_id: UUID, shade: str, at: datetime) -> None:
    tell_worker_and_agency(
        worker_id=worker_id, kind="safetycode.colour", url="/code/", sms=shade != Colour.GREEN, at=at,
        title=gettext_noop("%(name)s的安心码变为%(colour)s"),
        body=gettext_noop("原因和办法见安心码页面。"),
        params={"colour": COLOUR_LABELS[Colour(shade)]},
    )  # fmt: skip
