"""Jobs of governance."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from anxin.governance.actions import closing, copies, retention
from anxin.kit.actor import SYSTEM
from anxin.kit.jobs import periodic, task


@task(copies.BUILD)
def build_copy(*, at: datetime, copy_id: str) -> None:
    """Build one copy of a person's data."""
    copies.build(copy_id=UUID(copy_id), at=at)


@periodic("governance.tick", cron="7 * * * *")
def tick(*, at: datetime) -> None:
    """What ends by itself: copies and accounts whose days are over."""
    closing.close_due(at=at)
    copies.expire(at=at)


@periodic("governance.sweep", cron="35 3 * * *")
def sweep(*, at: datetime) -> None:
    """Destroy personal data past its retention."""
    retention.sweep(by=SYSTEM, at=at)
