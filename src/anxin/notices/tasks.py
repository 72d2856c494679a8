"""Jobs of notices."""

from datetime import datetime
from uuid import UUID

from anxin.kit.jobs import periodic, task
from anxin.notices import actions


@periodic("notices.forget", cron="53 3 * * *")
def forget(*, at: datetime) -> None:
    """Delete notices past their retention."""
    actions.forget(at=at)


@task("notices.send_on")
def send_on(*, at: datetime, announcement_id: str) -> None:
    actions.send_on(UUID(announcement_id), at=at)
