"""What a database holds, in figures: rows and a checksum of every table, at one exact point of its history."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg import sql

from anxin.config.recovery import RecoveryTrouble

Figures = dict[str, tuple[int, str]]
# How long writers are kept waiting for the mark, at most; a transaction that holds on longer makes us try again.
LOCK_TIMEOUT = "2s"
TRIES = 10
# Text forms of values depend on these.
FIXED = (
    "SET timezone = 'UTC'", "SET datestyle = 'ISO, MDY'", "SET intervalstyle = 'postgres'",
    "SET extra_float_digits = 1", "SET bytea_output = 'hex'",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mark:
    """A named point of the log, and what the database held there."""

    name: str
    lsn: str
    at: datetime
    figures: Figures


def mark(address: str, name: str) -> Mark:
    """Set a restore point that no write straddles, and count what the database holds there.

    Every table is locked against writes for the moment of the mark only; counting goes on in a snapshot of it.
    """
    with psycopg.connect(address) as reader, psycopg.connect(address, autocommit=True) as holder:
        for attempt in range(TRIES):
            try:
                lsn, at = _set(holder, reader, name)
                break
            except psycopg.errors.LockNotAvailable:
                time.sleep(0.2 * attempt)
        else:
            raise RecoveryTrouble(
                "A long transaction lets no moment for the mark: end it, or start again later."
            )
        return Mark(name, lsn, at, figures(reader))


def _set(
    holder: psycopg.Connection[tuple[object, ...]], reader: psycopg.Connection[tuple[object, ...]], name: str
) -> tuple[str, datetime]:
    reader.rollback()
    reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    with holder.transaction():
        holder.execute(sql.SQL("SET LOCAL lock_timeout = {}").format(LOCK_TIMEOUT))
        tables = sql.SQL(", ").join(sql.Identifier(*table.split(".", 1)) for table in _tables(holder))
        holder.execute(sql.SQL("LOCK TABLE {} IN SHARE MODE").format(tables))
        # Nobody writes: the reader's snapshot and the point in the log are the same state.
        reader.execute("SELECT 1")
        row = holder.execute("SELECT pg_create_restore_point(%s)::text, clock_timestamp()", [name]).fetchone()
        assert row is not None
        return str(row[0]), row[1]  # type: ignore[return-value]


def _tables(connection: psycopg.Connection[tuple[object, ...]]) -> list[str]:
    """Every table that is written to the log, as schema.table."""
    rows = connection.execute(
        "SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relkind = 'r' AND c.relpersistence = 'p' AND n.nspname NOT LIKE 'pg\\_%'"
        " AND n.nspname <> 'information_schema' ORDER BY 1"
    )
    return [str(row[0]) for row in rows]


def figures(connection: psycopg.Connection[tuple[object, ...]]) -> Figures:
    """Rows and checksum of each table. The checksum is a sum over the rows, so their order on disk is all one."""
    for statement in FIXED:
        connection.execute(sql.SQL(statement))
    found: Figures = {}
    for table in _tables(connection):
        row = connection.execute(
            sql.SQL(
                "SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text FROM {} AS t"
            ).format(sql.Identifier(*table.split(".", 1)))
        ).fetchone()
        assert row is not None
        found[table] = (int(str(row[0])), str(row[1]))
    return found


def differences(before: Figures, after: Figures) -> list[str]:
    """In words, table by table, how two surveys differ."""
    found = [f"table {name} is missing" for name in sorted(before.keys() - after.keys())]
    found += [f"table {name} was not there before" for name in sorted(after.keys() - before.keys())]
    for name in sorted(before.keys() & after.keys()):
        if before[name][0] != after[name][0]:
            found.append(f"table {name} had {before[name][0]} rows and has {after[name][0]}")
        elif before[name][1] != after[name][1]:
            found.append(f"table {name} has {after[name][0]} rows as before, but with other content")
    return found
