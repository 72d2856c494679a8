"""Jobs are the outbox: they exist if and only if the transaction that deferred them did."""

from __future__ import annotations

from contextlib import suppress
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


@pytest.mark.django_db
def test_who_moves_the_clock_holds_the_jobs_and_hands_over_what_is_not_due():
    with jobs.held(discard=frozenset({"messaging.deliver"})) as queue:
        with transaction.atomic():
            jobs.defer("tests.remember", what="now")
            jobs.defer("messaging.deliver", message_id="never")
            jobs.defer("tests.remember", what="tomorrow", run_at=NOON + timedelta(days=1))
            with suppress(ZeroDivisionError), transaction.atomic():
                jobs.defer("tests.remember", what="rolled back")
                raise ZeroDivisionError
            # In the same transaction, and what was rolled back left nothing behind.
            assert queue.run_due(NOON) == 1
        assert queue.run_due(NOON) == 0
    assert ran == [("now", NOON)] and waiting() == 0
    assert queue.hand_over() == 1 and waiting() == 1
    assert jobs.drain(NOON) == 0 and jobs.drain(NOON + timedelta(days=1)) == 1
