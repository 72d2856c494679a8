"""Tables of workers."""

from anxin.workers.models.papers import Credential, Skill
from anxin.workers.models.time import Booking, Shift, WorkArea
from anxin.workers.models.worker import Affiliation, Standing, Worker, WorkerMoved, WorkerQuerySet

__all__ = [
    "Affiliation",
    "Booking",
    "Credential",
    "Shift",
    "Skill",
    "Standing",
    "WorkArea",
    "Worker",
    "WorkerMoved",
    "WorkerQuerySet",
]
