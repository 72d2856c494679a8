"""The first 20 of 204,457, three million and ten million workers, beside a scan of everybody and PostgreSQL.

Workers with papers, hours and two weeks of bookings; random demands, each in a town, answered by every method in the
same run, on one core: the engine; a NumPy scan of all columns in memory (the floor); PostgreSQL alone, exact;
PostgreSQL's nearest 20 who pass, and its nearest 20 whoever they are; the nearest 300 ranked anew, with the share of
the true first 20 that it finds. The engine and the scan must agree on every demand, and PostgreSQL's exact statement.
Grown twice: as many more towns (the country grows), and ever more workers in the same 1,000 towns (it gets denser).

usage: python -m benchmarks.ranking [demands, 1000] [sizes, 204457,3000000,10000000] [largest for PostgreSQL, 3000000]
"""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import _ground as ground

if __name__ == "__main__":
    ground.own_database("ranking")

import numpy as np

from anxin.matching.engine.ranking.city import City
from anxin.matching.engine.ranking.facts import Need
from benchmarks import _ranking_plot as plot
from benchmarks import _ranking_world as world
from benchmarks._ranking_scan import Scan
from benchmarks._ranking_sql import Peers

TOWNS = 1000
ENGINE, SCAN = "the engine", "NumPy scan of everybody"
EXACT, NEAREST, BARE = (
    "PostgreSQL alone, exact",
    "PostgreSQL, nearest 20 who pass",
    "PostgreSQL, nearest 20, no gate",
)
SAMPLE = "PostgreSQL, nearest 300 ranked anew"


@dataclass(frozen=True)
class Row:
    """One method at one size: milliseconds on the clock and of the processor (this process and its backend)."""

    workers: int
    method: str
    median: float
    p99: float
    cpu: float
    cpu_p99: float


@dataclass
class Series:
    """One growth, and what was found beside the times."""

    title: str
    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def cpu(self, size: int, method: str) -> float:
        return next(row.cpu for row in self.rows if (row.workers, row.method) == (size, method))


def timed(
    ask: Callable[[Need], Any], needs: list[Need], backend: int
) -> tuple[list[Any], list[float], list[float]]:
    """Answers, milliseconds on the clock and of the processor, after ten that are not counted."""
    for need in needs[:10]:
        ask(need)
    answers, spent, cpu = [], [], []
    worked = (lambda: ground.worked(backend)) if backend else (lambda: time.thread_time_ns() / 1e6)
    for need in needs:
        before, begun = worked(), time.perf_counter()
        answers.append(ask(need))
        spent.append(1000 * (time.perf_counter() - begun))
        cpu.append(worked() - before)
    return answers, spent, cpu


def measure(series: Series, many: int, towns: int, asked: int, *, sql: bool) -> None:
    """All methods at one size."""
    facts = world.facts(many, towns)
    begun = time.perf_counter()
    city = City(facts, live=world.live(many), weekday=world.WEEKDAY, caps=world.CAPS)
    built = time.perf_counter() - begun
    scan, needs = Scan(city, facts), world.needs(asked, many, towns)
    peers = Peers(os.environ["ANXIN_DATABASE_URL"], city, facts) if sql else None
    del facts
    answers: dict[str, list[Any]] = {}
    methods: dict[str, Callable[[Need], Any]] = {ENGINE: city.first, SCAN: scan.first}
    if peers:
        methods |= {
            EXACT: peers.exact,
            NEAREST: peers.nearest,
            BARE: peers.bare,
            SAMPLE: peers.of_the_nearest,
        }
    for name, ask in methods.items():
        backend = peers.backend if peers and name not in (ENGINE, SCAN) else 0
        answers[name], spent, cpu = timed(ask, needs, backend)
        figures = [float(np.quantile(each, share)) for each in (spent, cpu) for share in (0.5, 0.99)]
        series.rows.append(Row(many, name, *figures))
    mine = [[(one.key, one.total) for one in found] for found in answers[ENGINE]]
    same = sum(a == b for a, b in zip(mine, answers[SCAN], strict=True))
    note = (
        f"{many:,} workers: built in {built:.1f} s; first 20 identical to the scan's in {same:,} of {asked:,}"
    )
    if peers:
        exact = sum(a == [tuple(one) for one in b] for a, b in zip(mine, answers[EXACT], strict=True))
        note += f", PostgreSQL's exact statement in {exact:,}; the nearest 300 find {recall(mine, answers[SAMPLE]):.3f}"
    else:
        near = [scan.of_the_nearest(need, 300) for need in needs[:200]]
        note += f"; the nearest 300 find {recall(mine[:200], near):.3f} of them"
    passing = np.mean([city.place(0, need)[1] for need in needs[:100]])
    series.notes.append(f"{note}; {passing:.0f} pass every gate on average")
    print(series.rows[-len(methods) :], series.notes[-1], flush=True)


