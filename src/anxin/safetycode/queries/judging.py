"""Whole cities judged by the database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from uuid import UUID

from django.db import connection

from anxin.safetycode.models import SafetyCode
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
    papers, codes = (f" AND {one}.worker_id IN (SELECT id FROM who)" if some else "" for one in "ck")
    return judged_sql(book, day, worth_sql(spared, papers), rank=RANK, first_day=FIRST_DAY, among=codes)


# Those whose judgement is another than the one that is kept, by the tables as they are now.
STALE_SQL = f"""
  SELECT f.worker_id FROM ({{judged}}) f LEFT JOIN safetycode_judged o ON o.worker_id = f.worker_id
  WHERE o.worker_id IS NULL OR ({_NEW}) IS DISTINCT FROM ({_OLD})
"""  # nosec B608  # only our own constants and placeholders

# Keeps the judgements of %(workers)s and gives those whose colour is another than before.
KEEP_SQL = f"""
  WITH who AS MATERIALIZED (SELECT unnest(%(workers)s::uuid[]) AS id),
  o AS MATERIALIZED (SELECT j.* FROM safetycode_judged j WHERE j.worker_id IN (SELECT id FROM who)),
  f AS MATERIALIZED ({{judged}}),
  kept AS (
    INSERT INTO safetycode_judged (worker_id, {", ".join(_COLUMNS)})
    SELECT f.worker_id, {_NEW} FROM f LEFT JOIN o ON o.worker_id = f.worker_id
    WHERE o.worker_id IS NULL OR ({_NEW}) IS DISTINCT FROM ({_OLD})
    ON CONFLICT (worker_id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in _COLUMNS)}
  )
  SELECT f.worker_id, f.colour FROM f LEFT JOIN o ON o.worker_id = f.worker_id
  WHERE o.worker_id IS NULL OR f.colour <> o.colour
"""  # nosec B608  # only our own constants and placeholders


def lock(worker_ids: Iterable[UUID]) -> list[UUID]:
    """Those of the workers who have a code, the code's row locked: what is read afterwards is not older than what
    anybody else who judges has written. Locked in one order, so that nobody waits in a circle."""
    rows = SafetyCode.objects.select_for_update(no_key=True).filter(worker__in=list(worker_ids))
    return list(rows.order_by("worker_id").values_list("worker_id", flat=True))


def listed(day: date, *, size: int) -> tuple[list[int], list[UUID]]:
    """The next on the list, and of those whose day has come: (rows of the list, workers), each at most `size`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, worker_id FROM safetycode_due ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED", [size]
        )
        rows = cursor.fetchall()
        workers = {worker_id for _, worker_id in rows}
        if len(workers) < size:
            cursor.execute(
                """
                SELECT j.worker_id FROM safetycode_judged j WHERE j.turns_on <= %s AND EXISTS (
                  SELECT 1 FROM safetycode_safetycode k WHERE k.worker_id = j.worker_id)
                ORDER BY j.turns_on LIMIT %s
                """,
                [day, size - len(workers)],
            )
            workers |= {worker_id for (worker_id,) in cursor.fetchall()}
    return [row_id for row_id, _ in rows], list(workers)
