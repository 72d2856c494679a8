"""The nightly colours of 250,000, 500,000 and a million workers with four papers each, made by generate_series.

In the same run and by turns: one GROUP BY over the codes and their papers, with the same settings; everybody judged,
which gives the same rows as the table keeps; everybody judged and compared with what is kept; and the list after 1 %
of the workers had a paper renewed. At the end everybody judged and written anew, as a night without a list would do.
After each the table is compared byte for byte with everybody judged. Another connection keeps reading the colours
meanwhile. Telling people is left out: it is the same for any way of finding out.

usage: python -m benchmarks.colours [workers of the largest city, 1000000] [rounds, 3]
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import _ground as ground

if __name__ == "__main__":
    ground.own_database("colours")

import psycopg
from django.db import connection, transaction

from anxin.kit.actor import SYSTEM
from anxin.safetycode import actions
from anxin.safetycode.actions import judging as judging_actions
from anxin.safetycode.queries.judging import all_sql, by_key
from benchmarks import _city as city

DAY = date(2026, 3, 18)
MORNING = datetime(2026, 3, 17, 16, 1, tzinfo=UTC)
# The same for all: no compiling, one process, memory enough to group a city.
SETTINGS = "SET jit = off; SET max_parallel_workers_per_gather = 0; SET work_mem = '256MB'"
GROUPED = """
  SELECT k.worker_id, k.state, k.valid_to, count(c.id) AS papers, min(c.valid_from) AS first, max(c.valid_to) AS last
  FROM safetycode_safetycode k LEFT JOIN workers_credential c ON c.worker_id = k.worker_id
  GROUP BY k.worker_id, k.state, k.valid_to
"""
READ = """
  SELECT n.colour, j.colour FROM bench_worker b JOIN workers_standing n ON n.worker_id = b.id
  JOIN safetycode_judged j ON j.worker_id = b.id WHERE b.n = 100
"""
BYTES = "SELECT count(*), md5(string_agg(md5(j::text), '' ORDER BY worker_id)) FROM {table} j"
SHOWN = "worker_id, colour, reasons, rule_set, rule_version, turns_on"


@dataclass
class Times:
    """Seconds on the clock and of a processor, one of each a round; anonymous memory of the backend at its height."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    memory: int = 0

    @property
    def middle(self) -> tuple[float, float]:
        return ground.middle(self.wall), ground.middle(self.cpu)


class Watch(threading.Thread):
    """Reads one worker's colour again and again as a list does, and looks at the memory of the backend that works."""

    def __init__(self, backend: int) -> None:
        super().__init__(daemon=True)
        self.backend, self.on = backend, True
        self.slowest, self.reads, self.memory = 0.0, 0, 0

    def run(self) -> None:
        settings = connection.get_connection_params()
        names = ("host", "port", "user", "password", "dbname")
        address = {name: settings[name] for name in names if settings.get(name)}
        status = Path(f"/proc/{self.backend}/status")
        with psycopg.connect(**address, autocommit=True) as other:
            while self.on:
                begun = time.perf_counter()
                other.execute(READ).fetchall()
                self.slowest = max(self.slowest, time.perf_counter() - begun)
                self.reads += 1
                self.memory = max(self.memory, _anonymous(status))
                time.sleep(0.01)


def _anonymous(status: Path) -> int:
    try:
        found = [line for line in status.read_text().splitlines() if line.startswith("RssAnon")]
        return int(found[0].split()[1]) // 1024
    except (OSError, IndexError, ValueError):
        return 0


def run(statement: str, values: dict[str, Any] | None = None) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def timed(times: Times, act: Callable[[], object], backend: int) -> None:
    worked, begun = ground.worked(backend), time.perf_counter()
    act()
    times.wall.append(time.perf_counter() - begun)
    times.cpu.append((ground.worked(backend) - worked) / 1000)


def made(statement: str) -> Callable[[], object]:
    """The rows of a statement, put into a table."""

    def act() -> None:
        run("DROP TABLE IF EXISTS bench_rows")
        run(f"CREATE UNLOGGED TABLE bench_rows AS {statement}", {"day": DAY})

    return act


# What a night without a list would do.
_COLUMNS = SHOWN.removeprefix("worker_id, ").split(", ")
WRITTEN = f"""
  INSERT INTO safetycode_judged ({SHOWN}) SELECT {SHOWN} FROM ({{judged}}) f
  ON CONFLICT (worker_id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in _COLUMNS)}
"""


LISTED = "WITH who AS MATERIALIZED (SELECT worker_id AS id FROM safetycode_due) "


@transaction.atomic
def judge_alone() -> None:
    """The list judged and put into a table, as "everybody" is: nothing is kept, nothing taken off."""
    with by_key():
        made(LISTED + all_sql(DAY, some=True))()


def judge_listed(at: datetime) -> None:
    while actions.judge_listed(by=SYSTEM, at=at):
        pass


def equal(day: date) -> bool:
    """Whether what is kept is what judging everybody gives, byte for byte."""
    run("DROP TABLE IF EXISTS bench_rows")
    run(f"CREATE UNLOGGED TABLE bench_rows AS {all_sql(day)}", {"day": day})
    run(f"CREATE OR REPLACE TEMP VIEW bench_kept AS SELECT {SHOWN} FROM safetycode_judged")
    return run(BYTES.format(table="bench_rows")) == run(BYTES.format(table="bench_kept"))


