"""Migrations are applied while the trade goes on: what each may do, and that it gives way."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection

from anxin.config.lean_states import lean_states
from anxin.config.management.commands import migrate
from anxin.kit.ids import new_id
from tests import cast
from tests.thorough import SHARE
from tools import migrations

pytestmark = pytest.mark.requirement("A-7.4.3")
# A table that grows and that nobody's migration depends on: it goes one step back and forth again.
BACK = ("notices", "0002_longer_kinds")
WRITE = (
    "INSERT INTO notices_notice (id, person_id, kind, title, body, url, at)"
    " VALUES (%s, %s, 'orders.accepted', '', '', '', now())"
)


@pytest.mark.thorough
@pytest.mark.django_db(transaction=True)
def test_every_migration_after_the_first_may_run_while_the_trade_goes_on() -> None:
    assert migrations.problems(migrations.faults()) == []


@pytest.mark.skipif(SHARE in os.environ, reason="takes half a minute: make test-pg runs it")
@pytest.mark.django_db(transaction=True)
def test_lean_states_run_the_very_statements_that_django_runs() -> None:
    with lean_states():
        lean = [(str(migration), statements) for migration, statements in migrations.runs()]

    assert lean == [(str(migration), statements) for migration, statements in migrations.runs()]
    assert len(lean) > 50


@pytest.mark.parametrize(
    ("kind", "statement"),
    [
        ("not null", 'ALTER TABLE "orders_order" ADD COLUMN "x" integer NOT NULL'),
        ("drop default", 'ALTER TABLE "orders_order" ALTER COLUMN "x" DROP DEFAULT'),
        ("set not null", 'ALTER TABLE "orders_order" ALTER COLUMN "x" SET NOT NULL'),
        ("rewrite", 'ALTER TABLE "orders_order" ALTER COLUMN "x" TYPE bigint USING "x"::bigint'),
        ("rewrite", 'ALTER TABLE "orders_order" ADD COLUMN "x" uuid DEFAULT gen_random_uuid() NOT NULL'),
        ("rewrite", 'ALTER TABLE "orders_order" ADD COLUMN "x" int GENERATED ALWAYS AS ("a" + 1) STORED'),
        ("index", 'CREATE INDEX "x" ON "orders_order" ("a")'),
        ("index", 'CREATE UNIQUE INDEX "x" ON "orders_order" ("a") WHERE "b" = 1'),
        ("drop index", 'DROP INDEX IF EXISTS "x"'),
        ("constraint", 'ALTER TABLE "orders_order" ADD CONSTRAINT "x" CHECK ("a" > 0)'),
        ("constraint", 'ALTER TABLE "orders_order" ADD CONSTRAINT "x" UNIQUE ("a")'),
        ("reference", 'ALTER TABLE "orders_order" ADD COLUMN "x" uuid NULL CONSTRAINT "y" REFERENCES "files_f"("id")'),
        ("drop", 'ALTER TABLE "orders_order" DROP COLUMN "x" CASCADE'),
        ("drop", 'ALTER TABLE "orders_order" RENAME COLUMN "x" TO "y"'),
        ("rows", "UPDATE orders_order SET a = 1"),
        ("lock", "LOCK TABLE orders_order"),
    ],
)  # fmt: skip
def test_what_would_stop_the_trade_is_found(kind: str, statement: str) -> None:
    assert [fault.kind for fault in migrations.judged("orders.0009_x", [statement])] == [kind]


@pytest.mark.parametrize(
    "statements",
    [
        ['ALTER TABLE "orders_order" ADD COLUMN "x" integer NULL'],
        ['ALTER TABLE "orders_order" ADD COLUMN "x" varchar(8) DEFAULT \'\' NOT NULL'],
        ['CREATE INDEX CONCURRENTLY "x" ON "orders_order" ("a")'],
        ['ALTER TABLE "orders_order" ADD CONSTRAINT "x" CHECK ("a" > 0) NOT VALID'],
        ['ALTER TABLE "orders_order" VALIDATE CONSTRAINT "x"'],
        ['CREATE TABLE "orders_new" ("id" uuid)', 'CREATE INDEX "x" ON "orders_new" ("id")'],
    ],
)
def test_steps_that_hold_nobody_up_are_let_through(statements: list[str]) -> None:
    assert list(migrations.judged("orders.0009_x", statements)) == []


def test_an_allowance_that_nothing_needs_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(migrations.ALLOWED, ("orders.0009_x", "index"), "a reason")

    told = migrations.problems([])

    assert "orders.0009_x: index is allowed and not done" in told
    assert len(told) == len(migrations.ALLOWED) + len(migrations.BEFORE_THE_FIRST_RELEASE)


def _beside() -> Any:
    parameters: dict[str, Any] = dict(connection.get_connection_params())
    for name in ("cursor_factory", "context"):
        parameters.pop(name, None)
    return psycopg.connect(**parameters, autocommit=True)


class Client:
    """Does one thing after the other beside the migration, and counts what is done."""

    def __init__(self, act: Callable[[Any], None]) -> None:
        self.act, self.done, self.wrong = act, 0, list[str]()
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self) -> None:
        with _beside() as other:
            while not self.stop.is_set():
                try:
                    self.act(other)
                except psycopg.Error as trouble:
                    self.wrong.append(repr(trouble))
                self.done += 1
                time.sleep(0.01)

    def goes_on(self) -> bool:
        """Whether something that began after now is done; nothing hangs on how quick the machine is."""
        wanted, end = self.done + 2, time.monotonic() + 60
        while self.done < wanted and time.monotonic() < end:
            time.sleep(0.01)
        return self.done >= wanted

    def leave(self) -> None:
        self.stop.set()
        self.thread.join()


@pytest.mark.thorough
@pytest.mark.django_db(transaction=True)
def test_pending_migrations_are_applied_while_readers_and_writers_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    person = cast.new_person(1, "王䶮").pk
    call_command("migrate", *BACK, verbosity=0)
    written: list[Any] = []

    def read(other: Any) -> None:
        other.execute("SELECT count(*) FROM notices_notice").fetchone()

    def write(other: Any) -> None:
        key = new_id()
        other.execute(WRITE, [key, person])
        written.append(key)

    held = _beside()
    held.autocommit = False
    clients = [Client(read), Client(write)]
    went_on: list[bool] = []

    def pause(_seconds: float) -> None:
        """The migration gave way. Whoever reads for long goes on to; everybody else is served, then they end."""
        went_on.extend(client.goes_on() for client in clients)
        held.rollback()

    monkeypatch.setattr(migrate, "LOCK_S", 0.2)
    monkeypatch.setattr(migrate, "time", SimpleNamespace(sleep=pause))
    held.execute("SELECT 1 FROM notices_notice")
    # A migration that does not give way would wait for the reader for ever.
    rescue = threading.Timer(120, held.rollback)
    rescue.start()
    try:
        call_command("migrate", verbosity=0)
        after = [client.goes_on() for client in clients]
    finally:
        rescue.cancel()
        for client in clients:
            client.leave()
        held.close()
        call_command("migrate", verbosity=0)

    assert went_on, "the migration did not give way to the reader"
    assert all(went_on), "clients queued behind a migration that was waiting for its lock"
    assert all(after)
    assert [client.wrong for client in clients] == [[], []]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM notices_notice WHERE id = ANY(%s)", [written])
        assert cursor.fetchone()[0] == len(written)