def recall(true: list[list[tuple[int, int]]], found: list[list[int]]) -> float:
    """The share of the true first 20 that is among those found."""
    hits = sum(len({key for key, _ in a} & set(b)) for a, b in zip(true, found, strict=True))
    return hits / max(1, sum(len(a) for a in true))


def told(series: Series, sizes: list[int]) -> str:
    """The table, the goals, the plot."""
    small, large = sizes[0], sizes[-1]
    rows: list[list[object]] = [
        [f"{r.workers:,}", r.method, *(f"{one:.3f}" for one in (r.median, r.p99, r.cpu, r.cpu_p99))]
        for r in series.rows
    ]
    growth = series.cpu(large, ENGINE) / series.cpu(small, ENGINE)
    faster = series.cpu(large, SCAN) / series.cpu(large, ENGINE)
    lines = [
        f"- median at {large:,} ÷ at {small:,}: {growth:.2f} (goal at most 1.5)",
        f"- faster than the scan at {large:,}: {faster:.0f} × (goal 50)",
    ]
    for n in sizes:
        if any((row.workers, row.method) == (n, EXACT) for row in series.rows):
            exact = series.cpu(n, EXACT)
            lines.append(
                f"- PostgreSQL alone, exact, at {n:,}: {exact / series.cpu(n, NEAREST):.2f} × its nearest 20 who"
                f" pass (goal at most 2), {exact / series.cpu(n, BARE):.1f} × its nearest 20 whoever they are"
            )
    name = plot.draw(series.title, [(r.workers, r.method, r.cpu) for r in series.rows])
    notes = "\n".join(f"- {note}" for note in series.notes)
    head = ["workers", "method", "median ms", "p99 ms", "processor: median ms", "p99 ms"]
    return f"## {series.title}\n\n{ground.table(head, rows)}\n\n{chr(10).join(lines)}\n{notes}\n\n![growth]({name})"


def main(asked: int, sizes: list[int], most: int) -> None:
    country = Series("As many more towns: the country grows")
    denser = Series("Ever more workers in the same towns: it gets denser")
    for many in sizes:
        measure(country, many, many * TOWNS // sizes[0], asked, sql=many <= most)
    for many in sizes[1:]:
        measure(denser, many, TOWNS, asked, sql=False)
    denser.rows[:0] = [row for row in country.rows if row.workers == sizes[0]]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    scale = f"{', '.join(f'{n:,}' for n in sizes)} workers, seven bookings each; {asked:,} demands; one core"
    said = "Goals and plots take the processor's time: other work stretches the clock, not so much the processor."
    body = f"{said}\n\n" + "\n\n".join(told(series, sizes) for series in (country, denser))
    ground.publish("ranking", "Ranking: the first 20", scale, f"{body}\n\nMost memory: {peak:.1f} GiB.")


if __name__ == "__main__":
    given = sys.argv[1:] + [""] * 3
    main(
        int(given[0] or 1000),
        [int(one) for one in (given[1] or "204457,3000000,10000000").split(",")],
        int(given[2] or 3_000_000),
    )
