"""200 clients who grab and the planner compete for the same workers at the same hours: what is promised, and to whom.

Every worker is wanted from both sides: clients grab open demands as workers; at the same time the desks of the same
agencies ask for batches of their waiting orders, let them be worked out and accept every pair. At the end the tables
are counted: no overlap, and everything that was acknowledged is there.

usage: python -m benchmarks.planner_race [--clients 200] [--workers 40] [--days 10] [--seconds 90]
"""

from __future__ import annotations

import argparse
import random
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from uuid import UUID

from benchmarks import _ground as ground

if __name__ == "__main__":
    ground.own_database("planner_race")

from django.db import connection

from anxin.kit.actor import Actor
from anxin.kit.errors import Refusal
from anxin.matching import actions as planner
from anxin.matching.actions.batch import NothingWaits
from anxin.matching.values import Fairness
from anxin.orders.actions import grab, offer
from anxin.orders.models import Assignment, Order
from benchmarks import _world as world

AGENCIES = 4
FAULTS = """
SELECT
  (SELECT count(*) FROM workers_booking a JOIN workers_booking b
     ON a.worker_id = b.worker_id AND a.id < b.id AND a.buffered && b.buffered) AS overlaps,
  (SELECT count(*) FROM (SELECT order_id FROM orders_assignment WHERE state IN ('proposed', 'carded', 'confirmed')
     GROUP BY 1 HAVING count(*) > 1) t) AS twice,
  (SELECT count(*) FROM orders_assignment a WHERE a.state IN ('proposed', 'carded', 'confirmed') AND NOT EXISTS (
     SELECT 1 FROM workers_booking b WHERE b.ref = a.id AND b.worker_id = a.worker_id)) AS unbooked,
  (SELECT count(*) FROM workers_booking b WHERE b.note <> 'history' AND b.ref IS NOT NULL AND NOT EXISTS (
     SELECT 1 FROM orders_assignment a WHERE a.id = b.ref AND a.worker_id = b.worker_id)) AS stray
"""


@dataclass
class Heard:
    """What clients and planner were told. `promised`: (order, worker) of every acceptance that was acknowledged."""

    told: Counter[str] = field(default_factory=Counter)
    promised: list[tuple[UUID, UUID]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def tell(self, what: str, *promised: tuple[UUID, UUID]) -> None:
        with self.lock:
            self.told[what] += 1
            self.promised += promised


def client(
    number: int,
    orders: list[Order],
    seconds: float,
    workers: list[Actor],
    heard: Heard,
    go: threading.Barrier,
) -> None:
    """Grab every open demand at the moment when it is laid open, as now this worker and now that."""
    dice = random.Random(number)
    go.wait()
    begun = time.monotonic()
    for place, order in enumerate(orders):
        time.sleep(max(0.0, begun + seconds * place / len(orders) - time.monotonic()))
        copy = Order(**{f.attname: getattr(order, f.attname) for f in Order._meta.concrete_fields})
        try:
            got = grab.grab(copy, by=dice.choice(workers), at=world.AT)
        except Refusal as refusal:
            heard.tell(f"client: {refusal.code}")
        else:
            heard.tell("client: won", (order.pk, got.worker_id))
    connection.close()


def desk(by: Actor, heard: Heard, go: threading.Barrier, over: threading.Event) -> None:
    """Ask for a batch, have it worked out, accept all its pairs; again until nothing waits or the clients are done."""
    go.wait()
    last = False
    while not last:
        last = over.is_set()
        try:
            batch = planner.ask_batch(fairness=Fairness.NONE, limit=0, by=by, at=world.AT)
        except NothingWaits:
            break
        batch = planner.work_out(batch_id=batch.pk, at=world.AT)
        pairs = (batch.plan or {})["pairs"]
        if pairs:
            made, refused = planner.accept_pairs(batch, order_id=None, by=by, at=world.AT)
            for one in made:
                heard.tell("planner: proposed", (one.order_id, one.worker_id))
            for _ in refused:
                heard.tell("planner: the worker or the order was gone")
    connection.close()


def waiting(made: world.World, count: int) -> None:
    """Orders that the agencies took before, for which their desks still have to find somebody."""
    for number, order in enumerate(made.orders(count, spread=True)):
        by = made.heads[number % len(made.heads)]
        assert by.organisation_id is not None
        offer.accept(order, organisation_id=by.organisation_id, by=by, at=world.AT)


def lost(heard: Heard) -> int:
    """Acceptances that somebody was told of and that are not in the tables."""
    kept = set(
        Assignment.objects.filter(state__in=("proposed", "carded", "confirmed")).values_list(
            "order_id", "worker_id"
        )
    )
    return sum(pair not in kept for pair in heard.promised)


def race(made: world.World, clients: int, count: int, seconds: float) -> tuple[Heard, float]:
    waiting(made, count)
    open_ = made.orders(count, spread=True)
    random.Random(0).shuffle(open_)
    made.settle()
    heard, go, over = Heard(), threading.Barrier(clients + AGENCIES), threading.Event()
    threads = [
        threading.Thread(target=client, args=(n, open_, seconds, made.workers, heard, go))
        for n in range(clients)
    ]
    desks = [threading.Thread(target=desk, args=(by, heard, go, over)) for by in made.heads]
    begun = time.monotonic()
    for thread in (*threads, *desks):
        thread.start()
    for thread in threads:
        thread.join()
    over.set()
    for thread in desks:
        thread.join()
    return heard, time.monotonic() - begun


def main() -> int:
    reader = argparse.ArgumentParser(prog="benchmarks.planner_race")
    reader.add_argument("--clients", type=int, default=200)
    reader.add_argument("--workers", type=int, default=40)
    reader.add_argument("--days", type=int, default=10)
    reader.add_argument("--seconds", type=float, default=90, help="over which the demands are laid open")
    asked = reader.parse_args()
    made = world.build(agencies=AGENCIES, workers=asked.workers)
    count = asked.workers * asked.days
    heard, spent = race(made, asked.clients, count, asked.seconds)
    with connection.cursor() as cursor:
        cursor.execute(FAULTS)
        overlaps, twice, unbooked, stray = cursor.fetchone()
    found = {
        "bookings of one worker that overlap": overlaps, "orders promised to two workers": twice,
        "promises without a booking": unbooked, "bookings without a promise": stray,
        "acknowledged acceptances not found again": lost(heard),
    }  # fmt: skip
    rows: list[list[object]] = [[what, f"{heard.told[what]:,}"] for what in sorted(heard.told)]
    rows += [["acknowledged acceptances", f"{len(heard.promised):,}"], ["seconds", f"{spent:.0f}"]]
    rows += [[f"**{what}**", f"**{number}**"] for what, number in found.items()]
    scale = (
        f"{asked.clients} clients at {count:,} open demands, {AGENCIES} desks planning {count:,} waiting orders, "
        f"{asked.workers} workers, {asked.days} days, each hour wanted twice"
    )
    ground.publish(
        "planner_race", "Clients and the planner at the same workers", scale, ground.table(["", ""], rows)
    )
    return 1 if any(found.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
