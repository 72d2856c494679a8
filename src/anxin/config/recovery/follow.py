"""The archiver: receives the log without a pause, carries it on every half minute, and takes the daily backup."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from anxin.config.recovery import base, wal
from anxin.config.recovery import manifest as manifests
from anxin.config.recovery.base import Say, silent
from anxin.config.recovery.retention import Rule, prune
from anxin.config.recovery.source import Source
from anxin.config.recovery.store import Store
from anxin.kit import clock

INTERVAL_S = 30.0


def follow(
    source: Source, store: Store, key: bytes, *, rule: Rule, every: timedelta = timedelta(days=1),
    interval: float = INTERVAL_S, until: Callable[[], bool] = lambda: False, say: Say = silent,
) -> None:  # fmt: skip
    """Archive until `until` says so (never, for a service). `interval` bounds what a lost machine loses."""
    with wal.receiving(source) as alive:
        while not until():
            alive()
            turn(source, store, key)
            if _due(source, store, every, clock.now()):
                made = base.take(source, store, key, at=clock.now(), say=say)
                say(f"backup {made.id} is complete")
                for gone in prune(store, key, rule, at=clock.now()):
                    say(f"backup {gone} was removed, as the rule of retention says")
            time.sleep(interval)


def turn(source: Source, store: Store, key: bytes) -> bool:
    """Carry on what there is. False, and no claim to be complete, if the receiver lags behind."""
    at = clock.now()
    if not wal.has_received_all(source):
        return False
    wal.ship_uploads(source, store, key, at=at)
    wal.ship(source, store, key, until=at)
    return True


def _due(source: Source, store: Store, every: timedelta, at: datetime) -> bool:
    prefix = f"{source.system}/base/"
    known = [name.split("/")[2] for name in manifests.ids(store) if name.startswith(prefix)]
    return not known or known[-1] <= (at - every).strftime("%Y%m%dT%H%M%SZ")
