"""Server time of the ranked result, the order's page and the other pages of the line, at the size of Lin'an.

3,758 workers, 429 agencies, 20,000 orders, by the bulk loader. Requests go through the whole application (all
middleware, sessions, templates) in this process, without the network. In the same run: a bare Django view with
one query, and PostgreSQL's own nearest-neighbour top 20 over the same workers.

usage: python -m benchmarks.ranking_page [requests for each page] [percent of the district, 100]
"""

# ruff: noqa: E402  # the database is chosen before Django is loaded
from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

from benchmarks import _ground as ground

PERCENT = int(sys.argv[2]) if len(sys.argv) > 2 else 100
if __name__ == "__main__":
    ground.own_database(f"district_{PERCENT}", keep=True)

from django.conf import settings
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from anxin.accounts.models import Appointment, Person
from anxin.kit import clock
from anxin.matching import public as matching
from anxin.orders.models import Assignment, Order
from anxin.simulation.bulk import load
from tests import cast

WHOLE = {"workers": 3758, "agencies": 429, "orders": 20_000}
SIZE = {what: many * PERCENT // 100 for what, many in WHOLE.items()}


def measure(act: Callable[[], Any], count: int) -> tuple[list[float], int]:
    """Milliseconds of each call after three to warm up, and the queries of one."""
    for _ in range(3):
        act()
    with CaptureQueriesContext(connection) as queries:
        act()
    asked = len(queries)  # the next request empties the list
    found = []
    for _ in range(count):
        begun = time.perf_counter()
        act()
        found.append((time.perf_counter() - begun) * 1000)
    return found, asked


def asking(client: Client, path: str, **headers: str) -> Callable[[], Any]:
    def ask() -> None:
        answer = client.get(path, headers=headers)
        assert answer.status_code == 200, (path, answer.status_code)

    return ask


def pages() -> dict[str, Callable[[], Any]]:
    """The pages of the line by what they show, each as somebody who sees much there."""
    now = clock.now()
    accepted = (
        Order.objects.filter(state="accepted", starts_at__gt=now)
        .select_related("provider", "customer")
        .first()
    )
    assert accepted is not None
    dispatcher = (
        Appointment.objects.filter(organisation=accepted.provider, post="agency.head")
        .select_related("person")
        .get()
    )
    signed = Assignment.objects.filter(state="agreed", order__state="signed").select_related(
        "order__customer", "order__provider", "worker"
    ).first()  # fmt: skip
    assert signed is not None
    agency = cast.signed_in(dispatcher.person, dispatcher)
    other = (
        Appointment.objects.filter(organisation=signed.order.provider, post="agency.head")
        .select_related("person")
        .get()
    )
    second = cast.signed_in(other.person, other)
    customer = cast.signed_in(Person.objects.get(pk=signed.order.customer.person_id))
    worker = cast.signed_in(Person.objects.get(pk=signed.worker.person_id))
    token = cast.token_of(dispatcher.person, dispatcher)["Authorization"]
    number = signed.order.number
    found = {
        "ranked result: dispatch page": asking(agency, f"/orders/{accepted.number}/candidates/"),
        "ranked result: API": asking(
            Client(), f"/api/v1/orders/{accepted.number}/candidates/", authorization=token
        ),
        "ranked result: query and score alone": lambda: matching.rank(accepted, now),
        "order's page: customer": asking(customer, f"/orders/{number}/"),
        "order's page: worker": asking(worker, f"/orders/{number}/"),
        "order's page: agency": asking(second, f"/orders/{number}/"),
        "customer's orders": asking(customer, "/orders/"),
        "ask: the items": asking(customer, "/ask/"),
        "ask: one item": asking(customer, f"/ask/{accepted.item_code}/"),
        "hall: agency": asking(agency, "/hall/"),
        "hall: worker": asking(worker, "/hall/"),
        "agency's orders": asking(agency, "/desk/orders/"),
        "agency's desk": asking(agency, "/desk/"),
        "dispatch board": asking(agency, "/desk/dispatch/"),
        "worker's today": asking(worker, "/today/"),
        "first page, visitor": asking(Client(), "/"),
    }
    for name, path in (("find: agencies", "/agencies/"), ("catalogue", "/services/")):
        if Client().get(path).status_code == 200:
            found[name] = asking(Client(), path)
    return found


def nearest(order: Order) -> Callable[[], Any]:
    def top() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id FROM workers_worker WHERE state = 'active'"
                " ORDER BY point(lng, lat) <-> point(%s, %s) LIMIT 20",
                [order.lng, order.lat],
            )
            assert len(cursor.fetchall()) == 20

    return top


def main(count: int) -> None:
    if not Person.objects.exists():
        load(**SIZE, seed=1, told=lambda what, many: print(f"{many:>6} {what}", flush=True))
    settings.ALLOWED_HOSTS = ["*"]
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX IF NOT EXISTS bench_near ON workers_worker USING gist (point(lng, lat))")
        cursor.execute("ANALYZE workers_worker")
    order = Order.objects.filter(state="accepted").first()
    assert order is not None
    with override_settings(ROOT_URLCONF="benchmarks._bare", MIDDLEWARE=[]):
        bare, _ = measure(asking(Client(), f"/bare/{order.number}/"), count * 3)
    near, _ = measure(nearest(order), count * 3)
    floor, knn = ground.middle(bare), ground.middle(near)
    rows = [
        ["bare Django view, one query", f"{floor:.1f}", f"{ground.quantile(bare, 0.99):.1f}", 1, "1.0", ""],
        [
            "PostgreSQL nearest-neighbour top 20",
            f"{knn:.1f}",
            f"{ground.quantile(near, 0.99):.1f}",
            1,
            "",
            "1.0",
        ],
    ]
    for name, act in pages().items():
        found, queries = measure(act, count)
        middle = ground.middle(found)
        rows.append([name, f"{middle:.1f}", f"{ground.quantile(found, 0.99):.1f}", queries,
                     f"{middle / floor:.1f}", f"{middle / knn:.1f}" if name.startswith("ranked") else ""])  # fmt: skip
    head = ["", "median ms", "p99 ms", "queries", "× bare view", "× nearest 20"]
    scale = ", ".join(f"{many:,} {what}" for what, many in SIZE.items()) + f"; {count} requests each"
    ground.publish("ranking_page", "Pages of the line", scale, ground.table(head, rows))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40)
