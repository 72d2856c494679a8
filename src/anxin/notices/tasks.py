"""Jobs of notices."""

from datetime import datetime

from anxin.kit.jobs import periodic
from anxin.notices import actions


@periodic("notices.forget", cron="53 3 * * *")
def forget(*, at: datetime) -> None:
    """Delete notices past their retention."""
    actions.forget(at=at)
