"""Which statements of the line's pages read a whole table that grows, at the size of Lin'an.

The pages and the district of `line_pages`. Every statement of a page is asked again with EXPLAIN (ANALYZE); shown is
each sequential scan of a table of more than 1,000 rows: what it read, what it kept of that, and how long it took. An
index should serve where little is kept; where most is kept, or the table never grows with the trade, the scan is right.

usage: python -m benchmarks.plans
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from benchmarks import _ground as ground

if __name__ == "__main__":
    ground.own_database("district", keep=True)

from django.db import connection

from anxin.kit import prepared
from benchmarks import _district as district
from benchmarks import line_pages

MANY = 1_000
READS = ("SELECT", "WITH")


@dataclass(frozen=True)
class Scan:
    """One sequential scan: how many rows it read and kept (of all its turns), its milliseconds, by which condition."""

    table: str
    read: int
    kept: int
    ms: float
    condition: str


def main() -> None:
    district.fill(100)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute(
            "SELECT relname, reltuples FROM pg_class WHERE relkind = 'r' AND reltuples > %s", [MANY]
        )
        large = {name: int(rows) for name, rows in cursor.fetchall()}
    rows: list[list[object]] = []
    asked = 0
    for name, act in line_pages.pages(district.browsers()).items():
        for text, values in statements(act):
            asked += 1
            for scan in scans(text, values):
                if scan.table in large:
                    rows.append(
                        [name, scan.table, scan.read, scan.kept, f"{scan.ms:.1f}", f"`{scan.condition}`"]
                    )
                    print(*rows[-1], text[:3000], sep="\n    ", end="\n\n", flush=True)
    scale = ", ".join(f"{many:,} {what}" for what, many in district.size(100).items())
    head = ["page", "table", "rows read", "rows kept", "ms", "condition"]
    told = f"{asked} statements, {len(rows)} sequential scans of tables of more than {MANY:,} rows."
    ground.publish("plans", "Sequential scans", scale, f"{told}\n\n{ground.table(head, rows)}")


def statements(act: Callable[[], Any]) -> list[tuple[str, Any]]:
    """What a page asks: the text of each reading statement with its values, once each."""
    found: dict[str, tuple[str, Any]] = {}

    def note(text: str, values: Any) -> None:
        if text.lstrip().upper().startswith(READS):
            found.setdefault(text, (text, values))

    def watch(execute: Any, text: str, values: Any, many: bool, context: Any) -> Any:
        note(text, values)
        return execute(text, values, many, context)

    real = prepared.fetch

    def fetch(text: str, values: Any) -> Any:
        note(text, values)
        return real(text, values)

    act()
    prepared.fetch = fetch
    try:
        with connection.execute_wrapper(watch):
            act()
    finally:
        prepared.fetch = real
    return list(found.values())


def scans(text: str, values: Any) -> Iterator[Scan]:
    """The sequential scans in the plan that the server carries out for these values."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {text}", values)
        [(plan,)] = cursor.fetchall()
    [whole] = json.loads(plan) if isinstance(plan, str) else plan
    yield from _within(whole["Plan"])


def _within(node: dict[str, Any]) -> Iterator[Scan]:
    if node["Node Type"] == "Seq Scan" and node["Actual Loops"]:
        turns = node["Actual Loops"]
        kept, left = node["Actual Rows"] * turns, node.get("Rows Removed by Filter", 0) * turns
        condition = node.get("Filter", "").replace("|", "/")[:160]
        yield Scan(node["Relation Name"], kept + left, kept, node["Actual Total Time"] * turns, condition)
    for inner in node.get("Plans", ()):
        yield from _within(inner)


if __name__ == "__main__":
    main()
