"""The race: client processes that grab order after order while processes and server backends are killed.

A million attempts take as long as losers need, some thousand a second on two cores; `minutes` bounds it, and the
page says how many were made. Whoever wins writes so down before going on: a kill may lose that note, never the win.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import random
import signal
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import psycopg
from django.db import Error, connection, connections

from anxin.kit.errors import Refusal
from anxin.orders.actions import grab, offer
from anxin.orders.models import Order
from benchmarks import _ground as ground
from benchmarks import _world as world

CLIENTS, TRIES_EACH, AT_LEAST, KILL_EVERY = 16, 60, 300, (0.2, 1.2)
# What becomes of an attempt; a refusal goes by its code.
REFUSED = (
    "busy_then",
    "not_eligible",
    "code_not_green",
    "may_not_grab",
    "no_service",
    "over_budget",
    "other refusal",
)
KINDS = ("won", "already_taken", "cut off", *REFUSED)
NAMES = {
    "twice": "orders with two winners",
    "overlaps": "bookings that overlap",
    "half": "orders half done: state, history, audit, offer, line, job, assignment, booking not all or none",
    "stray": "bookings without assignment",
    "lost": "acknowledged wins not found again",
}
FAULTS = """
WITH told AS (
  SELECT o.id, o.state, o.provider_id,
    (SELECT count(*) FROM orders_orderhistory h WHERE h.row_id = o.id AND h.to_state = 'accepted') AS moves,
    (SELECT count(*) FROM audit_entry e WHERE e.subject = 'order' AND e.subject_id = o.id::text
       AND e.action = 'orders.accept') AS entries,
    (SELECT count(*) FROM orders_offer f WHERE f.order_id = o.id AND f.state = 'accepted') AS offers,
    (SELECT count(*) FROM orders_note n WHERE n.order_id = o.id AND n.kind = 'accepted') AS lines,
    (SELECT count(*) FROM orders_note n WHERE n.order_id = o.id AND n.kind = 'carded') AS cards,
    (SELECT count(*) FROM orders_assignment a WHERE a.order_id = o.id AND a.state = 'carded') AS assigned,
    (SELECT count(*) FROM orders_assignment a JOIN workers_booking b ON b.ref = a.id AND b.worker_id = a.worker_id
       WHERE a.order_id = o.id) AS booked,
    (SELECT count(*) FROM orders_assignment a JOIN orders_assignmenthistory h ON h.row_id = a.id
       WHERE a.order_id = o.id) AS steps,
    COALESCE(j.jobs, 0) AS jobs
  FROM orders_order o
  LEFT JOIN (SELECT args->>'order_id' AS id, count(*) AS jobs FROM procrastinate_jobs
             WHERE task_name = 'contracts.draft' GROUP BY 1) j ON j.id = o.id::text
)
SELECT
  count(*) FILTER (WHERE moves > 1 OR entries > 1 OR assigned > 1 OR jobs > 1) AS twice,
  (SELECT count(*) FROM workers_booking a JOIN workers_booking b
     ON a.worker_id = b.worker_id AND a.id < b.id AND a.buffered && b.buffered) AS overlaps,
  count(*) FILTER (WHERE NOT (
    CASE WHEN state = 'submitted'
      THEN provider_id IS NULL AND (moves, entries, offers, lines, cards, assigned, jobs) = (0, 0, 0, 0, 0, 0, 0)
      ELSE provider_id IS NOT NULL AND (moves, entries, offers, lines, jobs) = (1, 1, 1, 1, 1)
        AND assigned = cards AND booked = assigned AND steps = 2 * assigned END)) AS half,
  (SELECT count(*) FROM workers_booking b WHERE b.ref IS NOT NULL AND b.note <> 'history' AND NOT EXISTS (
     SELECT 1 FROM orders_assignment a WHERE a.id = b.ref AND a.worker_id = b.worker_id)) AS stray
