"""Whole cities judged by the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import lru_cache
from uuid import UUID

from django.db import connection

from anxin.kit import prepared
from anxin.safetycode.rules import DECIDING, SHIPPED
from anxin.safetycode.rules.sets import Book
from anxin.safetycode.rules.sql import judged_sql
from anxin.safetycode.values import Part
from anxin.workers.public import FIRST_DAY, RANK, worth_sql

# Said of each table by itself, so that each is looked up by key, whatever the planner thinks.
_WHO = " = ANY (ARRAY(SELECT id FROM who))"
_COLUMNS = ("colour", "reasons", "rule_set", "rule_version", "turns_on")
_NEW = ", ".join(f"f.{name}" for name in _COLUMNS)
_OLD = ", ".join(f"o.{name}" for name in _COLUMNS)


@lru_cache(maxsize=8)
def all_sql(day: date, book: Book = SHIPPED, *, some: bool = False) -> str:
    """The rows of Judged for all codes on %(day)s; some: for those that `KEEP_SQL` is about."""
    spared = {kind: book.graces(Part(str(kind))) for kind in DECIDING}
    worth = worth_sql(spared, f" AND c.worker_id{_WHO}" if some else "")
    return judged_sql(book, day, worth, rank=RANK, first_day=FIRST_DAY, among=_WHO if some else "")


# Those whose judgement is another than the one that is kept, by the tables as they are now.
STALE_SQL = f"""
  SELECT f.worker_id FROM ({{judged}}) f LEFT JOIN safetycode_judged o ON o.worker_id = f.worker_id
  WHERE o.worker_id IS NULL OR ({_NEW}) IS DISTINCT FROM ({_OLD})
"""  # nosec B608  # only our own constants and placeholders

UNJUDGED_SQL = """
  INSERT INTO safetycode_due (worker_id) SELECT k.worker_id FROM safetycode_safetycode k
  WHERE NOT EXISTS (SELECT 1 FROM safetycode_judged j WHERE j.worker_id = k.worker_id)
"""
# Judging by the list and judging a few at once: who changes a fact never waits for the list.
ALONE = 7320011
WAIT_SQL = f"SELECT pg_advisory_xact_lock({ALONE})"
# The workers who have a code, the code's row locked: what is read by a later statement is not older than what anybody
# else who judges a few has written. In one order, so that nobody waits in a circle. Keys go to and fro as text.
LOCK_SQL = """
  SELECT array_agg(worker_id)::text FROM (
    SELECT k.worker_id FROM safetycode_safetycode k WHERE k.worker_id = ANY(%(workers)s::uuid[])
    ORDER BY k.worker_id FOR NO KEY UPDATE OF k
  ) k
"""
# What the list says of these workers; null while the list is being judged.
LISTED_SQL = f"""
  SELECT CASE WHEN pg_try_advisory_xact_lock_shared({ALONE}) THEN (
    SELECT COALESCE(array_agg(id), '{{}}')::text FROM safetycode_due WHERE worker_id = ANY(%(workers)s::uuid[])
  ) END
"""  # nosec B608  # only our own constants and placeholders
# The judgements of `who` that are others than those kept, and keeping them.
_KEPT = f"""
  f AS MATERIALIZED ({{judged}}),
  differing AS MATERIALIZED (
    SELECT f.*, o.colour AS was FROM f
    LEFT JOIN safetycode_judged o ON o.worker_id = f.worker_id AND o.worker_id{_WHO}
    WHERE o.worker_id IS NULL OR ({_NEW}) IS DISTINCT FROM ({_OLD})
  ), kept AS (
    INSERT INTO safetycode_judged (worker_id, {", ".join(_COLUMNS)})
    SELECT worker_id, {", ".join(_COLUMNS)} FROM differing
    ON CONFLICT (worker_id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in _COLUMNS)}
  )
