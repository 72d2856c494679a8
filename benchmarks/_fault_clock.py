"""The clock of the machine set forward and back: no code works twice, no deadline fires early, nothing is negative."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from unittest import mock

from anxin.accounts import public as accounts
from anxin.audit import public as audit
from anxin.customers import public as customers
from anxin.kit import clock, ids, jobs
from anxin.kit.actor import ANONYMOUS, SYSTEM
from anxin.kit.errors import Refusal
from anxin.messaging.models import SmsMessage
from anxin.orders import public as orders
from anxin.orders.models import Offer, Order
from benchmarks import _fault_ground as ground
from benchmarks import _world as world
from tests import cast, stage

EACH = 10
HOUR = timedelta(hours=1)
# What the clock shows beside the true time, one after the other.
JUMPS = (timedelta(), 3 * HOUR, 24 * HOUR, -3 * HOUR, timedelta(days=400), timedelta())
RAN: list[str] = []
NEGATIVE = {
    "visits that ended before they began": "SELECT count(*) FROM orders_visit WHERE done_at < entered_at",
    "sign-ins that ended before they began": "SELECT count(*) FROM accounts_signin WHERE expires_at < signed_in_at",
    "bills below nothing": "SELECT count(*) FROM payments_bill WHERE total_fen < 0",
}


@jobs.task("bench.jump")
def jump(*, at: datetime, what: str) -> None:
    RAN.append(what)


class Hands:
    """The clock of the machine in our hand, and its own count of seconds, which no setting changes."""

    def __init__(self, true: datetime) -> None:
        self.true, self.beside = true, timedelta()

    def now(self) -> datetime:
        return self.true + self.beside

    def believed(self, steady: clock.Steady) -> bool:
        return steady.look(self.now().timestamp(), self.true.timestamp())


@contextmanager
def _held(hands: Hands) -> Iterator[None]:
    steady = clock.Steady()
    with (
        mock.patch.object(clock, "now", hands.now),
        mock.patch.object(clock, "believed", functools.partial(hands.believed, steady)),
    ):
        assert clock.believed()
        yield


def run(made: Any) -> ground.Found:
    by, hands = ground.customer_of(made), Hands(world.AT)
    offered = [order.pk for order in made.orders(EACH)]
    keys = [ids.new_id() for _ in range(EACH)]
    phones = [cast.phone(800 + number) for number in range(EACH)]
    RAN.clear()
    with _held(hands):
        codes = [_code(phone) for phone in phones]
        accepted, sent, told, early = [0] * EACH, 0, set[Any](), 0
        for lap, beside in enumerate(JUMPS):
            hands.beside = beside
            sent += 3 * EACH
            for place, phone in enumerate(phones):
                accepted[place] += _used(phone, codes[place])
            told |= {key for key in keys if _asked(by, key)}
            for number in range(EACH):
                jobs.defer("bench.jump", what=f"{lap}/{number}")
            audit.record("orders.accept", by=SYSTEM, at=clock.now(), subject="order", subject_id="jump")
            audit.seal_batch(at=clock.now())
            audit.anchor()
            _by_the_clock()
            early += EACH - _open(offered)
            hands.true += timedelta(minutes=1)
        hands.beside, hands.true = timedelta(), world.AT + 3 * HOUR
        _drain()
        _by_the_clock()
        late = _open(offered)
    wanted = EACH * len(JUMPS)
    kept = Order.objects.filter(pk__in=keys).count()
    return ground.Found(
        "clock set forward and back",
        sent=sent,
        acknowledged=len(told) + wanted + sum(accepted),
        found=kept + len(RAN) + sum(number == 1 for number in accepted),
        wrong={
            "codes that worked more than once": sum(number > 1 for number in accepted),
            "jobs run more than once": len(RAN) - len(set(RAN)),
            "offers that lapsed by a wrong clock": early,
            "offers that did not lapse in their time": late,
        } | {words: ground.count(query) for words, query in NEGATIVE.items()} | ground.unsound(),
        told=[
            "the clock 3 hours, a day, minus 3 hours, 400 days beside the true time, and right again",
            f"{kept} orders of {len(JUMPS)} × {EACH} requests under {EACH} keys, {len(RAN)} jobs, "
            f"{sum(accepted)} codes used",
        ],
    )  # fmt: skip


def _code(phone: str) -> str:
    accounts.send_code(phone=phone, purpose="sign_in", by=ANONYMOUS, at=clock.now())
    return str(SmsMessage.objects.latest("id").params["code"])


def _used(phone: str, code: str) -> int:
    try:
        accounts.check_code(phone=phone, purpose="sign_in", code=code, at=clock.now())
    except Refusal:
        return 0
    return 1


def _asked(by: Any, key: Any) -> bool:
    """The same demand under the same key, sent again and again."""
    demand = orders.Demand(
        item_code="0101", mode="hourly", quantity=Decimal(3), starts_at=stage.START,
        ends_at=stage.START + 3 * HOUR, address_id=customers.addresses_of(by)[0].id, version_id=None, wishes="",
        scope={"area": 90, "hours": 3},
    )  # fmt: skip
    try:
        return orders.submit_demand(demand, order_id=key, by=by, at=clock.now()).pk == key
    except Refusal:
        return False


def _by_the_clock() -> None:
    """What the worker does each minute."""
    jobs._by_the_clock("orders.tick", jobs._tasks["orders.tick"])(0)


def _open(keys: list[Any]) -> int:
    return Offer.objects.filter(order__in=keys, state="open").count()


def _drain() -> None:
    others = frozenset(name for name in jobs.registered() if name != "bench.jump")
    jobs.drain(clock.now() + timedelta(days=9999), discard=others)
