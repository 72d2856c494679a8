"""The play: a moving clock from some weeks ago until now, and everybody's story on it."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from anxin.kit import clock, jobs
from anxin.kit.actor import SYSTEM
from anxin.notices import public as notices
from anxin.orders.public import tick as tick_orders
from anxin.payments.public import simulated_cashier
from anxin.safetycode import public as safetycode
from anxin.simulation import cast, logins
from anxin.simulation.beside import HEAVY, Beside
from anxin.simulation.deeds import picture, signature
from anxin.simulation.scenes import scenes
from anxin.simulation.story import Story, order_story

# The clock's own jobs run every minute in life; of a past that nobody watched, this often is enough.
TICK, LATELY = timedelta(hours=6), timedelta(hours=1)
RECENT = timedelta(days=2)
# Papers run out silently; the codes are judged afresh by the night job, here once a week and at the end.
WEEK = timedelta(days=7)
# Messages of a past that was never lived are not sent when the worker starts.
NOT_SENT = frozenset({"messaging.deliver"})
BATCH = 25


def play(
    *,
    orders: int,
    agencies: int,
    workers: int,
    customers: int,
    seed: int,
    days: int,
    now: bool = True,
    beside: bool = True,
) -> None:
    """Build the demo. The same seed gives the same story (keys and order numbers are drawn anew).

    now: play the scenes as well that put the demo's doors in the middle of things.
    beside: check signed contracts in a second process; without it, in this one.
    """
    rng = Random(seed)
    present = clock.now()
    begin = present - timedelta(days=days)
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
        stage.signature, stage.photo = signature(), picture()
        with simulated_cashier(begin) as stage.cashier, Beside() if beside else nullcontext() as stage.beside:
            _run(progress, stage, orders, begin + timedelta(days=5), present, lively=now)
        cast.knock(stage, present - timedelta(hours=3))
    for actor in (*stage.worker_actors.values(), *(one.actor for one in stage.households), *stage.staff()):
        # What is older than a few hours, people have read.
        notices.read_all(by=actor, at=present - timedelta(hours=5))
    logins.offer(stage, at=present)


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


def _run(
    progress: Progress, stage: cast.World, total: int, begin: datetime, now: datetime, *, lively: bool
) -> None:
    """Advance the clock from event to event; jobs and deadlines run under the same clock."""
    task = progress.add_task("订单 orders", total=total)
    order = count()
    queue: list[tuple[datetime, int, Story]] = []
    for at in _arrivals(stage.rng, total, begin, now):
        heapq.heappush(queue, (at, next(order), order_story(stage, at)))
    if lively:
        for at, scene in scenes(stage, now):
            heapq.heappush(queue, (at, next(order), scene))
    progress.update(task, total=len(queue))
    ticked = judged = begin
    while queue and queue[0][0] <= now:
        at, _, story = heapq.heappop(queue)
        while ticked + (pace := LATELY if now - ticked < RECENT else TICK) <= at:
            ticked += pace
            _tick(stage, ticked)
        if ticked - judged >= WEEK:
            judged = ticked
            safetycode.reevaluate(worker_ids=list(stage.worker_actors), by=SYSTEM, at=judged)
        with transaction.atomic():
            again = story.resume(at)
            _drain(stage, at)
        if stage.beside:
            stage.beside.hand_over(at)
        if again is None or again > now:
            progress.advance(task)
        if again is not None:
            heapq.heappush(queue, (max(again, at), next(order), story))
    safetycode.reevaluate(worker_ids=list(stage.worker_actors), by=SYSTEM, at=now)
    _tick(stage, now)


def _tick(stage: cast.World, at: datetime) -> None:
    with transaction.atomic():
        tick_orders(at=at)
        _drain(stage, at)


def _drain(stage: cast.World, at: datetime) -> None:
    jobs.drain(at, discard=NOT_SENT, leave=HEAVY if stage.beside else frozenset())


def _arrivals(rng: Random, total: int, begin: datetime, now: datetime) -> Iterator[datetime]:
    """Demands by day and hour; a fifth of them in the last three days, so that every state is met."""
    span = (now - begin).total_seconds()
    for index in range(total):
        if index % 5 == 0:
            at = now - timedelta(seconds=rng.uniform(600, 3 * 86_400))
        else:
            at = begin + timedelta(seconds=rng.uniform(0, span))
        yield max(begin, at)
