"""Care of codes in the demo: two certificates that differ, codes to refresh, a suspension, a subsidy to approve."""

from __future__ import annotations

from datetime import datetime, timedelta

from anxin.kit.clock import local_date
from anxin.kit.errors import Refusal
from anxin.safetycode import public as safetycode
from anxin.safetycode.values import Ground, MinistryState, Theirs
from anxin.simulation.cast import World

# What the Ministry says of the first workers; of all others that their record is in force.
APART = (MinistryState.FROZEN, MinistryState.NONE)


def care(world: World, now: datetime) -> None:
    """A few rows for every page of care, by those who would do it."""
    at = now - timedelta(hours=20)
    workers = list(world.worker_actors)
    until = local_date(now) + timedelta(days=300)
    states = dict(zip(workers, APART, strict=False))
    safetycode.keep_records(
        {
            worker: Theirs(state, f"JZ{index:08d}", "", until)
            for index, worker in enumerate(workers)
            for state in [states.get(worker, MinistryState.IN_FORCE)]
        },
        at=at,
    )
    association = world.platform.association
    try:
        batch = safetycode.open_claim(year=local_date(now).year, by=association, at=at)
    except Refusal:
        # In a small demo nobody may be due.
        pass
    else:
        safetycode.submit_claim(claim_number=batch.number, by=association, at=at + timedelta(hours=1))
    red = next(
        (one for one in workers if safetycode.judge(one, at).colour == "red" and one != world.star), None
    )
    if red is not None and (code := safetycode.code_of(red)) is not None and code.can("suspend"):
        safetycode.suspend(
            worker_id=red, ground=Ground.COMPLAINT, why="客户投诉迟到，正在核查",
            until=local_date(now) + timedelta(days=7), evidence="投诉单 T-0007", by=association, at=at,
        )  # fmt: skip
    safetycode.open_refreshes(by=association, at=at)
    safetycode.find_faults(by=association, at=now - timedelta(hours=2))
