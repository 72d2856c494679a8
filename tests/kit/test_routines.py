"""Several statements in one trip: made at the first call, kept whatever becomes of the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.db import ProgrammingError, connection, transaction

from anxin.kit.routines import Routine

pytestmark = pytest.mark.django_db(transaction=True)
BODY = "BEGIN IF %(times)s > 9 THEN RETURN NULL; END IF; RETURN json_build_array(%(word)s, %(times)s * {by}); END"
TAKES = {"word": "text", "times": "int", "moment": "timestamptz"}
VALUES = {"word": "门", "times": 2, "unused": None}


@pytest.fixture
def name() -> Iterator[str]:
    found = "routine" + uuid4().hex[:8]
    yield found
    with connection.cursor() as cursor:
        cursor.execute("SELECT oid::regprocedure::text FROM pg_proc WHERE starts_with(proname, %s)", [found])
        for (one,) in cursor.fetchall():
            cursor.execute(f"DROP FUNCTION {one}")


def test_it_costs_one_statement_and_outlives_a_refusal(name: str, django_assert_num_queries) -> None:
    routine = Routine(name, BODY.format(by=3), takes=TAKES)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        assert routine.fetch(VALUES) == ["门", 6]
        raise ZeroDivisionError
    with django_assert_num_queries(1):
        assert routine.fetch(VALUES) == ["门", 6]
    assert routine.fetch({**VALUES, "times": 10}) is None


def test_another_text_is_another_one_and_the_old_goes_on(name: str) -> None:
    old, new, same = (Routine(name, BODY.format(by=by), takes=TAKES) for by in (3, 4, 4))
    assert [one.fetch(VALUES)[1] for one in (old, new, same, old)] == [6, 8, 8, 6]
    assert old.name != new.name == same.name


def test_where_it_is_gone_the_next_call_makes_it(name: str) -> None:
    routine = Routine(name, BODY.format(by=3), takes=TAKES)
    routine.fetch(VALUES)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP FUNCTION {routine.name}")
    with pytest.raises(ProgrammingError):
        routine.fetch(VALUES)
    assert routine.fetch(VALUES) == ["门", 6]
