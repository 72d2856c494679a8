"""Figures for Prometheus: what the processes counted, and what the database says at the moment of asking."""

from __future__ import annotations

import os
from collections.abc import Iterator

from prometheus_client import REGISTRY, CollectorRegistry, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from anxin.audit.public import unsealed
from anxin.kit import clock, jobs


class FromDatabase(Collector):
    """Read when asked for; a figure that one process kept would be wrong in the next."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        waiting = jobs.backlog(clock.now())
        by_task = GaugeMetricFamily("anxin_jobs", "Jobs by task and status", labels=["task", "status"])
        for (task, status), number in sorted(waiting.counts.items()):
            by_task.add_metric([task, status], number)
        yield by_task
        yield GaugeMetricFamily("anxin_job_overdue_seconds", "Wait of the oldest due job", waiting.overdue_s)
        if waiting.seen_s is not None:
            yield GaugeMetricFamily(
                "anxin_worker_silent_seconds", "Since a worker was heard of", waiting.seen_s
            )
        yield GaugeMetricFamily("anxin_audit_unsealed", "Audit entries not sealed yet", unsealed())


def exposition() -> bytes:
    """All figures in the text format of Prometheus. Three queries."""
    registry = CollectorRegistry()
    registry.register(FromDatabase())
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)
    return generate_latest(registry) + generate_latest(REGISTRY)
