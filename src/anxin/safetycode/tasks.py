"""Jobs of the safety code."""

from datetime import datetime

from anxin.kit.actor import SYSTEM
from anxin.kit.jobs import periodic
from anxin.safetycode import actions, queries


# 16:05 UTC is five past midnight here: the day, and with it what is valid, has just changed.
@periodic("safetycode.nightly", cron="5 16 * * *")
def nightly(*, at: datetime) -> None:
    """End the codes whose day has passed, judge everybody, forget old counts."""
    while actions.expire_due(by=SYSTEM, at=at):
        pass
    for batch in queries.everybody(size=500):
        actions.reevaluate(worker_ids=batch, by=SYSTEM, at=at)
    actions.forget_tallies(at=at)
