"""The play: a moving clock from some weeks ago until now, and everybody's story on it."""

from __future__ import annotations

import gc
import heapq
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection, transaction

from anxin.contracts import public as contracts
from anxin.kit import clock, jobs, live
from anxin.kit.actor import SYSTEM
from anxin.notices import public as notices
from anxin.orders.public import Order
from anxin.orders.public import tick as tick_orders
from anxin.payments.public import simulated_cashier
from anxin.policies import public as policies
from anxin.safetycode import public as safetycode
from anxin.simulation import cards, cast, logins
from anxin.simulation.applying import applicants
from anxin.simulation.archives import archives
from anxin.simulation.beside import Beside
from anxin.simulation.care import care
from anxin.simulation.deeds import picture, signature
from anxin.simulation.examining import examining
from anxin.simulation.platform import Platform, found
from anxin.simulation.progress import Shown
from anxin.simulation.progress import Told as Listener
from anxin.simulation.scenes import scenes
from anxin.simulation.story import Story, order_story
from anxin.simulation.valleys import SCENES, Valley, shares

# The clock's own jobs run every minute in life; of a past that nobody watched, this often is enough.
TICK, LATELY = timedelta(hours=6), timedelta(hours=1)
RECENT = timedelta(days=2)
# Papers run out silently; the codes are judged afresh by the night job, here once a week and at the end.
WEEK = timedelta(days=7)
# Messages of a past that was never lived are not sent when the worker starts.
NOT_SENT = frozenset({"messaging.deliver"})


@dataclass(frozen=True)
class Part:
    """What one process plays: a valley, with those who run the platform."""

    valley: Valley
    platform: Platform
    seed: int
    begin: datetime
    now: datetime
    lively: bool


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
) -> float:
    """Build the demo; returns the seconds it took. The same seed gives the same story (keys are drawn anew).

    orders: all of them; with the scenes, at least as many as these tell.
    now: play the scenes as well that put the demo's doors in the middle of things.
    beside: play the valleys in two processes; without it, one after the other in this one.
    """
    present = clock.now()
    begin = present - timedelta(days=days)
    _hasten()
    platform = found(Random(seed), begin)
    # Keys are made at the first use: here, so that they are as old as the story, whoever comes to need them first.
    contracts.make_authority(at=begin)
    with simulated_cashier(begin):
        pass
    valleys = shares(agencies=agencies, workers=workers, customers=customers, orders=orders, scenes=now)
    totals = {"agencies": agencies, "workers": workers, "customers": customers}
    totals["orders"] = sum(one.orders for one in valleys) + (SCENES if now else 0)
    parts = [Part(valley, platform, seed, begin, present, now) for valley in valleys]
    with ExitStack() as stack:
        shown = stack.enter_context(Shown(totals.items()))
        told: Listener = shown
        for part in parts[1:]:
            if beside:
                told = stack.enter_context(Beside(part, told))
            else:
                play_part(part, told)
        play_part(parts[0], told)
    return shown.seconds


def play_part(part: Part, told: Listener) -> None:
    """Build one valley and play its stories until now."""
    _hasten()
    valley, begin, now = part.valley, part.begin, part.now
    stage = cast.stage(part.platform, valley, Random(f"{part.seed}:{valley.index}"), begin)
    with jobs.held(discard=NOT_SENT) as queue, live.unwatched(), policies.steady(), _less_sweeping():
        _each(told, "agencies", cast.open_agencies(stage, valley.agencies))
        _each(told, "workers", cast.enrol_workers(stage, valley.workers))
        _each(told, "customers", cast.move_in(stage, valley.customers))
        with transaction.atomic():
            queue.run_due(begin + timedelta(days=4))
        stage.signature, stage.photo = signature(), picture()
        with simulated_cashier(begin) as stage.cashier:
            _Clock(part, stage, queue, told).run()
        if valley.has_doors:
            cast.knock(stage, now - timedelta(hours=3))
            archives(stage, now)
            applicants(stage, now)
            cards.lay_out(stage, at=now - timedelta(hours=2))
            care(stage, now)
            examining(stage, now)
        for actor in (
            *stage.worker_actors.values(),
            *(one.actor for one in stage.households),
            *stage.staff(),
        ):
            # What is older than a few hours, people have read.
            notices.read_all(by=actor, at=now - timedelta(hours=5))
        if valley.has_doors:
            logins.offer(stage, at=now)
        queue.run_due(now)
    queue.hand_over()


