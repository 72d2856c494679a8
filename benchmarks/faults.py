"""Faults, made on purpose, and what is found afterwards: nothing acknowledged may be lost, nothing done twice.

One command on a house of its own (an embedded server with durable commits below .anxin-bench/faults, whose database
the next run makes anew). Each fault tells requests sent, acknowledged, found again; it ends
with code 1 on any difference.

usage: python -m benchmarks.faults [callback|clock|disk|database|partner|worker …] [--grabs N] [--minutes N]
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable

from benchmarks import _ground as ground  # isort: skip (it finds the product where that is not installed)
from benchmarks import _fault_ground as faults

if __name__ == "__main__":
    faults.open_house()
    ground.own_database("faults")

from benchmarks import _fault_callback as callback
from benchmarks import _fault_clock as jumps
from benchmarks import _fault_database as database
from benchmarks import _fault_disk as disk
from benchmarks import _fault_partner as partner
from benchmarks import _fault_worker as worker
from benchmarks import _world as world

# The worker comes last: its processes live by today's clock, which ends the agencies and papers of the world's March.
NAMES = ("callback", "clock", "disk", "database", "partner", "worker")


def runs(made: world.World, asked: argparse.Namespace) -> dict[str, Callable[[], faults.Found]]:
    return {
        "callback": lambda: callback.run(made),
        "clock": lambda: jumps.run(made),
        "disk": lambda: disk.run(made),
        "database": lambda: database.run(made, grabs=asked.grabs, minutes=asked.minutes),
        "partner": lambda: partner.run(made),
        "worker": lambda: worker.run(made),
    }


def main() -> int:
    reader = argparse.ArgumentParser(prog="benchmarks.faults")
    reader.add_argument("names", nargs="*", metavar="name", help=", ".join(NAMES))
    reader.add_argument("--grabs", type=int, default=100_000)
    reader.add_argument("--minutes", type=float, default=1.5)
    asked = reader.parse_args()
    made = world.build(agencies=8, workers=32)
    made.settle()
    found = []
    for name, run in runs(made, asked).items():
        if asked.names and name not in asked.names:
            continue
        begun = time.monotonic()
        try:
            one = run()
        except Exception as trouble:  # noqa: BLE001 (the other faults are still run and told)
            one = faults.Found(name, wrong={f"did not come to its end: {trouble!r}": 1})
        one.seconds = time.monotonic() - begun
        print(f"{one.skipped or ('✓' if one.ok else '✗')} {one.name} ({one.seconds:.0f} s)", flush=True)
        found.append(one)
    if asked.names:
        print(_page(found))
    else:
        ground.publish("faults", "Faults", _scale(asked), _page(found))
    return 0 if found and all(one.ok for one in found) else 1


def _scale(asked: argparse.Namespace) -> str:
    return f"at most {asked.grabs:,} grabs or {asked.minutes:g} minutes of them; one house on the loopback"


def _page(found: list[faults.Found]) -> str:
    rows = [
        [one.name, f"{one.sent:,}", f"{one.acknowledged:,}", f"{one.found:,}", sum(map(abs, one.wrong.values())),
         f"{one.seconds:.0f}", one.skipped or ("✓" if one.ok else "✗")]
        for one in found
    ]  # fmt: skip
    head = ["fault", "requests sent", "acknowledged", "found again", "lost, doubled, half", "seconds", ""]
    told = [ground.table(head, rows)]
    for one in found:
        lines = [f"- {words}" for words in one.told]
        lines += [f"- {what}: {f'**{number}**' if number else 0}" for what, number in one.wrong.items()]
        told.append(f"## {one.name}\n\n" + "\n".join(lines))
    return "\n\n".join(told)


if __name__ == "__main__":
    try:
        code = main()
    finally:
        from django.db import connections

        connections.close_all()
        faults.close_house()
    sys.exit(code)
