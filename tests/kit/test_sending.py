"""Statements that the server keeps prepared: what stays, what is thrown away, and how values come back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from django.db import DataError, IntegrityError, ProgrammingError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from anxin.kit import prepared
from anxin.kit.postgres import sending

pytestmark = pytest.mark.django_db(transaction=True)
ADD = "INSERT INTO kept VALUES (%(n)s::int) RETURNING n"
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | TEXTS, lambda inner: st.lists(inner, max_size=3)
)


@pytest.fixture
def kept() -> Any:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE kept (n int PRIMARY KEY)")
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE kept")


def ready(part: str) -> list[str]:
    """Which of the statements with this in them the server has ready, by name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM pg_prepared_statements WHERE statement LIKE %s ORDER BY 1", [f"%{part}%"]
        )
        return [name for (name,) in cursor.fetchall()]


def test_a_statement_is_prepared_when_it_comes_again_and_stays_so_after_a_refusal(kept: None) -> None:
    assert prepared.fetch(ADD, {"n": 1}) == [(1,)] and ready("INTO kept") == []
    assert prepared.fetch(ADD, {"n": 2}) == [(2,)]
    names = ready("INTO kept")
    assert len(names) == 1
    with pytest.raises(IntegrityError, match="kept_pkey"):
        prepared.fetch(ADD, {"n": 2})
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        assert prepared.fetch(ADD, {"n": 3}) == [(3,)]
        raise ZeroDivisionError
    assert prepared.fetch(ADD, {"n": 4}) == [(4,)] and ready("INTO kept") == names
    assert prepared.fetch("SELECT n FROM kept ORDER BY n", {}) == [(1,), (2,), (4,)]


def test_it_is_part_of_the_transaction_that_it_begins(kept: None) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        prepared.fetch(ADD, {"n": 1})
        prepared.fetch(ADD, {"n": 1})
    with transaction.atomic():
        prepared.fetch(ADD, {"n": 5})
        connection.set_rollback(True)
    assert prepared.fetch("SELECT count(*) FROM kept", {}) == [(0,)]


def test_what_gives_no_rows_is_told(kept: None) -> None:
    with pytest.raises(ProgrammingError, match="no rows"):
        prepared.fetch("DELETE FROM kept WHERE n = %(n)s", {"n": 1})


def test_a_table_that_changes_costs_one_refusal(kept: None) -> None:
    every = "SELECT * FROM kept"
    for _ in range(2):
        assert prepared.fetch(every, {}) == []
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE kept ADD COLUMN m int")
        cursor.execute("INSERT INTO kept VALUES (1, 2)")
    with pytest.raises(Exception, match="cached plan"):
        prepared.fetch(every, {})
    assert prepared.fetch(every, {}) == [(1, 2)]


def test_the_oldest_makes_room(kept: None, monkeypatch: pytest.MonkeyPatch) -> None:
    connection.close()
    monkeypatch.setattr(sending, "KEPT", 2)
    for number in (1, 2, 3):
        for _ in range(2):
            assert prepared.fetch(f"SELECT 'room', {number}", {}) == [("room", number)]
    assert len(ready("'room'")) == 2
    assert prepared.fetch("SELECT 'room', 1", {}) == [("room", 1)]


def test_another_connection_begins_anew(kept: None) -> None:
    for _ in range(2):
        prepared.fetch("SELECT 'anew'", {})
    connection.close()
    assert prepared.fetch("SELECT 'anew'", {}) == [("anew",)] and ready("'anew'") == []


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)),
    st.integers(-12 * 60, 14 * 60), st.sampled_from(["UTC", "Asia/Shanghai", "Asia/Kolkata"]), PLAIN,
)  # fmt: skip
def test_values_come_back_as_they_went(when: datetime, minutes: int, zone: str, plain: Any) -> None:
    sent = when.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    text = (
        "SELECT %(moment)s::timestamptz, %(json)s::jsonb::json, %(id)s::uuid, %(none)s::text, %(day)s::date"
    )
    values = {"moment": sent, "json": Jsonb(plain), "id": UUID(int=7), "none": None, "day": when.date()}
    with connection.cursor() as cursor:
        cursor.execute("SET TIME ZONE %s", [zone])
    try:
        [found] = prepared.fetch(text, values)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET TIME ZONE 'UTC'")
    assert found == (sent, plain, UUID(int=7), None, when.date())
    assert found[0].tzinfo is UTC


def test_a_moment_beyond_the_calendar_is_told() -> None:
    with pytest.raises(DataError, match="infinity"):
        prepared.fetch("SELECT 'infinity'::timestamptz", {})
