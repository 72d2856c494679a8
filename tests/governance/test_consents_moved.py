"""The migration that moves consents to where they are asked for, run on a house in which some were given."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from anxin.accounts import public as accounts
from anxin.accounts.values import Purpose
from tests import cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.requirement("B-6.2.3")]
BEFORE = ("governance", "0002_sweep")
COLUMNS = "id, person_id, purpose, version, text_hash, given_at, channel, withdrawn_at, withdrawn_channel"


@pytest.fixture
def given() -> Iterator[list[Any]]:
    """Two people's consents as the old table held them: in force, taken back, and given anew."""
    for salt in (1, 2):
        by = cast.Member(cast.new_person(salt, "王䶮")).actor
        accounts.give_consent(purpose=Purpose.LOCATION, version=1, by=by, at=cast.NOON)
        accounts.withdraw_consent(purpose=Purpose.LOCATION, by=by, at=cast.NOON + timedelta(hours=1))
        accounts.give_consent(purpose=Purpose.LOCATION, version=1, by=by, at=cast.NOON + timedelta(hours=2))
        accounts.give_consent(purpose=Purpose.HEALTH, version=1, by=by, at=cast.NOON)
    rows = consents("accounts_consent")
    call_command("migrate", *BEFORE, verbosity=0)
    yield rows
    call_command("migrate", verbosity=0)


def consents(table: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {COLUMNS} FROM {table} ORDER BY id")
        return list(cursor.fetchall())


def forget() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_consent")


@pytest.mark.thorough
def test_every_consent_arrives_as_it_was(given: list[Any]) -> None:
    assert len(given) == 6 and consents("governance_consent") == given
    forget()

    call_command("migrate", "governance", verbosity=0)

    assert consents("accounts_consent") == given
    assert "governance_consent" not in connection.introspection.table_names()


@pytest.mark.thorough
def test_a_house_that_went_back_comes_forward_again(given: list[Any]) -> None:
    """Going back leaves the new table as it is: nothing is doubled, nothing in the way."""
    call_command("migrate", "governance", verbosity=0)

    assert consents("accounts_consent") == given
