"""When a job is run again: after it failed, and after the process that ran it was gone."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import Error, IntegrityError, InterfaceError, OperationalError, connection, transaction
from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job

from anxin.kit.errors import Silent

# Nobody's fault of ours: a partner or the database is away, and comes back within a day.
PASSING: tuple[type[BaseException], ...] = (Silent, OperationalError, InterfaceError, OSError)
LONGEST_WAIT_S, PASSING_TRIES, OTHER_TRIES = 900, 100, 6
# A worker tells of itself every ten seconds.
GONE_AFTER_S = 60
# A job that is running whenever its process dies may well be what kills it.
DEATHS = 20


def pause_s(attempts: int) -> int:
    """Seconds until the next attempt, after `attempts` earlier ones: 4, 16, 64, 256, then every quarter of an hour."""
    return int(min(4 ** (min(attempts, 9) + 1), LONGEST_WAIT_S))


def _tries(trouble: BaseException) -> int:
    return PASSING_TRIES if isinstance(trouble, PASSING) else OTHER_TRIES


class Again(BaseRetryStrategy):
    """A day of patience with who is away; a mistake of ours is tried six times and then stays for a person to see."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if job.attempts >= _tries(exception):
            return None
        return RetryDecision(retry_in={"seconds": pause_s(job.attempts)})


def put_off(job_id: int, trouble: BaseException, *, at: datetime) -> bool:
    """Put a waiting job off that failed under the clock of its caller. False: it has had its tries."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT attempts FROM procrastinate_jobs WHERE id = %s", [job_id])
        attempts = cursor.fetchone()[0]
        if attempts >= _tries(trouble):
            return False
        cursor.execute(
            "UPDATE procrastinate_jobs SET attempts = attempts + 1, scheduled_at = %s WHERE id = %s",
            [at + timedelta(seconds=pause_s(attempts)), job_id],
        )
    return True


def take_up_abandoned(*, gone_after_s: float = GONE_AFTER_S) -> int:
    """Queue anew what a process was doing that is gone, so that its lock holds up nobody else. Returns how many.

    Of a periodic task the next tick may wait already: then the abandoned one is dropped.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT job.id, job.attempts FROM procrastinate_jobs job
            LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id
            WHERE job.status = 'doing'
              AND (worker.id IS NULL OR worker.last_heartbeat < now() - make_interval(secs => %s))
            ORDER BY job.id
            """,
            [gone_after_s],
        )
        found = cursor.fetchall()
    return sum(_again(job_id, attempts) for job_id, attempts in found)


def _again(job_id: int, attempts: int) -> bool:
    with connection.cursor() as cursor:
        try:
            with transaction.atomic():
                if attempts >= DEATHS:
                    cursor.execute("SELECT procrastinate_finish_job_v1(%s, 'failed', false)", [job_id])
                    return False
                cursor.execute("SELECT procrastinate_retry_job_v2(%s, now(), NULL, NULL, NULL)", [job_id])
                return True
        except IntegrityError:
            cursor.execute("SELECT procrastinate_finish_job_v1(%s, 'failed', true)", [job_id])
        except Error as gone:
            # Another process has taken it up, or it ended after all.
            if "not found or has an invalid status" not in str(gone):
                raise
    return False
