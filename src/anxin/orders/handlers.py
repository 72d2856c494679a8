"""What orders do when workers change: one line each."""

from __future__ import annotations

from anxin.kit.events import on
from anxin.kit.jobs import defer
from anxin.workers.public import AffiliationChanged, WorkerStopped


@on(WorkerStopped)
def worker_stopped(event: WorkerStopped) -> None:
    defer("orders.lose_worker", worker_id=str(event.worker_id))


@on(AffiliationChanged)
def affiliation_changed(event: AffiliationChanged) -> None:
    defer("orders.lose_worker", worker_id=str(event.worker_id))