"""  # nosec B608  # only our own constants and placeholders
# Keeps the judgements of %(workers)s; takes %(rows)s off the list or, where that is null, lists them again, because
# whoever judges the list at this moment may have read before and write after. Gives those of another colour.
KEEP_SQL = f"""
  WITH who AS MATERIALIZED (SELECT unnest(%(workers)s::uuid[]) AS id), {_KEPT},
  done AS (DELETE FROM safetycode_due WHERE id = ANY(%(rows)s::bigint[])),
  again AS (INSERT INTO safetycode_due (worker_id) SELECT id FROM who WHERE %(rows)s::bigint[] IS NULL)
  SELECT worker_id, colour FROM differing WHERE was IS DISTINCT FROM colour
"""  # nosec B608  # only our own constants and placeholders
# The next of the list and, where it is short, of those whose day has come: judged, kept, taken off the list, all by one
# reading of the tables. Gives how many there were, and those of another colour.
NEXT_SQL = f"""
  WITH taken AS MATERIALIZED (
    SELECT id, worker_id FROM safetycode_due ORDER BY id LIMIT %(size)s
  ), turned AS MATERIALIZED (
    SELECT j.worker_id FROM safetycode_judged j WHERE j.turns_on <= %(day)s
    ORDER BY j.turns_on LIMIT %(size)s - (SELECT count(*) FROM taken)
  ), who AS MATERIALIZED (
    SELECT worker_id AS id FROM taken UNION SELECT worker_id FROM turned ORDER BY id
  ), {_KEPT},
  done AS (DELETE FROM safetycode_due WHERE id = ANY(ARRAY(SELECT id FROM taken)))
  SELECT (SELECT count(*) FROM who), array_agg(worker_id), array_agg(colour::text)
  FROM differing WHERE was IS DISTINCT FROM colour
"""  # nosec B608  # only our own constants and placeholders


@contextmanager
def by_key() -> Iterator[None]:
    """One plan for any number of workers, because planning takes longer than judging a few: it looks everything up by
    key and joins what it found by hash. No compiling of expressions, which takes longer than judging does; no bitmaps,
    which read a paper from its table although the index holds all that is asked of it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL jit = off; SET LOCAL plan_cache_mode = force_generic_plan; SET LOCAL enable_seqscan = off;"
            " SET LOCAL enable_nestloop = off; SET LOCAL enable_bitmapscan = off"
        )
        yield
        # What else is done in this transaction is planned as ever.
        cursor.execute(
            "SET LOCAL enable_bitmapscan = on; SET LOCAL enable_nestloop = on; SET LOCAL enable_seqscan = on;"
            " SET LOCAL plan_cache_mode = auto"
        )


def lock(worker_ids: list[UUID]) -> str | None:
    """Those of the workers who have a code, locked, as `keep` takes them; None if nobody has."""
    [(found,)] = prepared.fetch(LOCK_SQL, {"workers": worker_ids})
    return found if found is None else str(found)


def listed(workers: str) -> str | None:
    """The rows of the list that are about these workers; None while the list is being judged."""
    [(rows,)] = prepared.fetch(LISTED_SQL, {"workers": workers})
    return rows if rows is None else str(rows)


def keep(day: date, workers: str, rows: str | None) -> dict[UUID, str]:
    """Judge these and keep it; the colours of those whose colour changed."""
    text = KEEP_SQL.format(judged=all_sql(day, some=True))
    with by_key():
        return dict(prepared.fetch(text, {"day": day, "workers": workers, "rows": rows}))


def keep_next(day: date, size: int) -> tuple[int, dict[UUID, str]]:
    """Judge the next of the list and keep it: how many there were, and the colours of those whose colour changed."""
    prepared.fetch(WAIT_SQL, {})
    text = NEXT_SQL.format(judged=all_sql(day, some=True))
    with by_key():
        [(found, workers, colours)] = prepared.fetch(text, {"day": day, "size": size})
    return found, dict(zip(workers or (), colours or (), strict=True))
