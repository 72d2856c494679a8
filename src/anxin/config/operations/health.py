"""Whether this installation can serve: each check is one fact with a word for the person on call."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from anxin.kit import clock, crypto, jobs

SMALLEST_FREE_BYTES = 500_000_000
# A worker tells of itself every ten seconds; the oldest due job should have begun long before these.
WORKER_SILENT_S, JOB_LATE_S = 60.0, 300.0


@dataclass(frozen=True)
class Check:
    """One fact. `vital`: without it no request can be served, so a balancer should send none here."""

    name: str
    ok: bool
    words: str
    vital: bool = True


def look(at: datetime) -> list[Check]:
    """Every check; what follows from a database that does not answer is left out."""
    found = [_tried("keys", _keys), _tried("disk", _disk)]
    trusted = clock.believed()
    words = "ok" if trusted else "the clock has jumped: deadlines wait for ten minutes"
    found.append(Check("clock", trusted, words, vital=False))
    database = _tried("database", _database)
    found.append(database)
    if database.ok:
        found += [_tried("migrations", _migrations), *_work(at)]
    return found


def ready(checks: list[Check]) -> bool:
    """Whether requests should come here."""
    return all(check.ok for check in checks if check.vital)


def _tried(name: str, test: Callable[[], str]) -> Check:
    """A check whose test returns what is wrong, nothing if all is well."""
    try:
        wrong = test()
    except (DatabaseError, OSError, crypto.Tampered, ValueError) as trouble:
        wrong = f"{type(trouble).__name__}: {str(trouble).splitlines()[0] if str(trouble) else ''}"
    return Check(name, not wrong, wrong or "ok")


def _keys() -> str:
    sealed = crypto.seal(b"ready", "health")
    return "" if crypto.unseal(sealed, "health") == b"ready" else "the key ring does not open what it sealed"


def _disk() -> str:
    free = shutil.disk_usage(settings.ANXIN_HOME).free
    return "" if free >= SMALLEST_FREE_BYTES else f"only {free // 1_000_000} MB free in ANXIN_HOME"


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_is_in_recovery()")
        return "the database is a standby that takes no writes" if cursor.fetchone()[0] else ""


def unapplied() -> int:
    """How many migrations the database has yet to see."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _migrations() -> str:
    missing = unapplied()
    return f"{missing} migrations are not applied: anxin migrate" if missing else ""


def _work(at: datetime) -> list[Check]:
    """Jobs may wait for a while without a request failing: told, but not vital."""
    waiting = jobs.backlog(at)
    silent = waiting.seen_s is None or waiting.seen_s > WORKER_SILENT_S
    late = waiting.overdue_s > JOB_LATE_S
    return [
        Check("worker", not silent, "no job worker was heard of lately" if silent else "ok", vital=False),
        Check(
            "jobs", not late, f"a due job has waited {waiting.overdue_s:.0f} s" if late else "ok", vital=False
        ),
    ]
