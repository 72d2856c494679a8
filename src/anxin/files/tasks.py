"""Jobs of files."""

from datetime import datetime

from anxin.files import actions
from anxin.kit.actor import SYSTEM
from anxin.kit.jobs import periodic


@periodic("files.scan_waiting", cron="*/2 * * * *")
def scan_waiting(*, at: datetime) -> None:
    """Scan what came while the scanner was away."""
    actions.scan_waiting(by=SYSTEM, at=at)


@periodic("files.sweep", cron="17 3 * * *")
def sweep(*, at: datetime) -> None:
    """Remove bytes that belong to no file."""
    actions.sweep(by=SYSTEM, at=at)
