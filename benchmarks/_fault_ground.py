"""What the fault runs share: a house of their own that can be killed, what is found, and orders that were served."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from anxin.config import embedded

HOME = Path(
    os.environ.get("ANXIN_FAULTS_HOME") or Path(__file__).resolve().parents[1] / ".anxin-bench" / "faults"
)


@dataclass
class Found:
    """One fault. `sent`, `acknowledged`, `found`: requests; `wrong`: what must be zero, counted from the tables."""

    name: str
    sent: int = 0
    acknowledged: int = 0
    found: int = 0
    wrong: dict[str, int] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)
    seconds: float = 0.0
    # Why it could not be made here; what was found until then still counts.
    skipped: str = ""

    @property
    def ok(self) -> bool:
        if self.skipped:
            return self.found == self.acknowledged and not any(self.wrong.values())
        return self.acknowledged > 0 and self.found == self.acknowledged and not any(self.wrong.values())


def open_house() -> None:
    """Start the embedded server below HOME, with durable commits, and name it to all that follows."""
    os.environ["ANXIN_HOME"] = str(HOME)
    os.environ["ANXIN_DATABASE_URL"] = embedded.start(HOME)
    os.environ.setdefault("ANXIN_LOG_LEVEL", "CRITICAL")


def close_house() -> None:
    embedded.stop(HOME)


def kill_database(home: Path = HOME) -> None:
    """kill -9 of the postmaster; its children notice and end."""
    pid = int((home / "postgres" / "data" / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)


def start_database(home: Path = HOME) -> float:
    """Start it again, as the supervisor of `anxin run` does. Returns after how many seconds it answers."""
    begun = time.monotonic()
    embedded.start(home)
    return time.monotonic() - begun


def together(number: int, act: Callable[[int], Any], *, threads: int = 20) -> list[Any]:
    """Call `act(0)` … `act(number - 1)` by many threads that begin at once; what each returned or raised."""
    from django.db import connections

    gate = threading.Barrier(threads)
    results: list[Any] = [None] * number

    def work(first: int) -> None:
        try:
            gate.wait()
            for place in range(first, number, threads):
                try:
                    results[place] = act(place)
                except Exception as trouble:  # noqa: BLE001 (it is what is looked for)
                    results[place] = trouble
        finally:
            connections.close_all()

    running = [threading.Thread(target=work, args=(first,)) for first in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return results


def customer_of(made: Any) -> Any:
    """The actor who raised the demand that is copied."""
    from anxin.accounts.models import Person
    from tests import cast

    return cast.Member(Person.objects.get(pk=made.template.customer.person_id)).actor


def served(made: Any, count: int) -> list[Any]:
    """Copies of the demand that were accepted and served, without a bill."""
    from decimal import Decimal

    from anxin.agencies import public as agencies
    from anxin.agencies.values import PriceList, Unit, Usage
    from anxin.kit import ids
    from anxin.kit.actor import SYSTEM
    from anxin.kit.models import begin
    from anxin.orders.models import Order, Visit
    from benchmarks import _world as world
    from tests.cast import JINCHENG

    prices = PriceList(
        unit=Unit.HOUR, unit_price_fen=4500, minimum=Decimal(2), step=Decimal("0.5"), base_fee_fen=1000
    )
    starts = world.AT - timedelta(days=1)
    ends = starts + timedelta(hours=3)
    usage = Usage(Decimal(3), periods=((starts, ends),), town_code=JINCHENG)
    terms = {"item": "日常保洁", "price_list": prices.to_json(), "usage": usage.to_json(),
             "quote": agencies.price(prices, usage).to_json()}  # fmt: skip
    plain = {f.attname: getattr(made.template, f.attname) for f in Order._meta.concrete_fields}
    found = []
    for _ in range(count):
        order = Order(**{**plain, "id": ids.new_id(), "number": ids.number("O", world.AT), "state": "completed",
                         "version_id": None, "provider_id": made.heads[0].organisation_id, "way": "sent",
                         "place": {}, "starts_at": starts, "ends_at": ends, "terms": terms})  # fmt: skip
        begin(order, by=SYSTEM, at=world.AT)
        begin(
            Visit(
                order=order,
                starts_at=starts,
                ends_at=ends,
                state="confirmed",
                entered_at=starts,
                done_at=ends,
            ),
            by=SYSTEM,
            at=world.AT,
        )
        found.append(order)
    return found


def bills(made: Any, count: int) -> list[Any]:
    """Bills that the customer accepted and has not paid."""
    from anxin.payments import actions
    from benchmarks import _world as world

    by = customer_of(made)
    return [
        actions.accept_bill(actions.draw_bill(order_id=order.pk, at=world.AT), by=by, at=world.AT)
        for order in served(made, count)
    ]


def count(query: str, values: Iterable[Any] = ()) -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(query, list(values))
        return int(cursor.fetchone()[0] or 0)


def unsound() -> dict[str, int]:
    """What must hold whatever happened: every entry of the ledger sums to zero, the audit trail verifies."""
    from anxin.audit import public as audit
    from anxin.kit import clock

    audit.seal_batch(at=clock.now())
    audit.anchor()
    return {
        "entries of the ledger that do not sum to zero": count(
            "SELECT count(*) FROM (SELECT entry_id FROM ledger_posting GROUP BY 1 HAVING sum(amount_fen) <> 0) x"
        ),
        "faults of the audit trail": len(audit.verify()[2]),
    }
