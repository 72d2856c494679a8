"""Jobs of the house itself."""

from __future__ import annotations

from datetime import datetime

from anxin.kit.again import take_up_abandoned
from anxin.kit.jobs import periodic


@periodic("config.take_up_abandoned", cron="* * * * *")
def abandoned(*, at: datetime) -> None:
    """What a killed worker was doing is done by another, a minute or two later."""
    take_up_abandoned()
