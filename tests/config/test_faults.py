"""Small faults in the suite; `make faults` does the same in the large, with processes and servers that are killed."""

from __future__ import annotations

import errno
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import OperationalError, connection
from django.test import Client
from procrastinate.jobs import Job

from anxin.accounts import public as accounts
from anxin.audit import public as audit
from anxin.config.operations import health
from anxin.kit import again, clock, jobs
from anxin.kit.actor import ANONYMOUS, SYSTEM
from anxin.kit.errors import Refusal, Silent
from anxin.messaging.models import SmsMessage
from anxin.web import public as web
from tests.cast import NOON, phone
from tests.orders import played
from tests.stage import START, Stage

pytestmark = pytest.mark.requirement("A-7.4.3")
ran: list[str] = []


@jobs.task("tests.fault")
def fault(*, at: Any, what: str) -> None:
    ran.append(what)


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Makes the database (or the disk) fail in the middle of a request."""

    def fail(trouble: Exception) -> Client:
        def broken(*_: Any, **__: Any) -> None:
            raise trouble

        monkeypatch.setattr("anxin.config.middleware.actor_of", broken)
        return Client(raise_request_exception=False)

    return fail


@pytest.mark.django_db
@pytest.mark.parametrize(
    "trouble",
    [OperationalError("the server closed the connection"), OSError(errno.ENOSPC, "No space left on device")],
)
def test_a_database_or_disk_that_fails_is_told_as_passing(away: Any, trouble: Exception) -> None:
    page = away(trouble).get("/")

    assert (page.status_code, page.headers["Retry-After"]) == (503, "10")
    assert "请稍等片刻" in page.text and "Traceback" not in page.text
    told = away(trouble).post("/api/v1/orders/", {}, content_type="application/json")
    assert (told.status_code, told.json()["code"]) == (503, "unavailable")


@pytest.mark.django_db
def test_a_mistake_of_ours_stays_a_500_and_a_program_is_told_in_the_form_of_a_refusal(away: Any) -> None:
    assert away(ValueError("a mistake")).get("/").status_code == 500
    told = away(ValueError("a mistake")).get("/api/v1/orders/")
    assert (told.status_code, told.json()["code"]) == (500, "broken")
    assert "a mistake" not in told.text


@pytest.mark.django_db
def test_the_page_of_a_passing_trouble_asks_the_database_nothing(
    rf: Any, django_assert_num_queries: Any
) -> None:
    request = rf.get("/")
    with django_assert_num_queries(0):
        try:
            raise OperationalError
        except OperationalError:
            assert web.broken(request).status_code == 503


def _doing(worker_silent_s: float | None, *, attempts: int = 0, lock: str | None = None) -> int:
    """A job that a worker has begun; the worker was heard of so long ago, None: it is gone."""
    jobs.defer("tests.fault", lock=lock, what="abandoned")
    with connection.cursor() as cursor:
        worker = None
        if worker_silent_s is not None:
            cursor.execute(
                "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => %s))"
                " RETURNING id",
                [worker_silent_s],
            )
            worker = cursor.fetchone()[0]
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s, attempts = %s"
            " WHERE id = (SELECT max(id) FROM procrastinate_jobs) RETURNING id",
            [worker, attempts],
        )
        return int(cursor.fetchone()[0])


def _status(job: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status FROM procrastinate_jobs WHERE id = %s", [job])
        return str(cursor.fetchone()[0])


@pytest.mark.django_db
@pytest.mark.parametrize("silent_s", [None, 300.0])
def test_the_job_of_a_killed_worker_is_run_again_once(silent_s: float | None) -> None:
    ran.clear()
    _doing(silent_s)
    assert jobs.drain(NOON + timedelta(days=9999)) == 0 and not ran

    assert again.take_up_abandoned() == 1
    assert again.take_up_abandoned() == 0
    jobs.drain(NOON + timedelta(days=9999))

    assert ran == ["abandoned"]


@pytest.mark.django_db
def test_the_job_of_a_living_worker_is_left_alone() -> None:
    job = _doing(5.0)
    assert again.take_up_abandoned() == 0
    assert _status(job) == "doing"


@pytest.mark.django_db
def test_a_job_during_which_process_after_process_dies_is_given_up() -> None:
    job = _doing(None, attempts=again.DEATHS)
    assert again.take_up_abandoned() == 0
    assert _status(job) == "failed"


@pytest.mark.django_db
def test_an_abandoned_tick_gives_way_to_the_next_one() -> None:
    job = _doing(None)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET queueing_lock = 'tick' WHERE id = %s", [job])
    jobs.defer("tests.fault", what="next")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET queueing_lock = 'tick' WHERE status = 'todo'")

    assert again.take_up_abandoned() == 0

    with connection.cursor() as cursor:
        cursor.execute("SELECT args->>'what' FROM procrastinate_jobs WHERE queueing_lock = 'tick'")
        assert cursor.fetchall() == [("next",)]


def _tries(trouble: BaseException) -> tuple[int, float]:
    """How often a job that always fails so is tried again, and over how many hours."""
    waited, tries, strategy = 0.0, 0, again.Again()
    while True:
        job = Job(
            id=1, queue="default", lock=None, queueing_lock=None, task_name="tests.fault", attempts=tries
        )
        if strategy.get_retry_decision(exception=trouble, job=job) is None:
            return tries, waited / 3600
        waited += again.pause_s(tries)
        tries += 1


@pytest.mark.parametrize("trouble", [Silent("no answer"), OperationalError("down")])
def test_a_partner_who_is_away_for_an_hour_is_asked_on(trouble: Exception) -> None:
    tries, hours = _tries(trouble)
    assert tries == 100 and 20 < hours < 30


def test_a_mistake_of_ours_is_tried_six_times() -> None:
    assert _tries(KeyError("x"))[0] == 6


@pytest.mark.django_db(transaction=True)
def test_a_clock_that_jumps_back_and_forth_breaks_neither_codes_nor_the_sealed_order() -> None:
    hour, number = timedelta(hours=1), phone(41)
    accounts.send_code(phone=number, purpose="sign_in", by=ANONYMOUS, at=NOON)
    code = str(SmsMessage.objects.latest("id").params["code"])
    with pytest.raises(Refusal):
        accounts.check_code(phone=number, purpose="sign_in", code=code, at=NOON + hour)
    for at in (NOON, NOON + hour, NOON - hour, NOON, NOON + hour):
        audit.record("orders.accept", by=SYSTEM, at=at, subject="order", subject_id="jump")
        audit.seal_batch(at=at)
        jobs.defer("orders.tick", run_at=at)
        jobs.drain(at, discard=frozenset({"messaging.deliver"}))

    seals, entries, faults = audit.verify()

    assert not faults and seals >= 5 and entries >= 5
    assert audit.Entry.objects.filter(subject_id="jump").count() == 5
    # The clock is right again: the code is within its time, and works once.
    accounts.check_code(phone=number, purpose="sign_in", code=code, at=NOON + timedelta(minutes=1))
    with pytest.raises(Refusal):
        accounts.check_code(phone=number, purpose="sign_in", code=code, at=NOON - hour)


DAY = 86_400.0


def test_a_clock_that_is_set_is_doubted_until_it_is_right_or_has_stayed() -> None:
    steady = clock.Steady()
    assert steady.look(1_000.0, 0.0)
    # Slow drift is the daily work of the time service.
    assert all(steady.look(1_000.0 + 1.1 * n, float(n)) for n in range(0, 2_000, 100))
    assert not steady.look(1_000.0 + DAY, 2_000.0)
    assert not steady.look(1_100.0 + DAY, 2_100.0)
    assert steady.look(1_000.0 + 1.1 * 1_900 + 300, 2_200.0), "put right"
    assert not steady.look(4_000.0 - DAY, 2_300.0), "backwards is doubted too"
    assert not steady.look(4_599.0 - DAY, 2_899.0)
    assert steady.look(4_601.0 - DAY, 2_901.0), "what stays for ten minutes is the time"


@pytest.mark.django_db(transaction=True)
def test_no_deadline_fires_while_the_clock_is_doubted(monkeypatch: pytest.MonkeyPatch) -> None:
    ticked: list[Any] = []
    run = jobs._by_the_clock("tests.deadline", lambda *, at: ticked.append(at))
    monkeypatch.setattr(clock, "_steady", clock.Steady())

    with time_machine.travel(NOON, tick=False):
        run(0)
    with time_machine.travel(NOON + timedelta(days=400), tick=False):
        run(0)
        assert not next(one for one in health.look(NOON) if one.name == "clock").ok
        assert health.ready(health.look(NOON))
    with time_machine.travel(NOON + timedelta(seconds=30), tick=False):
        run(0)

    assert ticked == [NOON, NOON + timedelta(seconds=30)]


@pytest.mark.django_db(transaction=True)
def test_a_code_sent_by_a_clock_that_ran_ahead_does_not_live_on_when_it_is_right() -> None:
    number = phone(42)
    accounts.send_code(phone=number, purpose="sign_in", by=ANONYMOUS, at=NOON + timedelta(days=1))
    code = str(SmsMessage.objects.latest("id").params["code"])

    with pytest.raises(Refusal):
        accounts.check_code(phone=number, purpose="sign_in", code=code, at=NOON)


def test_work_that_ends_before_it_began_by_a_clock_set_back_has_no_negative_length(stage: Stage) -> None:
    _order, day = played.paid(stage, at=START - timedelta(hours=2))

    assert day.done_at == day.entered_at == START
