"""Jobs of orders."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from anxin.kit.actor import SYSTEM
from anxin.kit.jobs import periodic, task
from anxin.orders.actions import lose, notify, ticks


@periodic("orders.tick", cron="* * * * *")
def tick(*, at: datetime) -> None:
    ticks.tick(at=at)


@task("orders.tell")
def tell(*, at: datetime, note_id: int, sms: bool = False) -> None:
    notify.deliver(note_id=note_id, sms=sms, at=at)


@task("orders.lose_worker")
def lose_worker(*, at: datetime, worker_id: str) -> None:
    lose.lose_worker(worker_id=UUID(worker_id), by=SYSTEM, at=at)
