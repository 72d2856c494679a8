"""Jobs on the same database: a job deferred inside a transaction is the outbox.

A task is a function of keyword arguments, `at` first, that calls one action and is safe to run twice. The
worker reads the clock at the edge; `drain` runs what is due under a clock of the caller (tests, the demo).
"""

from __future__ import annotations

import functools
import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from heapq import heappop, heappush
from itertools import count
from typing import Any

from django.db import close_old_connections, connection, transaction
from procrastinate.contrib.django import app
from psycopg.types.json import Jsonb

from anxin.kit import again, clock, measure
from anxin.kit.room import roomy

log = logging.getLogger(__name__)
RETRY = again.Again()
Task = Callable[..., Any]
_tasks: dict[str, Task] = {}
_periodic: dict[str, str] = {}
_gathering: ContextVar[list[Job] | None] = ContextVar("gathering", default=None)
_held: ContextVar[Held | None] = ContextVar("held", default=None)


def task(name: str, *, queue: str = "default") -> Callable[[Task], Task]:
    """Register a task under a name such as "orders.expire_offers"."""

    def register(function: Task) -> Task:
        _tasks[name] = function
        app.task(name=name, queue=queue, retry=RETRY)(_worker_side(name, function))
        return function

    return register


def periodic(name: str, *, cron: str) -> Callable[[Task], Task]:
    """Register a task that also runs by the clock, `cron` in five fields."""

    def register(function: Task) -> Task:
        _tasks[name] = function
        _periodic[name] = cron

        run = _by_the_clock(name, function)
        app.periodic(cron=cron)(app.task(name=name, queue="default", queueing_lock=name)(run))
        return function

    return register


def _by_the_clock(name: str, function: Task) -> Callable[[int], None]:
    """A periodic task as the worker calls it. What fires or is erased on a wrong clock is final, so it waits."""

    @functools.wraps(function)
    def run(timestamp: int) -> None:
        if clock.believed():
            _worker_side(name, function)()
        else:
            log.warning("%s waits: the clock of this machine has jumped", name)

    return run


def _worker_side(name: str, function: Task) -> Task:
    @roomy
    @functools.wraps(function)
    def run(**arguments: Any) -> None:
        close_old_connections()
        try:
            with measure.job(name):
                function(at=clock.now(), **arguments)
        finally:
            close_old_connections()

    return run


def defer(name: str, *, run_at: datetime | None = None, lock: str | None = None, **arguments: Any) -> None:
    """Queue a task in the present transaction. Arguments are ids as text, and plain values."""
    gathering, holder = _gathering.get(), _held.get()
    if gathering is None and holder is None:
        app.configure_task(name, schedule_at=run_at, lock=lock, allow_unknown=False).defer(**arguments)
        return
    found = Job(name, app.tasks[name].queue, lock, arguments, run_at)
    if gathering is not None:
        gathering.append(found)
    elif holder is not None:
        holder.add(found)


@dataclass(frozen=True)
class Job:
    """A job that is yet to be queued. of_row: which row of the queueing statement lends it further arguments."""

    task: str
    queue: str
    lock: str | None
    args: dict[str, Any]
    run_at: datetime | None = None
    of_row: str = ""


@contextmanager
def gathered() -> Iterator[list[Job]]:
    """Collect what is deferred inside instead of queueing it, for a caller that queues it by its own statement."""
    jobs: list[Job] = []
    token = _gathering.set(jobs)
    try:
        yield jobs
    finally:
        _gathering.reset(token)


def job(name: str, *, lock: str | None = None, of_row: str = "", **arguments: Any) -> Job:
    """A job for `JOBS_SQL`."""
    return Job(name, app.tasks[name].queue, lock, arguments, of_row=of_row)


# Queues `job_values`, if the named CTE has a row; format it with `more`, the arguments for jobs of a row (jsonb, from
# j.of_row). It writes what `procrastinate_defer_jobs_v1` would: to call that costs half as much as a job.
JOBS_SQL = """
  INSERT INTO procrastinate_jobs (queue_name, task_name, priority, lock, args, scheduled_at)
  SELECT j.queue, j.task, 0, j.lock, CASE WHEN j.of_row <> '' THEN j.args || {more} ELSE j.args END, j.run_at
  FROM {rows}, jsonb_to_recordset(%(jobs)s) AS j(
    task text, queue text, lock text, args jsonb, run_at timestamptz, of_row text)
"""


def job_values(jobs: Sequence[Job]) -> dict[str, Any]:
    """The parameters of `JOBS_SQL`. None for a process that holds its jobs itself: see `hold`."""
    if _held.get() is not None:
        jobs = ()
    rows = [
        {"task": one.task, "queue": one.queue, "lock": one.lock, "args": one.args, "of_row": one.of_row,
         "run_at": one.run_at.isoformat() if one.run_at else None}
        for one in jobs
    ]  # fmt: skip
    return {"jobs": Jsonb(rows)}


