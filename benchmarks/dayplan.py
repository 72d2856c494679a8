"""Day plans with visits by two: the public Mankowska set against the best published values, on two cores.

Each plan is accepted by the published validator and by our own check. Beside the first of each size: OR-Tools routing,
from the plan that our search begins with, on one core with the processor time of both our searches. PyVRP cannot say
that two people meet, and is measured where nobody does (`benchmarks.dayplan_vrptw`). Finished instances are kept below
.anxin-bench, so that a run that was broken off goes on where it stood (`--fresh` begins anew).

usage: python -m benchmarks.dayplan <folder> [--seconds 60] [--each 10] [--sizes 10,25,…] [--beside 1] [--fresh]
<folder> (or ANXIN_BENCH_HHCRSP): a checkout of github.com/iolab-uniud/hhcrsp, whose files are not ours to pass on.
seconds: processor time of each of two searches; each: so many instances of each size; beside: so many
of them by OR-Tools too, which `requirements-bench.lock` installs.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import _ground as ground

if __name__ == "__main__":
    ground.own_database("dayplan")

from benchmarks._dayplan_hhcrsp import Instance, instances, validated
from benchmarks._plot import growth

KEPT = ground.ROOT / ".anxin-bench" / "dayplan.json"
SEARCHES = 2
TRIAL = 1_000_000


def measured(folder: Path, instance: Instance, seconds: float) -> dict[str, float]:
    """Our plan of so many seconds of processor for each search, as the validator counts it."""
    from anxin.matching.engine.dayplan.check import check
    from anxin.matching.engine.dayplan.plan import plan

    plan(instance.day, steps=2_000)
    begun = time.process_time()
    plan(instance.day, steps=TRIAL, searches=SEARCHES)
    per_step = (time.process_time() - begun) / TRIAL / SEARCHES
    steps = max(TRIAL, int(seconds / per_step))
    begun, clock = time.process_time(), time.perf_counter()
    found = plan(instance.day, steps=steps, searches=SEARCHES)
    worked, took = time.process_time() - begun, time.perf_counter() - clock
    if faults := check(instance.day, found):
        raise AssertionError(f"{instance.name}: {faults}")
    cost = validated(folder, instance, found)
    return {
        "patients": instance.patients, "cost": cost, "best": instance.best, "seconds": worked / SEARCHES,
        "clock": took, "microseconds": 1e6 * worked / steps / SEARCHES,
    }  # fmt: skip


def beside(folder: Path, instance: Instance, seconds: float) -> float:
    """Cost of OR-Tools' plan as the validator counts it; NaN if it finds none."""
    from anxin.matching.engine.dayplan.board import lay
    from anxin.matching.engine.dayplan.plan import plan
    from benchmarks._dayplan_peers import by_ortools

    first = plan(instance.day, steps=1).order
    routes = by_ortools(instance.day, SEARCHES * seconds, 100, first)
    return validated(folder, instance, lay(instance.day, routes)) if routes else float("nan")


def report(rows: list[dict[str, float]], seconds: float) -> str:
    """Table by size, what of the goal is met."""
    lines = []
    for size in sorted({row["patients"] for row in rows}):
        own = [row for row in rows if row["patients"] == size]
        gaps = [100 * (row["cost"] / row["best"] - 1) for row in own]
        lines.append([
            f"{size:.0f}", len(own), f"{sum(r['best'] for r in own) / len(own):.2f}",
            f"{sum(r['cost'] for r in own) / len(own):.2f}", f"{sum(gaps) / len(gaps):+.2f} %",
            f"{min(gaps):+.2f} % … {max(gaps):+.2f} %", sum(gap < -0.005 for gap in gaps),
            f"{sum(r['microseconds'] for r in own) / len(own):.1f}", f"{sum(r['clock'] for r in own) / len(own):.0f}",
            ", ".join(f"{100 * (r['ortools'] / r['best'] - 1):+.1f} %" for r in own if "ortools" in r) or "–",
        ])  # fmt: skip
    head = ["patients", "instances", "best published", "ours", "mean gap", "least … most", "better than published",
            "µs of processor a step", "seconds on the clock", "OR-Tools, first of them"]  # fmt: skip
    gaps = [100 * (row["cost"] / row["best"] - 1) for row in rows]
    large = [100 * (row["cost"] / row["best"] - 1) for row in rows if row["patients"] >= 50]
    met = max(gaps) <= 0.1 and sum(gap < -0.005 for gap in large) >= 0.8 * len(large)
    return "\n".join([
        f"Each search had {seconds:g} s of processor ({SEARCHES} side by side, the better one counts); the published "
        "validator accepted every plan and counted its cost.\n", ground.table(head, lines), "",
        f"Never more than 0.1 % above the best published, and better on four of five with 50 patients or more: "
        f"{'met' if met else 'missed'} ({sum(gap <= 0.1 for gap in gaps)} of {len(gaps)} within 0.1 %, "
        f"{sum(gap < -0.005 for gap in large)} of {len(large)} large ones better).",
        "\n![microseconds a step over patients](dayplan_growth.svg)\n",
        f"OR-Tools routing had {SEARCHES * seconds:g} s of processor on one core and began with the plan that our "
        "search begins with: of its own it finds none, or very late ones. PyVRP cannot say that two people meet.",
    ])  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", nargs="?", default=os.environ.get("ANXIN_BENCH_HHCRSP"))
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--each", type=int, default=10)
    parser.add_argument("--sizes", default="10,25,50,75,100,200,300")
    parser.add_argument("--beside", type=int, default=1)
    parser.add_argument("--fresh", action="store_true")
    asked = parser.parse_args()
    folder = Path(asked.folder or "")
    if not asked.folder or not (folder / "instances" / "mankowska").is_dir():
        sys.exit(
            "Clone github.com/iolab-uniud/hhcrsp and give its folder: python -m benchmarks.dayplan <folder>"
        )
    kept = {} if asked.fresh or not KEPT.exists() else json.loads(KEPT.read_text())
    sizes, counts, rows = {int(size) for size in asked.sizes.split(",")}, dict[int, int](), []
    for instance in instances(folder):
        counts[instance.patients] = counts.get(instance.patients, 0) + 1
        if instance.patients not in sizes or counts[instance.patients] > asked.each:
            continue
        name = f"{instance.name} {asked.seconds:g}"
        if name not in kept:
            kept[name] = measured(folder, instance, asked.seconds)
        row = kept[name]
        if counts[instance.patients] <= asked.beside and "ortools" not in row:
            row["ortools"] = beside(folder, instance, asked.seconds)
        KEPT.parent.mkdir(exist_ok=True)
        KEPT.write_text(json.dumps(kept))
        rows.append(row)
        print(
            f"{name}: {row['cost']:.3f}, best {row['best']:.3f}, {100 * (row['cost'] / row['best'] - 1):+.2f} %",
            flush=True,
        )
    line = {row["patients"]: row["microseconds"] for row in rows}
    growth(ground.RESULTS / "dayplan_growth.svg", "A step of the search", "patients", "µs of processor",
           {"ours": sorted(line.items())})  # fmt: skip
    ground.publish(
        "dayplan",
        "Day plans",
        f"{len(rows)} of the 70 instances of the Mankowska set",
        report(rows, asked.seconds),
    )


if __name__ == "__main__":
    main()
