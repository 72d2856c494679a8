"""Jobs of workers."""

from datetime import datetime

from anxin.kit.actor import SYSTEM
from anxin.kit.jobs import periodic
from anxin.workers.actions.expiry import warn_of_expiry
from anxin.workers.actions.standing import recount


# 16:15 UTC is a quarter past midnight here.
@periodic("workers.nightly", cron="15 16 * * *")
def nightly(*, at: datetime) -> None:
    """Count the visits of the last 30 days again; tell of papers that run out."""
    recount(at=at)
    warn_of_expiry(by=SYSTEM, at=at)