class Held:
    """The jobs that one process defers, kept in it and run in order under the clock of its caller."""

    def __init__(self, discard: frozenset[str]) -> None:
        self.discard = discard
        self._due: list[tuple[datetime, int, Job]] = []
        self._number = count()

    def add(self, job: Job) -> None:
        """Take a job up, unless the present transaction is rolled back."""
        if job.task not in self.discard:
            transaction.on_commit(_Deferred(self, job))

    def push(self, job: Job) -> None:
        heappush(self._due, (job.run_at or ALWAYS, next(self._number), job))

    def run_due(self, at: datetime) -> int:
        """Run what is due at `at`, in the present transaction if there is one. Returns how many."""
        done = 0
        self._settle()
        while self._due and self._due[0][0] <= at:
            job = heappop(self._due)[2]
            _tasks[job.task](at=at, **job.args)
            self._settle()
            done += 1
        return done

    def hand_over(self) -> int:
        """Queue for the worker what is not due yet. Returns how many."""
        left, self._due = sorted(self._due), []
        for _, _, job in left:
            app.configure_task(job.task, schedule_at=job.run_at, lock=job.lock).defer(**job.args)
        return len(left)

    def _settle(self) -> None:
        # Django has dropped what was rolled back; the rest needs no commit to run in the same transaction.
        waiting, connection.run_on_commit = connection.run_on_commit, []
        for entry in waiting:
            if isinstance(entry[1], _Deferred):
                entry[1]()
            else:
                connection.run_on_commit.append(entry)


@dataclass(frozen=True)
class _Deferred:
    holder: Held
    job: Job

    def __call__(self) -> None:
        self.holder.push(self.job)


ALWAYS = datetime.min.replace(tzinfo=UTC)


@contextmanager
def held(*, discard: frozenset[str] = frozenset()) -> Iterator[Held]:
    """Keep what is deferred inside in this process, for a caller that moves the clock; `discard` is not kept."""
    holder = Held(discard)
    token = _held.set(holder)
    try:
        yield holder
    finally:
        _held.reset(token)


def hold(jobs: Sequence[Job], of_row: Mapping[str, Mapping[str, Any]]) -> None:
    """What a statement with `JOBS_SQL` did not queue, because this process holds its jobs itself.

    of_row: by the name of a row the arguments it lends.
    """
    if (holder := _held.get()) is not None:
        for one in jobs:
            more = of_row[one.of_row] if one.of_row else {}
            holder.add(replace(one, args={**one.args, **more}, of_row=""))


def drain(
    at: datetime,
    *,
    limit: int = 10_000,
    discard: frozenset[str] = frozenset(),
    patient: bool = False,
) -> int:
    """Run every job that is due at `at`, one after the other, in this process. Returns how many ran.

    Tasks named in `discard` are taken off the queue unrun.
    A failing job raises: who drains wants to know. `patient`: it is tried again later, as by the worker.
    """
    done = _take_off(at, discard) if discard else 0
    while done < limit:
        with transaction.atomic():
            found = _next_due(at)
            if found is None:
                return done
            job_id, name, arguments = found
            if name in discard:
                done += _take_off(at, discard)
                continue
            arguments.pop("timestamp", None)
            try:
                with transaction.atomic():
                    _tasks[name](at=at, **arguments)
                    _finish(job_id)
            except Exception as trouble:
                if not (patient and again.put_off(job_id, trouble, at=at)):
                    raise
        done += 1
    return done


def _found(row: Any) -> tuple[int, str, dict[str, Any]]:
    arguments = row[2] if isinstance(row[2], dict) else json.loads(row[2])
    return row[0], row[1], arguments


def _take_off(at: datetime, names: frozenset[str]) -> int:
    """Finish every due job of these tasks without running it."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(procrastinate_finish_job_v1(id, 'succeeded', true)) FROM (
                SELECT id FROM procrastinate_jobs WHERE status = 'todo' AND task_name = ANY(%s)
                AND (scheduled_at IS NULL OR scheduled_at <= %s) FOR UPDATE SKIP LOCKED
            ) AS due
            """,
            [sorted(names), at],
        )
        return int(cursor.fetchone()[0])


def _finish(job_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT procrastinate_finish_job_v1(%s, 'succeeded', true)", [job_id])


def _next_due(at: datetime) -> tuple[int, str, dict[str, Any]] | None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT id, task_name, args FROM procrastinate_jobs
            WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= %s)
            ORDER BY scheduled_at NULLS FIRST, id LIMIT 1 FOR UPDATE SKIP LOCKED
            """,
            [at],
        )
        row = cursor.fetchone()
    return _found(row) if row else None


@dataclass(frozen=True)
class Backlog:
    """counts: jobs by task and status; overdue_s: how long the oldest due job has waited; seen_s: seconds since
    a worker was last heard of, None if none ever was."""

    counts: dict[tuple[str, str], int]
    overdue_s: float
    seen_s: float | None


def backlog(at: datetime) -> Backlog:
    """What waits, and whether anybody works on it. Two queries."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT task_name, status, count(*), max(extract(epoch FROM %s - scheduled_at)) FILTER (
                WHERE status = 'todo' AND scheduled_at <= %s)
            FROM procrastinate_jobs GROUP BY 1, 2
            """,
            [at, at],
        )
        rows = cursor.fetchall()
        cursor.execute("SELECT extract(epoch FROM %s - max(last_heartbeat)) FROM procrastinate_workers", [at])
        seen = cursor.fetchone()[0]
    return Backlog(
        counts={(task, status): number for task, status, number, _ in rows},
        overdue_s=max((float(row[3]) for row in rows if row[3] is not None), default=0.0),
        seen_s=None if seen is None else float(seen),
    )


def run_periodic(at: datetime) -> None:
    """Run every periodic task once under the caller's clock."""
    for name in _periodic:
        _tasks[name](at=at)


def registered() -> dict[str, str]:
    """Task name → cron ('' if only on demand), for the documentation."""
    return {name: _periodic.get(name, "") for name in sorted(_tasks)}
