"""The rule as the database works it out is the rule: over every combination, and over whatever may be shipped."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anxin.safetycode.queries.judging import all_sql
from anxin.safetycode.rules import SHIPPED, colour, turns_on
from anxin.safetycode.rules.sets import Book
from anxin.safetycode.rules.sql import told
from anxin.safetycode.values import Chosen, CodeFacts, Judgement
from tests import thorough
from tests.safetycode.combinations import DAY, FACTS, NEAR, books, every

THEN = datetime(2026, 1, 1, tzinfo=UTC)
# Tables of the same names come first in the search path: as many workers as there are combinations, and no people.
TABLES = {
    "safetycode_safetycode": "worker_id uuid, issuer_id uuid, state text, valid_to date",
    "workers_credential": "worker_id uuid, kind text, conclusion text, verified_at timestamptz,"
    " withdrawn_at timestamptz, valid_from date, valid_to date",
    "safetycode_creditoverlay": "worker_id uuid, score smallint, breach_on date, barred bool, ended_at timestamptz",
    "safetycode_rulechoice": "id int, issuer_id uuid, rule_set text, credit bool, valid_from date,"
    " created_at timestamptz",
}


class Enough(Exception):
    """Undo what was written."""


def in_sql(everybody: Iterable[CodeFacts], day: date, book: Book) -> dict[int, tuple[Any, ...]]:
    """What the database makes of each of them, by their place."""
    rows: dict[str, list[tuple[Any, ...]]] = {table: [] for table in TABLES}
    issuers: dict[tuple[Chosen, ...], UUID] = {}
    for n, facts in enumerate(everybody):
        worker = UUID(int=n)
        issuer = issuers.setdefault(facts.chosen, UUID(int=len(issuers))) if facts.chosen else None
        rows["safetycode_safetycode"].append((worker, issuer, facts.state, facts.valid_to))
        rows["workers_credential"] += [
            (worker, c.kind, c.conclusion, THEN if c.verified else None, None, c.valid_from, c.valid_to)
            for c in facts.papers.credentials
        ]
        credit = facts.credit
        rows["safetycode_creditoverlay"] += [
            (worker, credit.score, credit.breach_on, credit.barred, None),
            (worker, 0, DAY, True, THEN),  # what was said before no longer counts
        ]
    for chosen, issuer in issuers.items():
        rows["safetycode_rulechoice"] += [
            (n, issuer, one.rule_set, one.credit, one.valid_from, THEN + timedelta(seconds=n))
            for n, one in enumerate(chosen)
        ]
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            for table, columns in TABLES.items():
                cursor.execute(f"CREATE TEMP TABLE {table} ({columns}) ON COMMIT DROP")
                with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                    for row in rows[table]:
                        copy.write_row(row)
                cursor.execute(
                    f"CREATE INDEX ON {table} ({'worker_id' if 'worker_id' in columns else 'issuer_id'})"
                )
                cursor.execute(f"ANALYZE {table}")
            cursor.execute(all_sql(day, book), {"day": day})
            found = {row[0].int: row[1:] for row in cursor.fetchall()}
            raise Enough
    except Enough:
        return found


def in_python(judgement: Judgement, until: date | None) -> tuple[Any, ...]:
    return (
        str(judgement.colour), told(judgement), judgement.rule_set, judgement.rule_version, until,
    )  # fmt: skip


def compare(everybody: list[CodeFacts], day: date, book: Book) -> int:
    found = in_sql(everybody, day, book)
    for n, facts in enumerate(everybody):
        assert found[n] == in_python(colour(facts, day, book), turns_on(facts, day, book)), facts
    return len(found)


@pytest.mark.requirement("D-3a")
def test_over_every_combination(db: None) -> None:
    everybody = list(every())
    assert len(everybody) > 14_000
    tried = random.Random(7).sample(everybody, thorough.examples(len(everybody)))
    assert compare(tried, DAY, SHIPPED) == len(tried)


@pytest.mark.requirement("D-3a")
@settings(
    max_examples=thorough.examples(40),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(everybody=st.lists(FACTS, min_size=1, max_size=30), day=NEAR, book=books() | st.just(SHIPPED))
def test_over_any_papers_choices_and_rule_sets(
    db: None, everybody: list[CodeFacts], day: date, book: Book
) -> None:
    assert compare(everybody, day, book) == len(everybody)
