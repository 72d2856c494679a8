"""What happens to agencies by the clock."""

from datetime import datetime

from anxin.agencies import actions
from anxin.kit.jobs import periodic


@periodic("agencies.tick", cron="20 * * * *")
def tick(*, at: datetime) -> None:
    actions.tick(at=at)
