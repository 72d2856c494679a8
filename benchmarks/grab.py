"""Grabbing: whole acceptances and grabs beside their writes as raw SQL; losers beside a point SELECT; races with kills.

Every acceptance goes through the action that the pages and the API call. `_grab_raw` says what counts as the same
writes. `make bench ONLY=grab` runs it on the embedded database, with durable commits.

usage: python -m benchmarks.grab [--rounds N]
       python -m benchmarks.grab race [--attempts N] [--minutes N]
"""

from __future__ import annotations

import argparse
from typing import Any

from benchmarks import _ground as ground

if __name__ == "__main__":
    ground.own_database("grab")

from django.db import connection

from anxin.kit import prepared
from anxin.orders.actions import grab, offer
from anxin.orders.actions.refusals import AlreadyTaken
from anxin.orders.models import Order
from benchmarks import _clients as clients
from benchmarks import _grab_race as race
from benchmarks import _grab_raw as raw
from benchmarks import _world as world

AT = world.AT
EACH = 8
POINT = "SELECT state FROM orders_order WHERE id = %(order)s"
LATE = "UPDATE orders_order SET state = 'accepted' WHERE id = %(order)s AND state = 'submitted' RETURNING id"


def main() -> None:
    reader = argparse.ArgumentParser(prog="benchmarks.grab")
    reader.add_argument("mode", nargs="?", choices=["speed", "race"], default="speed")
    reader.add_argument("--rounds", type=int, default=15)
    reader.add_argument("--attempts", type=int, default=1_000_000)
    reader.add_argument("--minutes", type=float, default=30)
    asked = reader.parse_args()
    try:
        made = world.build(agencies=8, workers=64)
        if asked.mode == "race":
            race.run(made, attempts=asked.attempts, minutes=asked.minutes)
        else:
            speed(made, asked.rounds)
    finally:
        ground.clean_up()


def speed(made: world.World, rounds: int) -> None:
    body = [winners(made, rounds), losers(made, rounds)]
    scale = f"{clients.CLIENTS} clients, {rounds} rounds, 8 agencies, 64 workers with a year of bookings"
    ground.publish("grab", "Grabbing (抢单)", scale, "\n\n".join(body))


def winners(made: world.World, rounds: int) -> str:
    enough = clients.needed(rounds, EACH)
    for_agency, for_worker = made.orders(3 * enough), made.orders(3 * enough, spread=True)
    made.settle()
    heads = {order.pk: made.heads[n % len(made.heads)] for n, order in enumerate(for_agency)}
    templates = [raw.caught(raw.ACCEPT, lambda by=by: accept(for_agency[0], by)) for by in made.heads]
    first = for_worker[0]
    grabbed = raw.caught(raw.writing.GRAB, lambda: grab.grab(first, by=made.worker_for(first), at=AT))

    def agency_values(order: Order) -> dict[str, Any]:
        return raw.for_order(order, templates[made.heads.index(heads[order.pk])])

    def worker_values(order: Order) -> dict[str, Any]:
        return raw.for_grab(order, grabbed, made.worker_ids[made.turn[order.pk]])

    for order in (for_agency[0], first):
        order.refresh_from_db()  # the row in hand was told that it is taken
    loads = {
        "accept": clients.Load(lambda o: accept(o, heads[o.pk]), for_agency[0::3]),
        "accept one": clients.Load(lambda v: raw.one(raw.ACCEPT, v), [*map(agency_values, for_agency[1::3])]),
        "accept batch": clients.Load(
            lambda v: raw.batch(raw.ACCEPT_BATCH, v), [*map(agency_values, for_agency[2::3])]
        ),
        "grab": clients.Load(lambda o: grab.grab(o, by=made.worker_for(o), at=AT), for_worker[:enough]),
        "grab one": clients.Load(
            lambda v: raw.one(raw.GRAB, v), [*map(worker_values, for_worker[enough : 2 * enough])]
        ),
        "grab batch": clients.Load(
            lambda v: raw.batch(raw.GRAB_BATCH, v), [*map(worker_values, for_worker[2 * enough :])]
        ),
    }
    found = clients.measure(loads, rounds=rounds, each=EACH)
    rows = []
    for name, words in (("accept", "acceptance by an agency"), ("grab", "grab by a worker, with booking")):
        one, batch = f"{name} one", f"{name} batch"
        rows += [
            [f"{words}: the whole action", f"{found.rate(name):.0f}", f"{found.ratio(name, batch):.2f}",
             f"{found.ratio(name, one):.2f}"],
            ["its writes, a raw transaction in one round trip", f"{found.rate(batch):.0f}", "1.00",
             f"{found.ratio(batch, one):.2f}"],
            ["its writes, one prepared raw statement", f"{found.rate(one):.0f}",
             f"{found.ratio(one, batch):.2f}", "1.00"],
        ]  # fmt: skip
    head = ["", "per second", "× raw transaction", "× prepared raw statement"]
    return (
        "## Winning (goal: 0.8 of the same writes as raw SQL in one round trip)\n\n" + ground.table(head, rows)
        + f"\n\nBookings that overlap thereafter: {race.faults()['overlaps']}."
    )  # fmt: skip


def accept(order: Order, by: Any) -> None:
    offer.accept(order, organisation_id=by.organisation_id, by=by, at=AT)


def losers(made: world.World, rounds: int) -> str:
    [taken] = made.orders(1)
    accept(taken, made.heads[0])
    values = {"order": taken.pk}

    def lose(act: Any) -> None:
        try:
            act()
        except AlreadyTaken:
            return
        raise AssertionError

    def django_point(_: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT state FROM orders_order WHERE id = %s", [taken.pk])
            cursor.fetchone()

    found = clients.measure(
        {
            "agency": clients.Load(lambda _: lose(lambda: accept(taken, made.heads[1]))),
            "worker": clients.Load(
                lambda _: lose(lambda: grab.grab(taken, by=made.workers[0], at=AT))
            ),
            "point": clients.Load(lambda _: prepared.fetch(POINT, values)),
            "plain": clients.Load(django_point),
            "update": clients.Load(lambda _: prepared.fetch(LATE, values)),
        },
        rounds=rounds,
    )  # fmt: skip
    names = {
        "agency": "an agency turned away by the action", "worker": "a worker turned away by the action",
        "point": "bare point SELECT, prepared", "plain": "bare point SELECT, a cursor of Django",
        "update": "bare conditional UPDATE that finds it taken, prepared",
    }  # fmt: skip
    rows = [
        [
            words,
            f"{found.rate(name):.0f}",
            f"{found.ratio(name, 'point'):.2f}",
            f"{found.ratio(name, 'plain'):.2f}",
        ]
        for name, words in names.items()
    ]
    head = ["", "per second", "× point SELECT, prepared", "× point SELECT, plain"]
    return "## Losing (goal: 0.3 of a bare point SELECT)\n\n" + ground.table(head, rows)


if __name__ == "__main__":
    main()