def first(workers: int) -> None:
    """The city and its judgements of yesterday's making."""
    city.fill(workers, DAY.isoformat(), "2026-03-17 00:00+00")
    run(SETTINGS)
    run("SET session_replication_role = replica; SET synchronous_commit = on")
    run(f"INSERT INTO safetycode_judged ({SHOWN}) SELECT {SHOWN} FROM ({all_sql(DAY)}) f", {"day": DAY})
    run("SET session_replication_role = DEFAULT")
    run("VACUUM ANALYZE safetycode_judged")
    run("RESET synchronous_commit")


def measure(workers: int, rounds: int) -> dict[str, Any]:
    first(workers)
    backend = run("SELECT pg_backend_pid()")[0][0]
    kinds = ("group", "full", "alone", "listed", "compared")
    times = {kind: Times() for kind in kinds}
    slowest, same = 0.0, True
    for turn in range(rounds):
        # 1 % of the workers renew their insurance; the triggers list them, as they do for any change.
        renewed = "SELECT id FROM bench_worker WHERE n %% 100 = %(turn)s"
        run(f"UPDATE workers_credential SET valid_to = valid_to + 30 WHERE kind = 'insurance' AND worker_id IN"
            f" ({renewed})", {"turn": turn})  # fmt: skip
        acts: dict[str, Callable[[], object]] = {
            "group": made(GROUPED), "full": made(all_sql(DAY)), "alone": judge_alone,
            "listed": lambda: judge_listed(MORNING), "compared": lambda: actions.list_stale(at=MORNING),
        }  # fmt: skip
        for kind in kinds:
            watch = Watch(backend)
            watch.start()
            timed(times[kind], acts[kind], backend)
            watch.on = False
            watch.join()
            times[kind].memory = max(times[kind].memory, watch.memory)
            slowest = max(slowest, watch.slowest)
        same = same and equal(DAY)
    midnight = Times()
    turning = run(
        "SELECT count(*) FROM safetycode_judged WHERE turns_on = %(day)s", {"day": DAY + timedelta(1)}
    )[0][0]
    timed(midnight, lambda: judge_listed(MORNING + timedelta(1)), backend)
    same = same and equal(DAY + timedelta(1))
    times["written"] = Times()
    timed(times["written"], lambda: run(WRITTEN.format(judged=all_sql(DAY)), {"day": DAY}), backend)
    return {"times": times, "midnight": midnight, "turning": turning, "slowest": slowest, "same": same}


def main(largest: int, rounds: int) -> None:
    judging_actions.tell_worker_and_agency = lambda **_: None
    rows: list[list[object]] = []
    notes: list[str] = []
    for workers in (largest // 4, largest // 2, largest):
        found = measure(workers, rounds)
        times = found["times"]
        (group, group_cpu), (full, full_cpu) = times["group"].middle, times["full"].middle
        written, written_cpu = times["written"].middle
        (compared, compared_cpu), (listed, listed_cpu) = times["compared"].middle, times["listed"].middle
        (alone, alone_cpu), (night, night_cpu) = times["alone"].middle, found["midnight"].middle
        rows.append(
            [f"{workers:,}", f"{group:.2f} ({group_cpu:.2f})", f"{full:.2f} ({full_cpu:.2f})",
             f"{compared:.2f} ({compared_cpu:.2f})", f"{alone:.3f} ({alone_cpu:.3f})",
             f"{written:.2f} ({written_cpu:.2f})", f"{listed:.3f} ({listed_cpu:.3f})", f"{full_cpu / group_cpu:.2f}",
             f"{alone_cpu / full_cpu:.1%}", f"{listed_cpu / written_cpu:.1%}", f"{night:.3f} ({night_cpu:.3f})"]
        )  # fmt: skip
        notes.append(
            f"- {workers:,}: list = everybody, byte for byte: {'yes' if found['same'] else 'NO'}; midnight turned "
            f"{found['turning']:,} workers; slowest read of another connection {found['slowest'] * 1000:.0f} ms; "
            f"memory (anonymous, MB): GROUP BY {times['group'].memory}, everybody {times['full'].memory}, "
            f"compared {times['compared'].memory}, list {times['listed'].memory}"
        )
    head = [
        "workers", "GROUP BY, s", "everybody judged, s", "and compared, s", "list of 1 % judged, s",
        "everybody judged and kept, s", "list of 1 % judged and kept, s", "everybody / GROUP BY",
        "list / everybody, judged", "list / everybody, kept", "list at midnight, s",
    ]  # fmt: skip
    told = (
        "Seconds on the clock and, in brackets, of a processor (this process and its backend); the medians of "
        f"{rounds} rounds by turns. The ratios are of the processor: other work stretches the clock. Judged: put into "
        "a table without keys, like the rows of the GROUP BY; kept: compared, written where they differ, taken off the "
        "list. Goals: everybody ≤ 1.3 × GROUP BY; the list at 1 % ≤ 3 % of everybody; equal; readers never blocked. "
        "The 3 % are about a recomputation, which ends with what is kept: list / everybody, kept. Judging alone is "
        "half a night: it leaves out the writing, the dearest part of a sweep, and each key on the list descends into "
        "four indexes where a sweep reads tables from end to end, so that reading stays above 3 %."
    )
    body = f"{told}\n\n{ground.table(head, rows)}\n\n" + "\n".join(notes)
    ground.publish("colours", "Nightly colours", f"up to {largest:,} workers, four papers each", body)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000, int(sys.argv[2]) if len(sys.argv) > 2 else 3)
