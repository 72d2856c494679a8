"""What the benchmarks share: a database of their own, the demand that is copied, and the page of results.

Import it before anything of Django or of anxin: it points the settings at the benchmark's database. Where
ANXIN_DATABASE_URL names no server, the embedded one is started below .anxin-bench. Every benchmark has one database
of a fixed name, "anxin_bench_<name>", which its next run takes over: nothing piles up.
"""

from __future__ import annotations

import atexit
import os
import platform
import statistics
import sys
import time
from collections.abc import Iterable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
# `python benchmarks/<name>.py` finds the tests' cast, and the product where it is not installed.
sys.path[:0] = [str(ROOT), str(ROOT / "src")]


def _server() -> str:
    """The address of a database on the server to measure on, up until this process ends."""
    if given := os.environ.get("ANXIN_DATABASE_URL"):
        return given
    os.environ.setdefault("ANXIN_HOME", str(ROOT / ".anxin-bench"))
    from anxin.config.preflight import database

    held = ExitStack()
    atexit.register(held.close)
    return held.enter_context(database())


# What this run made, with an address from which it can be dropped.
_made: list[tuple[str, str]] = []


def clean_up() -> None:
    """Drop the databases that this run made."""
    from django.db import connections

    connections.close_all()
    for url, name in _made:
        with psycopg.connect(url, autocommit=True) as server:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
    _made.clear()


def own_database(name: str, *, keep: bool = False) -> None:
    """Make an empty database of this name beside the one of ANXIN_DATABASE_URL, and set Django up on it.

    The migrated tables are kept as a template, so that the next run starts at once, unless `clean_up` is called.
    keep: a database of this name that is already there stays as it is.
    """
    url = urlsplit(_server())
    base, own = "anxin_bench_base", f"anxin_bench_{name}"
    with psycopg.connect(urlunsplit(url), autocommit=True) as server:
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [base]).fetchone():
            server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(base)))
            _made.append((urlunsplit(url), base))
    os.environ["ANXIN_DATABASE_URL"] = urlunsplit(url._replace(path=f"/{base}"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anxin.config.settings")
    os.environ.setdefault("ANXIN_LOG_LEVEL", "ERROR")
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    connection.close()
    with psycopg.connect(urlunsplit(url), autocommit=True) as server:
        there = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [own]).fetchone()
        if there and not keep:
            server.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(own)))
        if not (there and keep):
            names = sql.Identifier(own), sql.Identifier(base)
            server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))
            _made.append((urlunsplit(url), own))
    connection.settings_dict["NAME"] = own
    os.environ["ANXIN_DATABASE_URL"] = urlunsplit(url._replace(path=f"/{own}"))
    if keep:
        call_command("migrate", verbosity=0)


def machine() -> str:
    """The machine in words: no host, no path."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version'), current_setting('fsync'),"
            " current_setting('synchronous_commit')"
        )
        version, fsync, waits = cursor.fetchone()
    return (
        f"{platform.machine()}, {os.cpu_count()} cores (load {os.getloadavg()[0]:.1f} at the end), "
        f"{platform.system()}, Python {platform.python_version()}, "
        f"PostgreSQL {version.split()[0]} with fsync {fsync}, synchronous_commit {waits}"
    )


def worked(backend: int) -> float:
    """Milliseconds that this process and its backend have had a processor; the backend's only on the same Linux."""
    schedstat = Path(f"/proc/{backend}/schedstat")
    try:
        theirs = int(schedstat.read_text().split()[0]) / 1e6
    except (OSError, ValueError, IndexError):
        theirs = 0.0
    return time.process_time() * 1000 + theirs


def quantile(found: list[float], share: float) -> float:
    """The value below which `share` of them lie."""
    return sorted(found)[min(len(found) - 1, int(len(found) * share))]


def table(head: list[str], rows: Iterable[list[object]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *[[str(cell) for cell in row] for row in rows]]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def middle(found: Iterable[float]) -> float:
    return statistics.median(list(found))


def publish(name: str, title: str, scale: str, body: str) -> None:
    """Print the results and keep them in results/<name>.md."""
    text = f"# {title}\n\nMachine: {machine()}.  \nDate: {datetime.now(UTC):%Y-%m-%d}. Scale: {scale}\n\n{body}\n"
    print(text)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.md").write_text(text, encoding="utf-8")
