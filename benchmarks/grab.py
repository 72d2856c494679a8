"""Grabbing: 200 clients on one order; whole acceptances beside raw SQL; losers beside a point SELECT.

Every acceptance goes through the action that the pages and the API call: state, offer, both histories, sight,
audit entry, line of the timeline, jobs and notifications. A worker's grab adds the assignment and the booking.
The raw peer sends the acceptance's very writes to the same connections as prepared text: once as one statement,
once as a transaction of single statements in one round trip; the faster of the two is the limit.

usage: python -m benchmarks.grab [rounds of the race] [seconds for each throughput]
"""

from __future__ import annotations

import multiprocessing
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from benchmarks import _ground as ground

if __name__ == "__main__":
    ground.own_database("grab")

from django.db import connection, connections

from anxin.kit import ids, prepared
from anxin.kit.actor import Actor
from anxin.orders.actions import accept_sql, assign, offer
from anxin.orders.actions.refusals import AlreadyTaken
from anxin.orders.models import Assignment, Offer, Order
from benchmarks import _world as world

CLIENTS, RACERS, WARM = 16, 200, 8
Load = tuple[Callable[[int, float], int], Callable[[int], None]]
AT = world.AT


def race(order: Order, actors: list[Actor]) -> tuple[int, int, int, float]:
    """200 clients at one order at the same moment: winners, told, anything else, seconds."""
    gate = threading.Barrier(RACERS + 1)
    results: list[str] = []

    def client(by: Actor) -> None:
        mine = Order.objects.get(pk=order.pk)
        gate.wait()
        try:
            offer.accept(mine, organisation_id=by.organisation_id, by=by, at=AT)
            results.append("won")
        except AlreadyTaken:
            results.append("told")
        except Exception as error:  # noqa: BLE001  # counted: there must be none
            results.append(repr(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=client, args=(actors[n % len(actors)],)) for n in range(RACERS)]
    for thread in threads:
        thread.start()
    gate.wait()
    begun = time.perf_counter()
    for thread in threads:
        thread.join()
    spent = time.perf_counter() - begun
    won, told = results.count("won"), results.count("told")
    return won, told, RACERS - won - told, spent


def together(load: Load, seconds: float) -> float:
    """Run a load in 16 processes at once, each warmed up; how many per second they did in all."""
    job, warm = load
    context = multiprocessing.get_context("fork")
    connections.close_all()
    gate, queue = context.Barrier(CLIENTS), context.Queue()

    def client(number: int) -> None:
        warm(number)  # plans, caches, connection
        gate.wait()
        begun = time.perf_counter()
        done = job(number, seconds)
        queue.put((done, time.perf_counter() - begun))

    processes = [context.Process(target=client, args=(n,)) for n in range(CLIENTS)]
    for process in processes:
        process.start()
    found = [queue.get(timeout=120) for _ in processes]
    for process in processes:
        process.join()
    return sum(done / spent for done, spent in found)


def each(orders: list[Order], act: Callable[[Order], Any]) -> Load:
    """A job that acts on its own sixteenth of the orders until the time is over."""

    def job(number: int, seconds: float) -> int:
        until = time.perf_counter() + seconds
        for done, order in enumerate(orders[number + WARM * CLIENTS :: CLIENTS]):
            if time.perf_counter() > until:
                return done
            act(order)
        raise SystemExit("more orders are needed for the time asked")

    def warm(number: int) -> None:
        for order in orders[number : WARM * CLIENTS : CLIENTS]:
            act(order)

    return job, warm


def forever(act: Callable[[], Any]) -> Load:
    def job(number: int, seconds: float) -> int:
        done, until = 0, time.perf_counter() + seconds
        while time.perf_counter() < until:
            act()
            done += 1
        return done

    def warm(number: int) -> None:
        for _ in range(WARM):
            act()

    return job, warm


def raw_values(order: Order, by: Actor) -> dict[str, Any]:
    """The parameters of an acceptance, as the action would make them."""
    caught: dict[str, Any] = {}
    real = prepared.fetch

    def catch(text: str, values: dict[str, Any]) -> list[Any]:
        if text != accept_sql.ACCEPT:
            return real(text, values)
        caught.update(values)
        return [(0,)]

    prepared.fetch = catch
    try:
        offer.accept(order, organisation_id=by.organisation_id, by=by, at=AT)
    finally:
        prepared.fetch = real
    return caught


def main(rounds: int, seconds: float) -> None:
    made = world.build(agencies=8)
    body = [races(made, rounds), winners(made, seconds), losers(made, seconds)]
    scale = f"{rounds} rounds of {RACERS} clients; {CLIENTS} clients for {seconds:g} s each; 8 agencies"
    ground.publish("grab", "Grabbing (抢单)", scale, "\n\n".join(body))


def races(made: world.World, rounds: int) -> str:
    orders = made.orders(rounds)
    found = [race(order, made.heads) for order in orders]
    double = sum(won > 1 for won, *_ in found)
    half = Order.objects.filter(pk__in=[o.pk for o in orders]).exclude(
        state="accepted", provider__isnull=False, accepted_at=AT
    )
    open_still = Offer.objects.filter(order__in=orders, state="open").count()
    spent = ground.middle(s for *_, s in found)
    rows = [
        ["rounds", rounds],
        ["exactly one winner", sum(won == 1 for won, *_ in found)],
        ["double wins", double],
        ["told in clear words, a round", ground.middle(told for _, told, *_ in found)],
        ["any other answer", sum(other for *_, other, _ in found)],
        ["orders half done, offers left open", half.count() + open_still],
        ["seconds a round (median)", f"{spent:.2f}"],
        ["attempts per second", f"{RACERS / spent:.0f}"],
    ]
    return f"## {RACERS} clients, one order\n\n{ground.table(['', ''], rows)}"


