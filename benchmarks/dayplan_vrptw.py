"""Day plans without visits by two: routes with time windows of Solomon and of Gehring and Homberger, beside PyVRP and
OR-Tools routing and the best known values.

Each planner has the same processor seconds on one core. Each of our plans passes our own check, and everybody's routes
are counted anew from the file. Finished runs are kept below .anxin-bench, so that one that was broken off goes on where
it stood (`--fresh` begins anew).

usage: python -m benchmarks.dayplan_vrptw <folder> [--seconds 10] [--each 6] [--sizes 100,200,…] [--fresh]
<folder> (or ANXIN_BENCH_VRPTW): somewhere below it the files C101.txt … RC2_10_1.txt, which are not ours to pass on:
they are at sintef.no/projectweb/top/vrptw and in github.com/laser-ufpb/VRPTWController.
seconds: processor time of each planner for each instance; each: so many instances of each size.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from itertools import groupby
from math import isnan
from pathlib import Path

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import _ground as ground

if __name__ == "__main__":
    ground.own_database("dayplan_vrptw")

from benchmarks._dayplan_vrptw import BEST, BadInstance, find, read
from benchmarks._plot import growth

KEPT = ground.ROOT / ".anxin-bench" / "dayplan_vrptw.json"
PLANNERS = {"anxin": "ours", "pyvrp": "PyVRP", "ortools": "OR-Tools"}
SIZES = (100, 200, 400, 1000)
Row = dict[str, float]
Run = tuple[str, dict[str, Row]]
WHY = """\
## Why PyVRP is not the kernel of our day plans

PyVRP knows windows that are kept, loads, shifts with overtime, visits left out at a price. It cannot say: two people at
one home, lateness at a price, who suits a household better, a wished time, the same face, equal work, the price of
changing what people were told. Every day that is made from orders asks for lateness at a price and for who suits; none
could be given to it as it is, and a second planner would give another plan as soon as the board adds a wish or a visit
by two. One search plans every day; the tables say what that gains or costs on plain routes."""


def one(planner: str, path: Path, seconds: float) -> Row:
    """What a planner reaches, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks._dayplan_peers", planner, str(path), f"{seconds:g}"],
        cwd=ground.ROOT, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    return dict(json.loads(done.stdout.splitlines()[-1]))


def gap(name: str, row: Row) -> float:
    """Per cent above the best known."""
    return 100 * (row["cost"] / BEST[name] - 1)


def _said(name: str, row: Row) -> str:
    return "none" if isnan(row["cost"]) else f"{gap(name, row):+.2f} % ({row['vehicles']:.0f})"


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else float("nan")


def report(runs: list[Run], seconds: float) -> str:
    """Every instance, then by size: gap, time, memory; whether the goal is met."""
    every = [
        [f"{rows['anxin']['customers']:.0f}", name, BEST[name], *[_said(name, rows[p]) for p in PLANNERS]]
        for name, rows in runs
    ]
    sizes, lines = _sizes(runs), []
    for size, own in sizes:
        for planner, called in PLANNERS.items():
            found = [(name, rows[planner]) for name, rows in own if not isnan(rows[planner]["cost"])]
            lines.append([
                size, called, f"{len(found)} of {len(own)}", f"{_mean([gap(*row) for row in found]):+.2f} %",
                f"{_mean([rows[planner]['seconds'] for _, rows in own]):.1f}",
                f"{max(rows[planner]['mb'] for _, rows in own):.0f}",
            ])  # fmt: skip
    worse = [
        name for name, rows in runs
        if not rows["anxin"]["cost"] <= rows["pyvrp"]["cost"] + 0.05 and not isnan(rows["pyvrp"]["cost"])
    ]  # fmt: skip
    return "\n".join([
        f"Each planner had {seconds:g} s of processor on one core. Per cent above the best known distance (vehicles "
        "used); distances cut to one decimal, distance alone counts (convention of DIMACS and PyVRP). Ours "
        "is given steps, not seconds: the second table says what those took.\n",
        ground.table(["customers", "instance", "best known", *PLANNERS.values()], every), "",
        ground.table(["customers", "planner", "found routes", "mean gap", "processor s", "MB at most"], lines), "",
        f"No worse than PyVRP at equal time: {'met' if not worse else 'missed'} "
        f"({len(runs) - len(worse)} of {len(runs)} instances{'; worse: ' + ', '.join(worse) if worse else ''}).",
        "\n![per cent above the best known over customers](dayplan_vrptw_growth.svg)\n\n"
        f"![megabytes over customers](dayplan_vrptw_memory.svg)\n\n{WHY}",
    ])  # fmt: skip


def _sizes(runs: list[Run]) -> list[tuple[int, list[Run]]]:
    return [(size, list(own)) for size, own in groupby(runs, lambda run: int(run[1]["anxin"]["customers"]))]


def plots(runs: list[Run]) -> None:
    """Growth over customers of gap (below 0.01 % drawn as that) and memory."""
    gaps: dict[str, list[tuple[float, float]]] = {called: [] for called in PLANNERS.values()}
    memory: dict[str, list[tuple[float, float]]] = {called: [] for called in PLANNERS.values()}
    for size, own in _sizes(runs):
        for planner, called in PLANNERS.items():
            found = [gap(name, rows[planner]) for name, rows in own if not isnan(rows[planner]["cost"])]
            if found:
                gaps[called].append((size, max(0.01, _mean(found))))
            memory[called].append((size, max(1.0, *(rows[planner]["mb"] for _, rows in own))))
    for name, title, unit, lines in (
        ("growth", "Above the best known at equal time", "per cent", gaps),
        ("memory", "Memory beyond that of the instance", "MB", memory),
    ):
        drawn = {called: line for called, line in lines.items() if line}
        growth(ground.RESULTS / f"dayplan_vrptw_{name}.svg", title, "customers", unit, drawn)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", nargs="?", default=os.environ.get("ANXIN_BENCH_VRPTW"))
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--each", type=int, default=6)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)))
    parser.add_argument("--fresh", action="store_true")
    asked = parser.parse_args()
    if not asked.folder or not Path(asked.folder).is_dir():
        sys.exit(
            "Give a folder with the instances of Solomon and of Gehring and Homberger (C101.txt, C1_2_1.txt, …): "
            "python -m benchmarks.dayplan_vrptw <folder>, or ANXIN_BENCH_VRPTW"
        )
    kept = {} if asked.fresh or not KEPT.exists() else json.loads(KEPT.read_text())
    counts, runs = dict.fromkeys(map(int, asked.sizes.split(",")), 0), list[Run]()
    for name in BEST:
        try:
            path = find(Path(asked.folder), name)
            size = read(path).customers
        except BadInstance as trouble:
            sys.exit(str(trouble))
        if counts.get(size, asked.each) >= asked.each:
            continue
        counts[size] += 1
        rows = {}
        for planner in PLANNERS:
            key = f"{name} {planner} {asked.seconds:g}"
            if key not in kept:
                kept[key] = one(planner, path, asked.seconds)
                KEPT.parent.mkdir(exist_ok=True)
                KEPT.write_text(json.dumps(kept))
            rows[planner] = kept[key]
        runs.append((name, rows))
        print(f"{name}: {'; '.join(f'{PLANNERS[p]} {_said(name, rows[p])}' for p in rows)}", flush=True)
    plots(runs)
    ground.publish(
        "dayplan_vrptw",
        "Day plans: routes with time windows",
        f"{len(runs)} instances",
        report(runs, asked.seconds),
    )


if __name__ == "__main__":
    main()
