"""Backup and drill of a house of its own: orders with their contracts, bills, postings and a sealed audit trail.

Each step is the command as an operator gives it, in a process of its own, timed; the house and the backup are removed
at the end. With all their papers a million orders want 90 GB of free disk (the house, its backup and the scratch
server), with those of 50,000 of them 30 GB.

usage: python -m benchmarks.drill [--orders 20000] [--workers 3758] [--papers N, default all]
       python -m benchmarks.drill --demo     (the house of `make run`: fewer rows, each of them lived)
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import django

from anxin.config import embedded
from benchmarks import _ground as ground

RPO = re.compile(r"RPO ([\d.]+) s")
RTO = re.compile(r"RTO ([\d.]+) s until the server answered, ([\d.]+) s")
ROWS = re.compile(r"(\d+) rows in (\d+) tables")


@dataclass
class Step:
    """A command that ended well: what it said, seconds on the clock and of a processor, megabytes at the most."""

    name: str
    said: str
    clock: float
    cpu: float
    memory: float


def run(home: Path, name: str, *words: str) -> Step:
    """Give one command of the house; a failure ends the benchmark with its words."""
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("ANXIN_")},
        "ANXIN_HOME": str(home / "house"), "ANXIN_BACKUP_TO": str(home / "store"),
        "PYTHONPATH": os.pathsep.join([str(ground.ROOT / "src"), str(ground.ROOT)]),
    }  # fmt: skip
    begun = time.monotonic()
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen([sys.executable, "-m", "anxin", *words], env=environment, stdout=said)
        _pid, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        text = said.read().decode()
    if child.returncode:
        sys.exit(f"anxin {' '.join(words)} failed:\n{text}")
    step = Step(name, text, time.monotonic() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
    print(f"{name}: {step.clock:.0f} s", file=sys.stderr)
    return step


def megabytes(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6


def body(home: Path, *load: str) -> str:
    """All steps, then what they came to. load: the command that fills the house."""
    run(home, "make the tables", "django", "migrate", "--verbosity=0")
    steps = [
        run(home, "load", *load),
        # What the worker of a house that runs does every minute.
        run(home, "seal the trail", "audit", "seal"),
        run(home, "back up", "backup"),
        run(home, "restore, compare, open, drop", "drill"),
    ]
    said = steps[-1].said
    rpo, rto, rows = RPO.search(said), RTO.search(said), ROWS.search(said)
    assert rpo and rto and rows, said
    house, stored = megabytes((home / "house" / "postgres").resolve()), megabytes(home / "store")
    told = [
        line for line in said.splitlines() if line.startswith(("audit:", "contract", "sealed", "uploads"))
    ]
    reached = [
        ["rows compared", f"{int(rows[1]):,} in {rows[2]} tables; {house:,.0f} MB on disk, {stored:,.0f} MB stored"],
        ["RPO", f"{rpo[1]} s: the changes of that time were not in the store when the drill began"],
        ["RTO", f"{rto[1]} s until the restored server answered (goal 4 h)"],
        ["all checked", f"{rto[2]} s: rows and checksum of every table alike"],
        *[["looked inside", line] for line in told],
    ]  # fmt: skip
    worked = [[s.name, f"{s.clock:,.0f} s", f"{s.cpu:,.0f} s", f"{s.memory:,.0f} MB"] for s in steps]
    return (
        ground.table(["step", "clock", "processor of the command", "most memory"], worked)
        + "\n\n"
        + ground.table(["reached", ""], reached)
    )


def scale(asked: argparse.Namespace) -> tuple[str, list[str]]:
    """What is loaded, in words and as a command."""
    if asked.demo:
        return "the demo of `make run`, on an embedded server with fsync on", ["demo"]
    whose = f"{asked.papers:,} closed orders" if asked.papers else "every closed order"
    words = (
        f"{asked.orders:,} orders of {asked.workers:,} workers and 429 agencies on an embedded server with fsync on; "
        f"{whose} with contract, bill, payment, postings and sealed audit entries; one contract is signed for real, "
        "the documents of the others are a line of words (`anxin bulk --papers`)."
    )
    papers = asked.papers or asked.orders
    return words, ["bulk", f"--orders={asked.orders}", f"--workers={asked.workers}", f"--papers={papers}"]


def main() -> None:
    reader = argparse.ArgumentParser(prog="benchmarks.drill")
    reader.add_argument("--orders", type=int, default=20_000)
    reader.add_argument("--workers", type=int, default=3758)
    reader.add_argument("--papers", type=int, default=0, help="of how many closed orders; 0: of all")
    reader.add_argument("--demo", action="store_true", help="the demo instead of bulk rows")
    asked = reader.parse_args()
    beside = ground.ROOT / ".anxin-bench"
    beside.mkdir(exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="drill-", dir=beside))
    home.chmod(0o755)
    words, load = scale(asked)
    house = home / "house"
    house.mkdir()
    try:
        with embedded.running(house) as url:
            text = body(home, *load)
            os.environ |= {"ANXIN_DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "anxin.config.settings"}
            django.setup()
            if asked.demo:
                ground.publish("drill_demo", "Backup and drill of the demo", words, text)
            else:
                ground.publish("drill", "Backup and drill", words, text)
    finally:
        # As root the data may lie elsewhere, behind a link.
        shutil.rmtree((house / "postgres").resolve(), ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
