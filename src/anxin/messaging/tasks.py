"""Jobs of messaging."""

from datetime import datetime, timedelta
from uuid import UUID

from anxin.kit.jobs import periodic, task
from anxin.messaging import actions

KEEP = timedelta(days=183)


@task(actions.DELIVER)
def deliver(*, at: datetime, message_id: str) -> None:
    """Send one queued text message."""
    actions.deliver(message_id=UUID(message_id), at=at)


@periodic("messaging.forget", cron="41 3 * * *")
def forget(*, at: datetime) -> None:
    """Delete text messages past their retention."""
    actions.forget(before=at - KEEP)
