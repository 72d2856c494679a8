"""A batch of demands and free workers, brought together by ours and by others: satisfaction, fairness, time, memory.

Ours proves its optimum (gap 0, checked without the solver); the exact peers must reach the same points to the last one.
Then thirty batches in a row: how much satisfaction a bound of fairness costs.

usage: python -m benchmarks.assignment [quick]      peers: make bench ONLY=assignment installs lapx and OR-Tools
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import _ground as ground

if __name__ == "__main__":
    ground.own_database("assignment")

from benchmarks import _assignment_rounds as rounds
from benchmarks._plot import growth

SIZES = [(5_000, 20_000, 30), (18_000, 20_000, 30), (50_000, 200_000, 30)]
GROWTH = [(1_000, 4_000, 30), (2_500, 10_000, 30), (5_000, 20_000, 30), (12_500, 50_000, 30), (25_000, 100_000, 30),
          (50_000, 200_000, 30), (100_000, 400_000, 30)]  # fmt: skip
EXACT = {"anxin": "Anxin, with proof", "lapmod": "lapx lapmod, squared", "ortools": "OR-Tools min-cost flow",
         "scipy": "SciPy sparse"}  # fmt: skip
OTHERS = {"greedy": "best pair first", "first": "first come first served", "stable": "Gale–Shapley, stable"}
GINI, SHARE = 0.25, 0.965


def one(solver: str, size: tuple[int, ...]) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks._assignment_peers", solver, *map(str, size)],
        capture_output=True, text=True, check=False, cwd=ground.ROOT,
    )  # fmt: skip
    if done.returncode:
        sys.exit(f"{solver} failed:\n{done.stderr[-2000:]}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def percent(share: float, digits: int = 1) -> str:
    return f"{100 * share:.{digits}f} %"


def size_table(size: tuple[int, int, int]) -> tuple[str, dict[str, dict[str, float]]]:
    found = {solver: one(solver, size) for solver in [*EXACT, *OTHERS]}
    best = found["anxin"]
    for solver in EXACT:
        if found[solver]["points"] != best["points"]:
            raise AssertionError(f"{solver} found {found[solver]['points']}, ours is {best['points']}")
    rows = [
        [
            (EXACT | OTHERS)[solver], f"{row['seconds']:.3f}", f"{row['seconds'] / found['lapmod']['seconds']:.2f}",
            f"{row['mb']:.0f}", percent(row["points"] / best["points"], 2), f"{size[0] - row['served']:.0f}",
            f"{row['customer_low']:.2f} / {row['customer_worst']:.2f}",
            f"{row['worker_low']:.2f} / {row['worker_worst']:.2f}",
        ]
        for solver, row in found.items()
    ]  # fmt: skip
    head = ["", "processor seconds", "× lapmod", "MB above the problem", "of the optimum", "unserved",
            "customers: worst twentieth / worst", "workers: the same"]  # fmt: skip
    proof = (
        f"Gap {best['gap']:.0f}, checked in {best['check_s']:.3f} s; compiled once per process in "
        f"{best['start_s']:.1f} s, not counted.\n"
    )
    title = f"## {size[0]:,} orders × {size[1]:,} workers × {size[2]} candidates\n"
    return "\n".join([title, ground.table(head, rows), "", proof]), found


def month_table(unequal: bool) -> str:
    problems, before = rounds.batches(7, unequal=unequal), rounds.batches(8, unequal=unequal)
    begun = time.perf_counter()
    weight = rounds.bisected(before, 0.97 * GINI)
    took = time.perf_counter() - begun
    ways = {
        "greatest satisfaction": ("exact", 0.0), f"bound {GINI} (λ {weight:.4f})": ("exact", weight),
        "λ twice that": ("exact", 2 * weight), "best pair first": ("greedy", 0.0),
        "first come first served": ("first", 0.0), "Gale–Shapley, stable": ("stable", 0.0),
    }  # fmt: skip
    months = {name: rounds.month(problems, way, at) for name, (way, at) in ways.items()}
    free = months["greatest satisfaction"].points
    rows = [
        [name, percent(m.points / free, 2), f"{m.gini:.3f}", percent(m.nothing, 2),
         f"{m.had.min():.0f} / {m.had.max():.0f}",
         f"{m.customer_worst:.2f}", f"{m.worker_worst:.2f}"]
        for name, m in months.items()
    ]  # fmt: skip
    usual = (0.02, 0.04, 0.06, 0.08) if not unequal else (0.08, 0.085, 0.09, 0.095)
    most = rounds.ceiling(problems, GINI, usual)
    fair = months[f"bound {GINI} (λ {weight:.4f})"]
    met = fair.gini <= GINI and fair.nothing < 0.01 and fair.points >= SHARE * free
    head = ["", "satisfaction", "Gini of orders", "workers with nothing", "least / most orders",
            "customers: worst thousandth", "workers: the same"]  # fmt: skip
    return "\n".join([
        f"### {'The unequal trade' if unequal else 'The plain trade'}\n", ground.table(head, rows), "",
        f"Nobody who knew all thirty batches beforehand could have more than {percent(most / free, 2)} at a Gini of "
        f"{GINI} (Lagrange's bound); ours has {percent(fair.points / most, 2)} of that. Goal (≥ {percent(SHARE)} at a "
        f"Gini ≤ {GINI}, less than 1 % with nothing): {'met' if met else 'missed'}. λ found on the month before in "
        f"{took:.0f} s.\n",
    ])  # fmt: skip


def main(quick: bool) -> None:
    sizes, steps = (SIZES[:1], GROWTH[:3]) if quick else (SIZES, GROWTH)
    parts, tables = [], {size: size_table(size) for size in sizes}
    parts += [text for text, _ in tables.values()]
    lines: dict[str, list[tuple[float, float]]] = {EXACT[s]: [] for s in EXACT}
    for size in steps:
        for solver in EXACT:
            if (
                solver == "scipy"
                and size[0] > 25_000
                and size not in tables
                or size[0] > 50_000
                and solver != "anxin"
            ):
                continue
            row = tables[size][1][solver] if size in tables else one(solver, size)
            lines[EXACT[solver]].append((size[0] * size[2], row["seconds"]))
    growth(
        ground.RESULTS / "assignment_growth.svg",
        "Exact assignment, one core",
        "candidate pairs",
        "processor seconds",
        lines,
    )
    ours = lines[EXACT["anxin"]]
    parts.append(
        "## Growth over candidate pairs\n\n![seconds over candidate pairs](assignment_growth.svg)\n\nOurs: "
        + "; ".join(f"{pairs:,.0f} pairs {seconds:.4f} s" for pairs, seconds in ours) + ".\n"
    )  # fmt: skip
    parts.append(f"## Thirty batches of {rounds.ORDERS:,} orders, {rounds.WORKERS:,} workers\n")
    parts += [month_table(unequal) for unequal in (False, True)]
    scale = "see each table; satisfactions in points of 1/100,000, the same integers for all"
    ground.publish("assignment", "Assignment", scale, "\n".join(parts))


if __name__ == "__main__":
    main(sys.argv[1:] == ["quick"])
