"""The ranked result at the size of Lin'an: the page, the API, the ranking alone; beside the raw SQL of the list.

3,758 workers, 429 agencies, 20,000 orders, by the bulk loader. In the same run: an empty Django view behind the same
middleware and session; the very SQL of the candidates without any Python; PostgreSQL's own nearest-neighbour top 20
over the same workers. The open demand asks among all agencies' workers, the accepted one in its agency only.

usage: python benchmarks/ranking_page.py [requests of each, 40] [percent of the district, 100]
"""

# ruff: noqa: E402  # the database is chosen before Django is loaded
from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import _ground as ground

PERCENT = int(sys.argv[2]) if len(sys.argv) > 2 else 100
if __name__ == "__main__":
    ground.own_database("district" if PERCENT == 100 else "district_part", keep=PERCENT == 100)

from django.db import connection
from django.test.utils import CaptureQueriesContext

from anxin.kit import clock
from anxin.matching import public as matching
from anxin.orders import public as orders
from anxin.workers import public as workers
from benchmarks import _district as district


def raw(order: orders.Order) -> Callable[[], Any]:
    """The statement that finds the candidates, as the ranking sends it, alone."""
    with CaptureQueriesContext(connection) as seen:
        workers.candidates(orders.wanted(order))
    text = next(one["sql"] for one in seen.captured_queries if "workers_affiliation a" in one["sql"])

    def run() -> None:
        with connection.cursor() as cursor:
            cursor.execute(text.replace("%", "%%"), [])
            cursor.fetchall()

    return run


def nearest(order: orders.Order) -> Callable[[], Any]:
    def top() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id FROM workers_worker WHERE state = 'active'"
                " ORDER BY point(lng, lat) <-> point(%s, %s) LIMIT 20",
                [order.lng, order.lat],
            )
            cursor.fetchall()

    return top


def main(count: int) -> None:
    district.fill(PERCENT)
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX IF NOT EXISTS bench_near ON workers_worker USING gist (point(lng, lat))")
        cursor.execute("ANALYZE workers_worker")
    who = district.browsers()
    now = clock.now()
    path = f"/orders/{who.accepted.number}/candidates/"
    program = district.asking(who.visitor, f"/api/v1{path}", authorization=who.token)
    measured = {
        "limit: empty view, same session": district.bare(count, who.accepted),
        "limit: PostgreSQL's nearest 20": district.measure(nearest(who.accepted), count),
        "limit: raw SQL, one agency": district.measure(raw(who.accepted), count),
        "limit: raw SQL, all agencies": district.measure(raw(who.waiting), count),
        "ranking alone, one agency": district.measure(lambda: matching.rank(who.accepted, now), count),
        "ranking alone, all agencies": district.measure(lambda: matching.rank(who.waiting, now), count),
        "ranked result: API": district.measure(program, count),
        "ranked result: page": district.measure(district.asking(who.agency, path), count),
    }
    floor = measured["limit: raw SQL, one agency"].cpu
    everywhere = len(matching.rank(who.waiting, now))
    rows: list[list[object]] = [
        [
            name, f"{ground.middle(one.wall):.1f}", f"{ground.quantile(one.wall, 0.95):.1f}", f"{one.cpu:.1f}",
            one.queries, f"{one.cpu / floor:.1f}",
        ]
        for name, one in measured.items()
    ]  # fmt: skip
    head = ["", "median ms", "p95 ms", "processor ms", "queries", "× raw SQL, one agency"]
    scale = ", ".join(f"{many:,} {what}" for what, many in district.size(PERCENT).items())
    scale += (
        f"; {len(matching.rank(who.accepted, now))} eligible in the agency, {everywhere} in all; {count} each"
    )
    told = "Processor: this process and its database backend, the mean call; a busy machine stretches the clock only."
    ground.publish("ranking_page", "The ranked result", scale, f"{told}\n\n{ground.table(head, rows)}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40)
