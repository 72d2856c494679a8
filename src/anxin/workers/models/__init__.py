"""Tables of workers."""

from anxin.workers.models.archive import (
    Authorisation,
    AuthorisationMoved,
    AuthorisedItem,
    Conduct,
    ConductMoved,
    ExpiryTold,
    Practice,
)
from anxin.workers.models.block import Block
from anxin.workers.models.papers import Credential, Skill
from anxin.workers.models.time import Booking, Shift, WorkArea
from anxin.workers.models.worker import Affiliation, Standing, Worker, WorkerMoved, WorkerQuerySet

__all__ = [
    "Affiliation",
    "Authorisation",
    "AuthorisationMoved",
    "AuthorisedItem",
    "Block",
    "Booking",
    "Conduct",
    "ConductMoved",
    "Credential",
    "ExpiryTold",
    "Practice",
    "Shift",
    "Skill",
    "Standing",
    "WorkArea",
    "Worker",
    "WorkerMoved",
    "WorkerQuerySet",
]
