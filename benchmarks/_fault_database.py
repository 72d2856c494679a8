"""The postmaster killed (kill -9) and started again under load: racing grabs, and beside them demands, payments and
signatures. Every client writes down what it was told; a kill may lose an answer, never what was answered."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import random
import re
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
from django.db import Error, connection, connections

from anxin.contracts import queries as contract_queries
from anxin.contracts.actions import draft, keys, sign
from anxin.contracts.models import Contract
from anxin.customers import public as customers
from anxin.kit import ids
from anxin.kit.actor import SYSTEM
from anxin.kit.errors import Refusal
from anxin.messaging.models import SmsMessage
from anxin.orders import public as orders
from anxin.orders.models import Order
from anxin.payments import actions as payments
from anxin.payments.public import simulated_cashier
from anxin.payments.values import PayWay
from benchmarks import _fault_ground as ground
from benchmarks import _grab_race as race
from benchmarks import _world as world
from benchmarks import contracts_signed as papers
from tests import stage
from tests.contracts.material import drawn

CLIENTS, TRIES_EACH, KILL_EVERY_S, UP_AGAIN_S = 12, 60, (6.0, 12.0), 0.5
CONTRACTS, BILLS = 30, 400
Note = Callable[[str, str], None]
Step = Callable[[], tuple[str, str] | None]

# An acknowledged act is found again if its row and exactly one audit row of it are there.
FOUND = {
    "demand": "SELECT count(*) FROM orders_order o WHERE id::text = %s AND 1 = (SELECT count(*) FROM audit_entry"
    " WHERE subject = 'order' AND subject_id = o.id::text AND action = 'orders.submit_demand')",
    "payment": "SELECT count(*) FROM payments_payment p WHERE id::text = %s AND state = 'succeeded' AND 1 = ("
    "SELECT count(*) FROM ledger_entry WHERE source = 'payments.payment' AND source_id = p.id::text)",
    "signature": "SELECT count(*) FROM contracts_signature s WHERE contract_id::text = %s AND party = 'customer'"
    " AND 1 = (SELECT count(*) FROM audit_entry WHERE subject = 'contract' AND subject_id = s.contract_id::text"
    " AND action = 'contracts.sign')",
    "seal": "SELECT count(*) FROM contracts_signature s WHERE contract_id::text = %s AND party = 'agency'",
}  # fmt: skip


def run(made: Any, *, grabs: int, minutes: float) -> ground.Found:
    asked = made.orders(grabs // race.AT_LEAST + 100, spread=True)
    made.settle()
    with simulated_cashier(world.AT) as cashier:
        material = {"demand": _demands(made), "payment": _payments(made, cashier), "signature": _signatures()}
        before = race.faults()  # the material was not made by the actions of grabbing
        connections.close_all()
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "grabs").mkdir()
            load = _under_load(made, asked, material, grabs, minutes, Path(folder))
            won = _lines(Path(folder) / "grabs")
            told = _lines(Path(folder))
    return _found(load, won, told, before)


def _lines(folder: Path) -> list[list[str]]:
    files = [path for path in folder.iterdir() if path.is_file()]
    return [line.split() for path in files for line in path.read_text().splitlines()]


@dataclass
class Load:
    """What was asked: attempts at grabbing by outcome, other acts, how long each restart of the database took."""

    attempts: dict[str, int]
    acts: int
    restarts: list[float]
    seconds: float


def _under_load(
    made: Any,
    asked: list[Order],
    material: dict[str, Iterator[Step]],
    grabs: int,
    minutes: float,
    folder: Path,
) -> Load:
    context = multiprocessing.get_context("fork")
    tally = context.RawArray("Q", CLIENTS * len(race.KINDS))
    here, pids, stop = context.RawValue("Q", 0), context.RawArray("Q", CLIENTS), context.RawValue("b", 0)
    side = context.RawArray("Q", len(material))
    processes = [
        context.Process(target=_grabs, args=(n, made, asked, here, tally, pids, stop, folder)) for n in range(CLIENTS)
    ] + [
        context.Process(target=_acts, args=(name, steps, side, place, stop, folder))
        for place, (name, steps) in enumerate(material.items())
    ]  # fmt: skip
    begun, dice, downs = time.monotonic(), random.Random(1), []
    for process in processes:
        process.start()
    next_kill = begun + 3
    while sum(tally) < grabs and time.monotonic() - begun < minutes * 60 and here.value < len(asked):
        time.sleep(0.05)
        if time.monotonic() < next_kill:
            continue
        ground.kill_database()
        time.sleep(UP_AGAIN_S)
        downs.append(ground.start_database())
        next_kill = time.monotonic() + dice.uniform(*KILL_EVERY_S)
    spent = time.monotonic() - begun
    stop.value = 1
    for process in processes:
        process.join(30)
        if process.is_alive():
            os.kill(process.pid or 0, signal.SIGKILL)
            process.join()
    time.sleep(1)  # the server ends what its last clients began
    sums = {kind: sum(tally[place :: len(race.KINDS)]) for place, kind in enumerate(race.KINDS)}
    return Load(sums, sum(side), downs, spent)


def _writer(folder: Path, name: str) -> Callable[[str, str], None]:
    notes = os.open(folder / f"{name}-{os.getpid()}", os.O_CREAT | os.O_APPEND | os.O_WRONLY)

    def note(kind: str, what: str) -> None:
        os.write(notes, f"{kind} {what}\n".encode())

    return note


def _grabs(
    number: int, made: Any, asked: list[Order], here: Any, tally: Any, pids: Any, stop: Any, folder: Path
) -> None:
    """One racing client; it goes on as soon as the database is back."""
    dice = random.Random(os.getpid())
    notes = os.open(folder / "grabs" / str(number), os.O_CREAT | os.O_APPEND | os.O_WRONLY)
    while not stop.value and (place := here.value) < len(asked):
        order = asked[place]
        mine = Order(**{f.attname: getattr(order, f.attname) for f in Order._meta.concrete_fields})
        for _ in range(TRIES_EACH):
            kind = race._attempt(mine, made, dice, notes, pids, number)
            tally[number * len(race.KINDS) + race.KINDS.index(kind)] += 1
            if kind == "cut off":
                _wait_for_database(stop)
            if stop.value:
                return
        if here.value == place:
            here.value = place + 1


def _acts(name: str, steps: Iterator[Step], side: Any, place: int, stop: Any, folder: Path) -> None:
    """One client that acts one thing after the other; what fails is not repeated, so that what was told counts."""
    note = _writer(folder, name)
    for step in steps:
        if stop.value:
            return
        side[place] += 1
        try:
            done = step()
        except (Error, Refusal):
            with contextlib.suppress(Error):
                connection.close()
            _wait_for_database(stop)
            continue
        if done:
            note(*done)


def _wait_for_database(stop: Any) -> None:
    while not stop.value:
        try:
            with psycopg.connect(os.environ["ANXIN_DATABASE_URL"]):
                return
        except psycopg.Error:
            time.sleep(0.1)


def _demands(made: Any) -> Iterator[Step]:
    by = ground.customer_of(made)
    address = customers.addresses_of(by)[0].id
    while True:
        demand = orders.Demand(
            item_code="0101", mode="hourly", quantity=Decimal(3), starts_at=stage.START,
            ends_at=stage.START + timedelta(hours=3), address_id=address, version_id=None, wishes="",
            scope={"area": 90, "hours": 3},
        )  # fmt: skip
        yield lambda demand=demand: (
            "demand", str(orders.submit_demand(demand, order_id=ids.new_id(), by=by, at=world.AT).pk)
        )  # fmt: skip


def _payments(made: Any, cashier: Any) -> Iterator[Step]:
    """Notices of payments, each heard once: an answer of the callback page is an acknowledgement."""
    by, notices = ground.customer_of(made), []
    for bill in ground.bills(made, BILLS):
        payment = payments.start_payment(bill, way=PayWay.NATIVE, by=by, at=world.AT)
        cashier.pay(payment.url, "pay")
        notices.append((str(payment.pk), *cashier.sent[-1]))

    def hear(key: str, headers: Any, body: bytes) -> tuple[str, str]:
        payments.take_notice(headers=headers, body=body, address="127.0.0.1", at=world.AT)
        time.sleep(0.1)
        return "payment", key

    return (lambda one=one: hear(*one) for one in notices)


def _signatures() -> Iterator[Step]:
    order, person, head, worker = papers.world(500)
    keys.make_seal(organisation_id=head.organisation.pk, by=head.actor, at=papers.START)
    ink = drawn()
    contracts = []
    for number in range(CONTRACTS):
        made, assignment = papers.copy_of(order, worker)
        draft.complete(order_id=made.pk, assignment_id=assignment.pk, by=SYSTEM, at=papers.START)
        contracts.append((number, Contract.objects.get(order=made).pk))
    codes: dict[Any, str] = {}

    def send(number: int, key: Any) -> None:
        sign.send_code(contract_queries.by_id(key), by=person.actor, at=papers.START + papers.STEP * number)
        sent = SmsMessage.objects.filter(template="confirm_code").latest("id")
        codes[key] = re.findall(r"\b\d{6}\b", str(sent.params))[0]

    def put(number: int, key: Any) -> tuple[str, str] | None:
        contract = contract_queries.by_id(key)
        if key not in codes or contract.document is None:
            return None
        sign.sign(contract, drawn=ink, code=codes[key], consent=True, seen=contract.document.sha256,
                  by=person.actor, at=papers.START + papers.STEP * number)  # fmt: skip
        return "signature", str(key)

    def seal(number: int, key: Any) -> tuple[str, str] | None:
        contract = contract_queries.by_id(key)
        if contract.document is None or contract.state != "customer_signed":
            return None
        sign.apply_seal(contract, seen=contract.document.sha256, by=head.actor,
                        at=papers.START + papers.STEP * number)  # fmt: skip
        return "seal", str(key)

    return (lambda step=step, one=one: step(*one) for one in contracts for step in (send, put, seal))


def _found(load: Load, won: list[list[str]], told: list[list[str]], before: dict[str, int]) -> ground.Found:
    attempts = sum(load.attempts.values())
    lost_wins = race._lost(won)
    lost = [(kind, key) for kind, key in told if ground.count(FOUND[kind], [key]) != 1]
    per_kind = Counter(kind for kind, _ in told)
    wrong = {race.NAMES[name]: number - before[name] for name, number in race.faults().items()}
    wrong |= {
        "acknowledged grabs not found again": lost_wins,
        "races that nobody won, so that nothing is shown": int(not won),
        "races without a kill, so that nothing is shown": int(not load.restarts),
    }
    wrong |= {
        f"acknowledged {kind}s not found again, or twice": sum(one == kind for one, _ in lost)
        for kind in FOUND
    }
    down = f"{sum(load.restarts) / max(1, len(load.restarts)):.1f} s"
    return ground.Found(
        "database killed and restarted under load",
        sent=attempts + load.acts,
        acknowledged=len(won) + len(told),
        found=len(won) - lost_wins + len(told) - len(lost),
        wrong=wrong | ground.unsound(),
        told=[
            f"{len(load.restarts)} kills of the postmaster (SIGKILL), up again after {down} on average",
            f"{attempts:,} grabs by {CLIENTS} processes in {load.seconds:.0f} s: {len(won):,} won,"
            f" {load.attempts['already_taken']:,} told “already taken”, {load.attempts['cut off']:,} cut off;"
            f" refused: {race.refusals(load.attempts)}",
            "beside them acknowledged: "
            + ", ".join(f"{number:,} {kind}s" for kind, number in per_kind.items()),
        ],
    )