FROM told
"""


def faults() -> dict[str, int]:
    """What must all be zero, counted from the tables."""
    with connection.cursor() as cursor:
        cursor.execute(FAULTS)
        twice, overlaps, half, stray = cursor.fetchone()
    return {"twice": twice, "overlaps": overlaps, "half": half, "stray": stray}


def run(made: world.World, *, attempts: int, minutes: float) -> None:
    orders = made.orders(attempts // AT_LEAST + 100, spread=True)
    made.settle()
    connections.close_all()
    context = multiprocessing.get_context("fork")
    # Without locks: whoever is killed while holding one would stop the rest.
    tally = context.RawArray("Q", CLIENTS * len(KINDS))
    here, pids = context.RawValue("Q", 0), context.RawArray("Q", CLIENTS)
    with tempfile.TemporaryDirectory() as folder:

        def start(number: int) -> Any:
            process = context.Process(
                target=_client, args=(number, made, orders, here, tally, pids, attempts, Path(folder))
            )
            process.start()
            return process

        begun = time.monotonic()
        clients = [start(number) for number in range(CLIENTS)]
        kills: Counter[str] = Counter()
        dice = random.Random(1)
        while sum(tally) < attempts and time.monotonic() - begun < minutes * 60:
            time.sleep(dice.uniform(*KILL_EVERY))
            number = dice.randrange(CLIENTS)
            if not clients[number].is_alive() and clients[number].exitcode == 0:
                break  # no order is left
            if dice.random() < 0.5:
                clients[number].kill()
                clients[number].join()
                kills["client processes (SIGKILL)"] += 1
                clients[number] = start(number)
            elif pids[number]:
                # A connection of its own, closed before the next fork: none is shared with a client.
                with psycopg.connect(os.environ["ANXIN_DATABASE_URL"], autocommit=True) as server:
                    server.execute("SELECT pg_terminate_backend(%s)", [pids[number]])
                kills["server backends (pg_terminate_backend)"] += 1
        spent = time.monotonic() - begun
        for client in clients:
            os.kill(client.pid, signal.SIGTERM)
            client.join()
        time.sleep(1)  # the server ends what its last clients began
        acknowledged = [
            line.split() for path in Path(folder).iterdir() for line in path.read_text().splitlines()
        ]
    _publish(made, tally, kills, spent, acknowledged, here.value)


def _client(
    number: int,
    made: world.World,
    orders: list[Order],
    here: Any,
    tally: Any,
    pids: Any,
    attempts: int,
    folder: Path,
) -> None:
    dice = random.Random(os.getpid())
    notes = os.open(folder / f"{number}-{os.getpid()}", os.O_CREAT | os.O_APPEND | os.O_WRONLY)
    while (place := here.value) < len(orders) and sum(tally) < attempts:
        order = orders[place]
        mine = Order(**{f.attname: getattr(order, f.attname) for f in Order._meta.concrete_fields})
        for _ in range(TRIES_EACH):
            kind = _attempt(mine, made, dice, notes, pids, number)
            tally[number * len(KINDS) + KINDS.index(kind)] += 1
        if here.value == place:
            here.value = place + 1


def _attempt(mine: Order, made: world.World, dice: Any, notes: int, pids: Any, number: int) -> str:
    try:
        if connection.connection is None:
            connection.ensure_connection()
            pids[number] = connection.connection.info.backend_pid
        if dice.random() < 0.75:
            by = dice.choice(made.heads)
            offer.accept(mine, organisation_id=by.organisation_id, by=by, at=world.AT)
            who = by.organisation_id
        else:
            who = grab.grab(mine, by=dice.choice(made.workers), at=world.AT).worker_id
    except Refusal as refusal:
        return refusal.code if refusal.code in KINDS else "other refusal"
    except Error:
        with contextlib.suppress(Error):
            connection.close()
        return "cut off"
    os.write(notes, f"{mine.pk} {who}\n".encode())
    return "won"


def refusals(sums: dict[str, int]) -> str:
    """What losers were told beside "already taken", by code."""
    return ", ".join(f"{sums[code]:,} {code}" for code in REFUSED if sums[code]) or "none for another reason"


def _lost(acknowledged: list[list[str]]) -> int:
    """Wins that were told to their client and are not, by that very agency or worker, in the tables."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT o.id::text, o.provider_id::text, a.worker_id::text FROM orders_order o"
            " LEFT JOIN orders_assignment a ON a.order_id = o.id WHERE o.state = 'accepted'"
        )
        kept = {order: {provider, worker} for order, provider, worker in cursor.fetchall()}
    return sum(who not in kept.get(order, ()) for order, who in acknowledged)


def _publish(
    made: world.World,
    tally: Any,
    kills: Counter[str],
    spent: float,
    acknowledged: list[list[str]],
    raced: int,
) -> None:
    sums = {kind: sum(tally[place :: len(KINDS)]) for place, kind in enumerate(KINDS)}
    total = sum(sums.values())
    taken = Order.objects.filter(state="accepted").count()
    rows: list[list[object]] = [
        ["attempts", f"{total:,}"],
        ["of them told “already taken”", f"{sums['already_taken']:,}"],
        ["refused for another reason", refusals(sums)],
        ["cut off by a kill of the backend", f"{sums['cut off']:,}"],
        ["wins acknowledged to their client", f"{len(acknowledged):,}"],
        ["orders taken (an order may be taken by a client killed before it heard)", f"{taken:,}"],
        *([what, f"{count:,}"] for what, count in sorted(kills.items())),
        ["seconds, attempts per second", f"{spent:.0f}, {total / spent:,.0f}"],
        *([f"**{NAMES[name]}**", f"**{count}**"] for name, count in (faults() | {"lost": _lost(acknowledged)}).items()),
    ]  # fmt: skip
    scale = f"{CLIENTS} client processes, {len(made.heads)} agencies and {len(made.workers)} workers, {raced:,} orders"
    ground.publish("grab_race", "Grabbing: the race with kills", scale, ground.table(["", ""], rows))
