"""The worker that an address names."""

from __future__ import annotations

from anxin.kit.access import Request
from anxin.safetycode import queries
from anxin.safetycode.actions import NoCode
from anxin.safetycode.models import SafetyCode
from anxin.workers.public import NoSuchWorker, Worker


def worker_numbered(request: Request, number: str) -> Worker:
    """Refuses: NoSuchWorker, whom there is not or whom the actor may not see."""
    row: Worker | None = Worker.objects.visible_to(request.actor).filter(number=number.upper()).first()
    if row is None:
        raise NoSuchWorker
    return row


def code_numbered(request: Request, number: str) -> SafetyCode:
    """The code of the worker with this number. Refuses: NoSuchWorker, NoCode."""
    code: SafetyCode | None = queries.code_of(worker_numbered(request, number).pk)
    if code is None:
        raise NoCode
    return code
