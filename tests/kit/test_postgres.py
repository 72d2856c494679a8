"""Savepoints travel with the next statement, and undo what they always undid."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql import base
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anxin.accounts.models import Organisation
from anxin.kit import prepared
from tests import thorough

Steps = list[Any]


def table() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE IF NOT EXISTS held (n int PRIMARY KEY) ON COMMIT DROP")
        cursor.execute("TRUNCATE held")


def write(number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO held VALUES (%s)", [number])


def held() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT n FROM held ORDER BY n")
        return [n for (n,) in cursor.fetchall()]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch, db: None) -> list[str]:
    """What goes to the server, one entry a round trip."""
    table()
    connection.send_waiting()  # type: ignore[attr-defined]
    found: list[str] = []
    real = base.Cursor.execute

    def execute(self: Any, query: Any, params: Any = None, **options: Any) -> Any:
        found.append(str(query))
        return real(self, query, params, **options)

    monkeypatch.setattr(base.Cursor, "execute", execute)
    return found


def test_a_savepoint_goes_with_the_statement_inside_and_its_end_with_the_next(sent: list[str]) -> None:
    with transaction.atomic():
        write(1)
    with transaction.atomic():
        write(2)
    assert held() == [1, 2]
    assert [text.count(";") for text in sent] == [1, 2, 1]


def test_where_nothing_is_asked_nothing_is_sent(sent: list[str]) -> None:
    for _ in range(3):
        with transaction.atomic(), transaction.atomic():
            pass
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        raise ZeroDivisionError
    assert sent == []
    assert held() == [] and sent == ["SELECT n FROM held ORDER BY n"]


def test_what_failed_is_undone_and_the_rest_goes_on(sent: list[str]) -> None:
    with transaction.atomic():
        write(1)
        with pytest.raises(IntegrityError), transaction.atomic():
            write(2)
            write(1)
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            write(3)
            with transaction.atomic():
                write(4)
            raise ZeroDivisionError
        write(5)
    assert held() == [1, 5]


def test_a_value_that_cannot_be_sent_leaves_the_savepoint_in_order(sent: list[str]) -> None:
    with pytest.raises(Exception, match="adapt"), transaction.atomic():
        write(object())  # type: ignore[arg-type]
    write(1)
    assert held() == [1]


def test_prepared_statements_and_copies_are_inside_as_well(sent: list[str]) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        prepared.fetch("INSERT INTO held VALUES (%(n)s::int) RETURNING n", {"n": 1})
        raise ZeroDivisionError
    with pytest.raises(ZeroDivisionError), transaction.atomic(), connection.cursor() as cursor:
        with cursor.copy("COPY held FROM STDIN") as into:
            into.write_row((2,))
        raise ZeroDivisionError
    with pytest.raises(ZeroDivisionError), transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany("INSERT INTO held VALUES (%s)", [(3,), (4,)])
        raise ZeroDivisionError
    assert held() == []


def test_rows_and_counts_are_those_of_the_statement(jia: Organisation) -> None:
    with transaction.atomic():
        assert Organisation.objects.filter(pk=jia.pk).update(name="新") == 1
    with transaction.atomic():
        assert [row.name for row in Organisation.objects.filter(pk=jia.pk).iterator()] == ["新"]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1; SELECT 2, 3")
        assert cursor.fetchall() == [(1,)]
        assert cursor.nextset() and cursor.fetchall() == [(2, 3)]


@pytest.mark.django_db(transaction=True)
def test_a_savepoint_that_waits_ends_with_its_transaction() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        list(Organisation.objects.all()[:1])
        transaction.savepoint()
        raise ZeroDivisionError
    with transaction.atomic(), transaction.atomic():
        list(Organisation.objects.all()[:1])
    assert connection.waiting == []  # type: ignore[attr-defined]


# A step: a number is written, or a list is a savepoint around its steps; True at the end of one: it fails.
STEPS: st.SearchStrategy[Steps] = st.recursive(
    st.lists(st.integers(1, 9), max_size=3),
    lambda inner: st.lists(st.one_of(st.integers(1, 9), st.tuples(inner, st.booleans())), max_size=4),
    max_leaves=12,
)


class Undone(Exception):
    pass


def told(steps: Steps, before: frozenset[int]) -> frozenset[int]:
    """What there should be after the steps. Raises Undone where a number is there already."""
    now = before
    for step in steps:
        if isinstance(step, tuple):
            inner, fails = step
            try:
                after = told(inner, now)
            except Undone:
                continue
            now = now if fails else after
        elif step in now:
            raise Undone
        else:
            now |= {step}
    return now


def done(steps: Steps) -> None:
    for step in steps:
        if isinstance(step, tuple):
            inner, fails = step
            try:
                with transaction.atomic():
                    done(inner)
                    if fails:
                        raise Undone
            except (Undone, IntegrityError):
                pass
        else:
            write(step)


@pytest.mark.django_db
@settings(
    max_examples=thorough.examples(60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS)
def test_any_nest_of_savepoints_leaves_what_it_should(steps: Steps) -> None:
    table()
    done([(steps, False)])
    assert held() == sorted(told([(steps, False)], frozenset()))