def winners(made: world.World, seconds: float) -> str:
    enough = int(seconds * 1500)
    by = made.heads[0]
    action = together(
        each(
            made.orders(enough), lambda o: offer.accept(o, organisation_id=by.organisation_id, by=by, at=AT)
        ),
        seconds,
    )
    template = raw_values(made.orders(1)[0], by)

    def one(order: Order) -> None:
        values = template | {"order": order.pk, "subject_id": str(order.pk), "sight": ids.new_id()}
        assert prepared.fetch(accept_sql.ACCEPT, values)

    statement = together(each(made.orders(enough), one), seconds)
    batch = together(each(made.orders(enough), lambda o: raw_batch(o, template)), seconds)
    worker_orders = made.orders(min(enough, 3000), spread=True)
    grabbed = together(each(worker_orders, lambda o: assign.grab(o, by=made.worker_for(o), at=AT)), seconds)
    limit = max(statement, batch)
    rows = [
        ["acceptance by an agency: the whole action", f"{action:.0f}", f"{action / limit:.2f}"],
        ["its writes as one raw statement", f"{statement:.0f}", f"{statement / limit:.2f}"],
        ["its writes as a raw transaction in one round trip", f"{batch:.0f}", f"{batch / limit:.2f}"],
        ["grab by a worker: acceptance, gates, assignment, booking, card", f"{grabbed:.0f}", f"{grabbed / limit:.2f}"],
    ]  # fmt: skip
    return (
        f"## Winning, {CLIENTS} clients (goal: 0.8 of the limit)\n\n"
        + ground.table(["", "per second", "of the limit"], rows)
        + f"\n\nBookings that overlap after the grabs: {overlaps()}; "
        + f"orders with two live assignments: {twice()}."
    )


RAW = """
BEGIN;
UPDATE orders_order SET state = 'accepted', state_at = %(at)s, accepted_at = %(at)s,
  provider_id = %(organisation)s, version_id = %(version)s, terms = %(terms)s
  WHERE id = %(order)s AND state = 'submitted';
INSERT INTO orders_orderhistory (row_id, from_state, to_state, by_person, by_organisation, by_post, channel, at, why)
  VALUES (%(order)s, 'submitted', 'accepted', %(by_person)s, %(by_organisation)s, %(by_post)s, %(channel)s, %(at)s, '');
UPDATE orders_offer SET state = 'accepted', state_at = %(at)s WHERE order_id = %(order)s AND state = 'open';
INSERT INTO orders_offerhistory (row_id, from_state, to_state, by_person, by_organisation, by_post, channel, at, why)
  SELECT id, 'open', 'accepted', %(by_person)s, %(by_organisation)s, %(by_post)s, %(channel)s, %(at)s, ''
  FROM orders_offer WHERE order_id = %(order)s;
INSERT INTO orders_note (order_id, at, kind, text, params, side, audience, by_person)
  VALUES (%(order)s, %(at)s, 'accepted', %(text)s, '{}', %(side)s, 'customer', %(by_person)s);
INSERT INTO customers_sight (id, organisation_id, customer_id, since)
  SELECT %(sight)s, %(organisation)s, customer_id, %(at)s FROM orders_order WHERE id = %(order)s ON CONFLICT DO NOTHING;
INSERT INTO audit_entry
  (action, at, by_person, by_organisation, by_post, channel, address, request_id, subject, subject_id, detail)
  VALUES (%(action)s, %(at)s, %(by_person)s, %(by_organisation)s, %(by_post)s, %(channel)s, %(address)s,
          %(request_id)s, %(subject)s, %(subject_id)s, %(detail)s);
INSERT INTO procrastinate_jobs (queue_name, task_name, priority, lock, args)
  SELECT j.queue, j.task, 0, j.lock, j.args
  FROM jsonb_to_recordset(%(jobs)s) AS j(task text, queue text, lock text, args jsonb);
SELECT pg_notify('anxin_live', 'hall'), pg_notify('anxin_live', 'order:' || %(order)s);
COMMIT
"""


def raw_batch(order: Order, template: dict[str, Any]) -> None:
    values = template | {"order": order.pk, "subject_id": str(order.pk), "sight": ids.new_id()}
    with connection.cursor() as cursor:
        cursor.execute(RAW, values)


def overlaps() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM workers_booking a JOIN workers_booking b ON a.worker_id = b.worker_id"
            " AND a.id < b.id AND a.buffered && b.buffered"
        )
        return int(cursor.fetchone()[0])


def twice() -> int:
    found = Assignment.objects.live().values_list("order", flat=True)
    return len(found) - len(set(found))


def losers(made: world.World, seconds: float) -> str:
    taken = made.orders(1)[0]
    by = made.heads[0]
    offer.accept(taken, organisation_id=by.organisation_id, by=by, at=AT)
    other = made.heads[1]

    def lose() -> None:
        try:
            offer.accept(taken, organisation_id=other.organisation_id, by=other, at=AT)
        except AlreadyTaken:
            return
        raise AssertionError

    def point() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT state FROM orders_order WHERE id = %s", [taken.pk])
            cursor.fetchone()

    lost, bare = together(forever(lose), seconds), together(forever(point), seconds)
    rows = [
        ["turned away by the action", f"{lost:.0f}", f"{lost / bare:.2f}"],
        ["bare point SELECT, same connections", f"{bare:.0f}", "1.00"],
    ]
    return f"## Losing, {CLIENTS} clients (goal: 0.3)\n\n" + ground.table(["", "per second", "ratio"], rows)


if __name__ == "__main__":
    arguments = [float(text) for text in sys.argv[1:]]
    main(int(arguments[0]) if arguments else 5, arguments[1] if len(arguments) > 1 else 3.0)
