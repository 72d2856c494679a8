"""The finder of dead, wrong and broken codes: run nightly and by button; what it found stays until it is gone."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from anxin.audit.public import record
from anxin.kit.actor import SYSTEM, Actor
from anxin.kit.errors import Forbidden
from anxin.kit.models import move
from anxin.safetycode.actions.codes import draw_lots, expire_due
from anxin.safetycode.actions.judging import judge_listed, list_stale, list_unjudged
from anxin.safetycode.actions.measures import resume_due
from anxin.safetycode.actions.refreshing import lapse_refreshes, open_refreshes
from anxin.safetycode.models import Fault, FaultRun, Refresh
from anxin.safetycode.queries.faults import run_all
from anxin.safetycode.queries.refreshing import WAITING
from anxin.safetycode.states import CodeState, RefreshState

CARERS = ("safetycode.manage", "workers.oversee")


@transaction.atomic
def find_faults(*, by: Actor, at: datetime) -> dict[str, int]:
    """Run every check and keep what it found; a fault that is found no more is cleared. How many rows each found.

    Refuses: Forbidden. Source: 浙商务发〔2020〕21号 §6 (no dead, wrong or broken codes).
    """
    if not any(by.holds(one) for one in CARERS):
        raise Forbidden
    counts = {}
    for code, found in run_all(at).items():
        subjects = {row.subject: row for row in found}
        known = Fault.objects.filter(check_code=code, cleared_at=None)
        known.exclude(subject__in=list(subjects)).update(cleared_at=at)
        held = set(known.values_list("subject", flat=True))
        Fault.objects.bulk_create(
            Fault(
                check_code=code, worker_id=row.worker_id, subject=subject, detail=row.detail, found_at=at
            )
            for subject, row in subjects.items()
            if subject not in held
        )  # fmt: skip
        counts[code] = len(subjects)
    run = FaultRun.objects.create(at=at, by_person=by.person_id, found=counts)
    record(
        "safetycode.find_faults", by=by, at=at, subject="safetycode", subject_id=run.pk,
        detail={code: n for code, n in counts.items() if n},
    )  # fmt: skip
    return counts


def mend(*, at: datetime) -> None:
    """The night: end what ran out, resume, list for refresh, suspend what is stale, judge anew."""
    while expire_due(by=SYSTEM, at=at):
        pass
    while resume_due(at=at):
        pass
    while draw_lots():
        pass
    drop_dead_refreshes(at=at)
    while open_refreshes(by=SYSTEM, at=at):
        pass
    while lapse_refreshes(at=at):
        pass
    list_unjudged()
    list_stale(at=at)
    while judge_listed(by=SYSTEM, at=at):
        pass


@transaction.atomic
def drop_dead_refreshes(*, at: datetime) -> int:
    """Drop the refreshes of codes that are out of force for good. Returns how many."""
    rows = Refresh.objects.filter(state__in=WAITING).exclude(
        code__state__in=[CodeState.ISSUED, CodeState.SUSPENDED]
    )
    found = list(rows[:1000])
    for row in found:
        move(row, RefreshState.DROPPED, by=SYSTEM, at=at)
    return len(found)
