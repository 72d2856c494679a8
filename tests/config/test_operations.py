"""What the operator's machines see: alive, ready, figures, log lines."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.test import Client

from anxin.config.management.commands import migrate
from anxin.config.operations import health
from anxin.kit import jobs, logs
from tests import cast

pytestmark = pytest.mark.requirement("A-7.4.3")


def check(name: str) -> health.Check:
    return next(one for one in health.look(cast.NOON) if one.name == name)


@pytest.mark.django_db
def test_it_is_ready_and_says_what_it_looked_at(client: Client) -> None:
    answer = client.get("/ready/")

    assert answer.status_code == 200
    assert answer.json()["ready"] is True
    assert answer.json()["checks"]["database"] == answer.json()["checks"]["migrations"] == "ok"


@pytest.mark.django_db
def test_strangers_learn_only_whether_it_is_ready(client: Client) -> None:
    assert client.get("/ready/", REMOTE_ADDR="203.0.113.9").json() == {"ready": True}
    assert client.get("/metrics", REMOTE_ADDR="203.0.113.9").status_code == 404


@pytest.mark.django_db
def test_a_database_that_does_not_answer_makes_it_not_ready(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down() -> str:
        raise DatabaseError("the server closed the connection")

    monkeypatch.setattr(health, "_database", down)

    answer = client.get("/ready/")

    assert answer.status_code == 503
    assert "the server closed the connection" in answer.json()["checks"]["database"]
    assert "migrations" not in answer.json()["checks"]
    assert client.get("/health/").status_code == 200


@pytest.mark.django_db
def test_a_migration_that_was_not_applied_makes_it_not_ready() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM django_migrations WHERE id = (SELECT max(id) FROM django_migrations WHERE app = 'web'"
            " OR app = 'workers')"
        )

    assert not check("migrations").ok


@pytest.mark.django_db
def test_a_full_disk_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "SMALLEST_FREE_BYTES", 10**18)

    assert "MB free" in check("disk").words
    assert not health.ready(health.look(cast.NOON))


@pytest.mark.django_db
def test_a_late_job_is_told_but_requests_still_come(monkeypatch: pytest.MonkeyPatch) -> None:
    jobs.defer("audit.seal", run_at=cast.NOON - timedelta(minutes=9))

    assert check("jobs").words == "a due job has waited 540 s"
    assert not check("worker").ok
    assert health.ready(health.look(cast.NOON))


@pytest.mark.django_db
def test_figures_count_requests_by_page_and_jobs_by_task(client: Client) -> None:
    jobs.defer("audit.seal", run_at=cast.NOON)
    client.get("/rules/")
    client.generic("BREW", "/rules/")
    client.get("/no/such/138001380000/")

    text = client.get("/metrics").content.decode()

    assert 'anxin_answers_total{method="GET",page="policies:published",status="200"}' in text
    assert 'method="other"' in text and "BREW" not in text
    assert 'page="none"' in text and "138001380000" not in text
    assert 'anxin_jobs{status="todo",task="audit.seal"} 1.0' in text
    assert "anxin_audit_unsealed" in text


@pytest.mark.requirement("A-7.4.4")
@pytest.mark.parametrize("form", [logs.Line, logs.Json])
def test_no_log_line_carries_a_number_of_a_person(form: type[logging.Formatter]) -> None:
    try:
        raise ValueError("cannot read 330112199003074513, 13800138000 or 6222020200112233445")
    except ValueError as trouble:
        record = logging.LogRecord(
            "anxin", logging.ERROR, "x.py", 1, "of +8613912345678", (), (type(trouble), trouble, None)
        )

    with logs.of_request("ab12"):
        logs.OfRequest().filter(record)
        line = form().format(record)

    assert "ab12" in line and line.count("[struck out]") == 4
    for number in ("330112199003074513", "13800138000", "6222020200112233445", "13912345678"):
        assert number not in line


def test_numbers_of_the_trade_stay_readable_in_logs() -> None:
    line = "order O260322-7KQ4M2XR, 1763787600.123456 s, sha256 0013800138000abc"

    assert logs.without_persons(line) == line


@pytest.mark.django_db(transaction=True)
def test_a_migration_gives_way_where_a_table_stays_locked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import psycopg

    monkeypatch.setattr(migrate, "LOCK_S", 0.1)
    monkeypatch.setattr(migrate, "TRIES", 1)
    parameters: dict[str, Any] = dict(connection.get_connection_params())
    for name in ("cursor_factory", "context"):
        parameters.pop(name, None)
    with psycopg.connect(**parameters) as other:
        other.execute("LOCK TABLE django_migrations IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(CommandError, match="stays locked"):
            call_command("migrate", verbosity=0)
    call_command("migrate", verbosity=0)
