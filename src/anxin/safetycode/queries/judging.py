"""Whole cities judged by the database."""

from __future__ import annotations

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

_COLUMNS = ("colour", "reasons", "rule_set", "rule_version", "turns_on")
_NEW = ", ".join(f"f.{name}" for name in _COLUMNS)
_OLD = ", ".join(f"o.{name}" for name in _COLUMNS)


@lru_cache(maxsize=8)
def all_sql(day: date, book: Book = SHIPPED, *, some: bool = False) -> str:
    """The rows of Judged for all codes on %(day)s; some: for those that `KEEP_SQL` is about."""
    spared = {kind: book.graces(Part(str(kind))) for kind in DECIDING}
    # Some are asked for one by one: a plan that is made without knowing how many cannot go wrong about it.
    worth = worth_sql(spared, " AND c.worker_id = k.worker_id" if some else "")
    codes = " AND k.worker_id IN (SELECT id FROM who)" if some else ""
    return judged_sql(book, day, worth, rank=RANK, first_day=FIRST_DAY, among=codes)


# Those whose judgement is another than the one that is kept, by the tables as they are now.
STALE_SQL = f"""
  SELECT f.worker_id FROM ({{judged}}) f LEFT JOIN safetycode_judged o ON o.worker_id = f.worker_id
  WHERE o.worker_id IS NULL OR ({_NEW}) IS DISTINCT FROM ({_OLD})
"""  # nosec B608  # only our own constants and placeholders

UNJUDGED_SQL = """
  INSERT INTO safetycode_due (worker_id) SELECT k.worker_id FROM safetycode_safetycode k
  WHERE NOT EXISTS (SELECT 1 FROM safetycode_judged j WHERE j.worker_id = k.worker_id)
"""
# The workers among `who` who have a code, the code's row locked: what is read by a later statement is not older than
# what anybody else who judges has written. In one order, so that nobody waits in a circle. Keys go to and fro as text.
_LOCKED = """
  SELECT array_agg(worker_id)::text FROM (
    SELECT k.worker_id FROM safetycode_safetycode k JOIN who ON who.id = k.worker_id
    ORDER BY k.worker_id FOR NO KEY UPDATE OF k
  ) k
"""
LOCK_SQL = f"WITH who AS (SELECT DISTINCT unnest(%(workers)s::uuid[]) AS id) {_LOCKED}"
# The next of the list and, where it is short, of those whose day has come: rows of the list, locked workers.
TAKE_SQL = f"""
  WITH taken AS MATERIALIZED (
    SELECT id, worker_id FROM safetycode_due ORDER BY id LIMIT %(size)s FOR UPDATE SKIP LOCKED
  ), turned AS MATERIALIZED (
    SELECT j.worker_id FROM safetycode_judged j WHERE j.turns_on <= %(day)s
    ORDER BY j.turns_on LIMIT %(size)s - (SELECT count(*) FROM taken)
  ), who AS MATERIALIZED (SELECT worker_id AS id FROM taken UNION SELECT worker_id FROM turned)
  SELECT (SELECT array_agg(id)::text FROM taken), ({_LOCKED})
"""  # nosec B608  # only our own constants and placeholders
LISTED_SQL = """
  SELECT array_agg(id)::text FROM (
    SELECT id FROM safetycode_due WHERE worker_id = ANY(%(workers)s::uuid[]) FOR UPDATE SKIP LOCKED
  ) mine
"""
# Keeps the judgements of %(workers)s, takes %(rows)s off the list, gives those whose colour is another than before.
KEEP_SQL = f"""
  WITH who AS MATERIALIZED (SELECT unnest(%(workers)s::uuid[]) AS id),
  o AS MATERIALIZED (SELECT j.* FROM safetycode_judged j JOIN who ON who.id = j.worker_id),
  f AS MATERIALIZED ({{judged}}),
  kept AS (
    INSERT INTO safetycode_judged (worker_id, {", ".join(_COLUMNS)})
    SELECT f.worker_id, {_NEW} FROM f LEFT JOIN o ON o.worker_id = f.worker_id
    WHERE o.worker_id IS NULL OR ({_NEW}) IS DISTINCT FROM ({_OLD})
    ON CONFLICT (worker_id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in _COLUMNS)}
  ), done AS (DELETE FROM safetycode_due WHERE id = ANY(%(rows)s::bigint[]))
  SELECT f.worker_id, f.colour FROM f LEFT JOIN o ON o.worker_id = f.worker_id
  WHERE o.worker_id IS NULL OR f.colour <> o.colour
"""  # nosec B608  # only our own constants and placeholders


def by_key() -> None:
    """Until the end of the transaction: one plan for any number of workers, because planning takes longer than judging
    a few, which looks everything up by key; and no compiling of expressions, which takes longer than judging does."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL jit = off; SET LOCAL plan_cache_mode = force_generic_plan; SET LOCAL enable_seqscan = off"
        )


def lock(worker_ids: list[UUID]) -> str | None:
    """Those of the workers who have a code, locked, as `keep` takes them; None if nobody has."""
    [(found,)] = prepared.fetch(LOCK_SQL, {"workers": worker_ids})
    return found if found is None else str(found)


def listed(workers: str) -> str:
    """The rows of the list that are about these workers and that nobody else holds."""
    [(rows,)] = prepared.fetch(LISTED_SQL, {"workers": workers})
    return rows or "{}"


def take(day: date, size: int) -> tuple[str | None, str | None]:
    """The next who are to be judged: rows of the list, and those who have a code, locked; None where there are none."""
    [(rows, workers)] = prepared.fetch(TAKE_SQL, {"day": day, "size": size})
    return rows, workers


def keep(day: date, workers: str, rows: str = "{}") -> dict[UUID, str]:
    """Judge these and keep it; the colours of those whose colour changed."""
    text = KEEP_SQL.format(judged=all_sql(day, some=True))
    return dict(prepared.fetch(text, {"day": day, "workers": workers, "rows": rows}))
