"""The play: a moving clock from some weeks ago until now, and everybody's story on it."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from anxin.kit import clock, jobs
from anxin.orders.public import tick as tick_orders
from anxin.payments.public import simulated_cashier
from anxin.simulation import cast, logins
from anxin.simulation.story import Story, order_story, signature

TICK = timedelta(hours=3)
# Messages of a past that was never lived are not sent when the worker starts.
NOT_SENT = frozenset({"messaging.deliver"})
BATCH = 25


def play(*, orders: int, agencies: int, workers: int, customers: int, seed: int, days: int) -> None:
    """Build the demo. The same seed gives the same story (keys and order numbers are drawn anew)."""
    rng = Random(seed)
    now = clock.now()
    begin = now - timedelta(days=days)
    with connection.cursor() as cursor:
        # A demo may be rebuilt; waiting for the disk at each of ten thousand commits buys nothing.
        cursor.execute("SET synchronous_commit = off")
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns) as progress:
        stage = cast.found(rng, begin)
        _each(progress, "家政机构入驻 agencies", cast.open_agencies(stage, agencies), agencies)
        _each(progress, "服务员建档 workers", cast.enrol_workers(stage, workers), workers)
        _each(progress, "客户注册 customers", cast.move_in(stage, customers), customers)
        jobs.drain(begin + timedelta(days=4), discard=NOT_SENT)
        stage.signature = signature()
        with simulated_cashier(begin) as stage.cashier:
            _run(progress, stage, orders, begin + timedelta(days=5), now)
    logins.offer(stage, at=now)


def is_empty() -> bool:
    """Whether nobody has ever registered here."""
    return not get_user_model().objects.exists()


def _each(progress: Progress, label: str, steps: Iterable[Any], total: int) -> None:
    task = progress.add_task(label, total=total)
    iterator = iter(steps)
    done = False
    while not done:
        with transaction.atomic():
            for _ in range(BATCH):
                if next(iterator, None) is None:
                    done = True
                    break
                progress.advance(task)


def _run(progress: Progress, stage: cast.World, total: int, begin: datetime, now: datetime) -> None:
    """Advance the clock from event to event; jobs and deadlines run under the same clock."""
    task = progress.add_task("订单 orders", total=total)
    order = count()
    queue: list[tuple[datetime, int, Story]] = []
    for at in _arrivals(stage.rng, total, begin, now):
        heapq.heappush(queue, (at, next(order), order_story(stage, at)))
    ticked = begin
    while queue and queue[0][0] <= now:
        at, _, story = heapq.heappop(queue)
        while ticked + TICK <= at:
            ticked += TICK
            _tick(ticked)
        with transaction.atomic():
            again = story.resume(at)
            jobs.drain(at, discard=NOT_SENT)
        if again is None or again > now:
            progress.advance(task)
        if again is not None:
            heapq.heappush(queue, (max(again, at), next(order), story))
    _tick(now)


def _tick(at: datetime) -> None:
    with transaction.atomic():
        tick_orders(at=at)
        jobs.drain(at, discard=NOT_SENT)


def _arrivals(rng: Random, total: int, begin: datetime, now: datetime) -> Iterator[datetime]:
    """Demands by day and hour; a fifth of them in the last three days, so that every state is met."""
    span = (now - begin).total_seconds()
    for index in range(total):
        if index % 5 == 0:
            at = now - timedelta(seconds=rng.uniform(600, 3 * 86_400))
        else:
            at = begin + timedelta(seconds=rng.uniform(0, span))
        yield max(begin, at)
