"""The answers of codes, kept in memory for as long as they are true.

Whoever changes a fact is heard at their commit (LISTEN); what was read while they were committing is read again. While
nobody listens nothing is kept.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import close_old_connections

from anxin.kit.clock import local
from anxin.safetycode import public as safetycode

CHANNEL = "anxin_codes"
EVERYBODY = "*"
# Names of workers, agencies and issuers change without a word to us.
KEEP_S = 300.0
MOST = 200_000


class Kept:
    """A code's answer, the times its looks are counted by, and when it has to be read anew."""

    __slots__ = ("code_id", "colour", "looks", "secret", "tail", "until", "worker")

    def __init__(self, found: safetycode.Served, until: float) -> None:
        self.code_id, self.worker, self.secret = found.code_id, str(found.worker_id), found.secret
        self.colour, self.until = found.colour, until
        self.tail = json.dumps(found.answer, ensure_ascii=False, separators=(",", ":"))[1:].encode()
        self.looks = [0, 0]


class Codes:
    """Codes by handle."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._kept: dict[bytes, Kept] = {}
        self._handles: dict[str, bytes] = {}
        self._coming: dict[bytes, asyncio.Task[Kept | None]] = {}
        # Of each reading under way the workers whose facts changed since it began.
        self._changed: list[set[str]] = []
        self._listening = False

    def get(self, handle: bytes, now: float) -> Kept | None:
        """What is kept of a code, if it still holds."""
        kept = self._kept.get(handle)
        return kept if kept is not None and now < kept.until else None

    async def read(self, handle: bytes) -> Kept | None:
        """A code from the database; None if there is none. Many who ask at once cost one reading."""
        task = self._coming.get(handle)
        if task is None:
            task = self._coming[handle] = asyncio.create_task(self._read(handle))
            task.add_done_callback(lambda _: self._coming.pop(handle, None))
        return await asyncio.shield(task)

    async def _read(self, handle: bytes) -> Kept | None:
        while True:
            changed: set[str] = set()
            self._changed.append(changed)
            try:
                at = self._now()
                found = await asyncio.to_thread(_served, handle, at)
            finally:
                self._changed.remove(changed)
            if found is None:
                return None
            if changed.isdisjoint({str(found.worker_id), EVERYBODY}):
                return self._keep(handle, Kept(found, min(at.timestamp() + KEEP_S, _midnight(at))))

    def _keep(self, handle: bytes, kept: Kept) -> Kept:
        if self._listening:
            if len(self._kept) >= MOST:
                self._drop(next(iter(self._kept)))
            self._kept[handle] = kept
            self._handles[kept.worker] = handle
        return kept

    def _drop(self, handle: bytes) -> None:
        gone = self._kept.pop(handle, None)
        if gone is not None and self._handles.get(gone.worker) == handle:
            del self._handles[gone.worker]

    def listening(self, on: bool) -> None:
        """From now on changes are heard, or they no longer are: what was kept may be old either way."""
        self._listening = on
        self.hear(EVERYBODY)

    def hear(self, worker: str) -> None:
        """A fact about a worker has changed."""
        for changed in self._changed:
            changed.add(worker)
        if worker == EVERYBODY:
            self._kept.clear()
            self._handles.clear()
        elif (handle := self._handles.get(worker)) is not None:
            self._drop(handle)


def _served(handle: bytes, at: datetime) -> safetycode.Served | None:
    close_old_connections()
    try:
        return safetycode.served(handle, at)
    finally:
        close_old_connections()


def _midnight(at: datetime) -> float:
    here = local(at)
    return (here.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)).timestamp()