def is_empty() -> bool:
    """Whether nobody has ever registered here."""
    return not get_user_model().objects.exists()


def told() -> str:
    """What the database holds, in one line."""
    states = Counter(Order.objects.values_list("state", flat=True))
    ways = ", ".join(f"{state} {number}" for state, number in sorted(states.items()))
    people = get_user_model().objects.count()
    return f"{people} people, {states.total()} orders ({ways})"


def _hasten() -> None:
    with connection.cursor() as cursor:
        # A demo may be rebuilt; waiting for the disk at each of ten thousand commits buys nothing.
        cursor.execute("SET synchronous_commit = off")


@contextmanager
def _less_sweeping() -> Iterator[None]:
    """Documents are read and written as many small objects; to look for circles among them so often costs a tenth."""
    usual = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()


def _each(told: Listener, what: str, steps: Iterable[Any]) -> None:
    iterator = iter(steps)
    while True:
        # Codes and the like are numbered without a gap: a long transaction would hold up the other valley.
        with transaction.atomic():
            if next(iterator, None) is None:
                return
        told.advance(what)


class _Clock:
    """Advances from event to event; jobs and deadlines run under the same clock."""

    def __init__(self, part: Part, stage: cast.World, queue: jobs.Held, told: Listener) -> None:
        self.stage, self.queue, self.told, self.now = stage, queue, told, part.now
        self.order = count()
        self.events: list[tuple[datetime, int, Story]] = []
        begin = part.begin + timedelta(days=5)
        for at in _arrivals(stage.rng, part.valley.orders, begin, part.now):
            self._put(at, order_story(stage, at))
        if part.lively and part.valley.has_doors:
            for at, scene in scenes(stage, part.now):
                self._put(at, scene)
        self.ticked = self.judged = begin

    def _put(self, at: datetime, story: Story) -> None:
        heapq.heappush(self.events, (at, next(self.order), story))

    def run(self) -> None:
        while self.events and self.events[0][0] <= self.now:
            at, _, story = heapq.heappop(self.events)
            while self.ticked + (pace := LATELY if self.now - self.ticked < RECENT else TICK) <= at:
                self.ticked += pace
                self._tick(self.ticked)
            if self.ticked - self.judged >= WEEK:
                self.judged = self.ticked
                self._judge(self.judged)
            with transaction.atomic():
                again = story.resume(at)
                self.queue.run_due(at)
            if again is None or again > self.now:
                self.told.advance("orders")
            if again is not None:
                self._put(max(again, at), story)
        self._judge(self.now)
        self._tick(self.now)

    def _judge(self, at: datetime) -> None:
        safetycode.reevaluate(worker_ids=list(self.stage.worker_actors), by=SYSTEM, at=at)

    def _tick(self, at: datetime) -> None:
        with transaction.atomic():
            tick_orders(at=at, towns=[town.code for town in self.stage.towns])
            self.queue.run_due(at)


def _arrivals(rng: Random, total: int, begin: datetime, now: datetime) -> Iterator[datetime]:
    """Demands by day and hour; a fifth of them in the last three days, so that every state is met."""
    span = (now - begin).total_seconds()
    for index in range(total):
        if index % 5 == 0:
            at = now - timedelta(seconds=rng.uniform(600, 3 * 86_400))
        else:
            at = begin + timedelta(seconds=rng.uniform(0, span))
        yield max(begin, at)
