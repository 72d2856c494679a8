"""What the house measures of itself, for Prometheus. No label ever carries a person, a number or an address.

Several processes write into the folder of PROMETHEUS_MULTIPROC_DIR, which the supervisor sets and empties; one
that runs alone keeps its figures in memory.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from prometheus_client import Counter, Histogram

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

REQUESTS = Histogram(
    "anxin_request_seconds",
    "Server time of requests by page or operation",
    ["page", "method"],
    buckets=SECONDS,
)
ANSWERS = Counter("anxin_answers", "Answers by page or operation and status", ["page", "method", "status"])
QUERIES = Counter("anxin_queries", "Database queries by page or operation", ["page"])
JOBS = Histogram("anxin_job_seconds", "Time of jobs by task", ["task"], buckets=SECONDS)
FAILED_JOBS = Counter("anxin_failed_jobs", "Jobs that raised, by task; each is tried again", ["task"])


class Count:
    """A wrapper for database cursors that counts what passes."""

    def __init__(self) -> None:
        self.queries = 0

    def __call__(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        self.queries += 1
        return execute(sql, params, many, context)


@contextmanager
def job(task: str) -> Iterator[None]:
    """Time one job, and note if it raises."""
    began = time.perf_counter()
    with FAILED_JOBS.labels(task).count_exceptions():
        try:
            yield
        finally:
            JOBS.labels(task).observe(time.perf_counter() - began)
