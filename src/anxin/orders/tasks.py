"""Jobs of orders."""

from __future__ import annotations

from datetime import datetime

from anxin.kit.jobs import periodic, task
from anxin.orders.actions import notify, ticks


@periodic("orders.tick", cron="* * * * *")
def tick(*, at: datetime) -> None:
    ticks.tick(at=at)


@task("orders.tell")
def tell(*, at: datetime, note_id: int, sms: bool = False) -> None:
    notify.deliver(note_id=note_id, sms=sms, at=at)
