"""Jobs are the outbox: they exist if and only if the transaction that deferred them did."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction

from anxin.kit import jobs
from tests.cast import NOON

ran: list[tuple[str, object]] = []


@jobs.task("tests.remember")
def remember(*, at, what: str) -> None:
    ran.append((what, at))


@pytest.fixture(autouse=True)
def forget():
    ran.clear()


def waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'tests.remember' AND status = 'todo'"
        )
        return int(cursor.fetchone()[0])


def test_a_job_of_a_transaction_that_failed_never_was(db):
    with pytest.raises(RuntimeError), transaction.atomic():
        jobs.defer("tests.remember", what="lost")
        raise RuntimeError
    assert waiting() == 0


def test_a_job_runs_once_and_only_when_it_is_due(db):
    jobs.defer("tests.remember", what="now")
    jobs.defer("tests.remember", what="later", run_at=NOON + timedelta(hours=1))
    jobs.drain(NOON)
    assert [what for what, _ in ran] == ["now"]
    jobs.drain(NOON + timedelta(hours=2))
    jobs.drain(NOON + timedelta(hours=2))
    assert [what for what, _ in ran] == ["now", "later"]
    assert waiting() == 0


def test_what_is_discarded_leaves_the_queue_unrun(db):
    jobs.defer("tests.remember", what="never")
    jobs.drain(NOON, discard=frozenset({"tests.remember"}))
    assert not ran and waiting() == 0
