"""GET /live/scan/<token>: what a scanned code is worth now, as JSON, for programs without an account.

Below any framework: all that Starlette or Django would add costs more than the answer.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, close_old_connections
from granian.rsgi import HTTPProtocol, Scope  # type: ignore[attr-defined]

from anxin.config.headers import bare_policy, common
from anxin.config.scanning.counting import Minute
from anxin.config.scanning.memory import Codes, Kept
from anxin.kit import clock
from anxin.kit.errors import Refusal, TooFast, Unavailable
from anxin.kit.network import Network, client_address
from anxin.safetycode import public as safetycode

PREFIX = "/live/scan/"
EXCHANGE_S, WRITE_S = 1.0, 5.0
log = logging.getLogger(__name__)


class Service:
    """Answers, counts, and every second tells the other processes what it counted."""

    def __init__(self, now: Callable[[], datetime] = clock.now) -> None:
        self._now = now
        self.codes = Codes(now)
        self._addresses, self._looks = Minute(safetycode.address_key), Minute(_look_key)
        self._limits = (0, 0)
        self._dirty: set[Kept] = set()
        self._unwritten: Counter[tuple[UUID, str, bool]] = Counter()
        self._second, self._at = 0, b""
        self._keys: list[bytes] = []
        self._trusted: tuple[Network, ...] = settings.ANXIN_TRUSTED_PROXIES
        self._headers = [
            (name.lower(), value)
            for name, value in {
                **common(),
                "Content-Security-Policy": bare_policy(),
                # Other platforms' scanners too.
                "Access-Control-Allow-Origin": "*",
                "Cross-Origin-Resource-Policy": "cross-origin",
                "Cache-Control": "no-store",
                "Content-Type": "application/json",
            }.items()
        ]

    async def __call__(self, scope: Scope, proto: HTTPProtocol) -> None:
        method = scope.method
        if method not in ("GET", "HEAD"):
            status, body = 405, b'{"error":"method_not_allowed"}'
        else:
            try:
                now = self._now().timestamp()
                if not self._limits[0]:
                    await self.exchange()
                token = self._admitted(scope, now)
                kept = self.codes.get(token.handle, now) or await self.codes.read(token.handle)
                status, body = 200, self._told(token, kept, now)
            except Refusal as refusal:
                status, body = refusal.status, _refused(refusal)
            except DatabaseError:
                status, body = Unavailable.status, _refused(Unavailable())
        if method == "HEAD":
            proto.response_empty(status, self._headers)
        else:
            proto.response_bytes(status, self._headers, body)

    def _admitted(self, scope: Scope, now: float) -> safetycode.Token:
        """What is asked for, if its address may ask so often. Refuses: TooFast, TokenForged."""
        if not self._addresses.take(_address(scope, self._trusted), self._limits[0], int(now) // 60):
            raise TooFast(seconds=60 - int(now) % 60)
        return safetycode.split(scope.path[len(PREFIX) :])

    def _told(self, token: safetycode.Token, kept: Kept | None, now: float) -> bytes:
        """The answer, counted. Refuses: TokenForged, TokenExpired, TooFast."""
        second, printed = int(now), token.printed
        minute = second // 60
        if kept is None or not self._is_ours(token, kept.secret):
            raise safetycode.TokenForged
        if safetycode.is_stale(token, minute):
            raise safetycode.TokenExpired
        if not self._looks.take((token.handle, printed), self._limits[1], minute):
            raise TooFast(seconds=60 - second % 60)
        kept.looks[printed] += 1
        self._dirty.add(kept)
        if second != self._second:
            told = datetime.fromtimestamp(second, UTC).isoformat().replace("+00:00", "Z")
            self._second, self._at = second, f'{{"at":"{told}","printed":'.encode()
        return self._at + (b"true," if printed else b"false,") + kept.tail

    def _is_ours(self, token: safetycode.Token, secret: str) -> bool:
        """Keys are asked for every second, and before a token is refused that was made under a newer one."""
        if safetycode.is_ours(token, secret, self._keys):
            return True
        self._keys = safetycode.token_keys()
        return safetycode.is_ours(token, secret, self._keys)

    async def run(self) -> None:
        """Exchange counts and write looks down, until cancelled."""
        written = time.monotonic()
        while True:
            await asyncio.sleep(EXCHANGE_S)
            try:
                await self.exchange()
                if time.monotonic() - written >= WRITE_S:
                    written = time.monotonic()
                    await self.write()
            except DatabaseError:
                log.warning("counts of scans wait: the database does not answer")

    async def exchange(self) -> None:
        """Tell the other processes what was counted here in this minute, and learn what all have."""
        at, self._keys = self._now(), safetycode.token_keys()
        minute = int(at.timestamp()) // 60
        told = [one.begin(minute) for one in (self._addresses, self._looks)]
        counts = {key: count for found in told for key, (_, count) in found.items()}
        self._limits, totals = await asyncio.to_thread(_exchanged, counts, at)
        for one, found in zip((self._addresses, self._looks), told, strict=True):
            one.end(minute, found, totals)

    async def write(self) -> None:
        """Write down how often codes were looked at since the last time; what cannot be written waits."""
        dirty, self._dirty = self._dirty, set()
        for kept in dirty:
            for printed, count in enumerate(kept.looks):
                self._unwritten[kept.code_id, kept.colour, bool(printed)] += count
            kept.looks = [0, 0]
        looks = +self._unwritten
        if looks:
            await asyncio.to_thread(_written, looks, self._now())
            self._unwritten -= looks


def _look_key(who: tuple[bytes, bool]) -> bytes:
    return safetycode.look_key(*who)


def _address(scope: Scope, trusted: tuple[Network, ...]) -> str:
    peer = scope.client.rpartition(":")[0].strip("[]")
    if not trusted:
        return peer
    forwarded = ",".join(value for name, value in scope.headers.items() if name == "x-forwarded-for")
    return client_address(peer, forwarded, trusted)


def _refused(refusal: Refusal) -> bytes:
    told: dict[str, Any] = {"error": refusal.code, "message": str(refusal)}
    return json.dumps(told, ensure_ascii=False).encode()


def _exchanged(counts: dict[bytes, int], at: datetime) -> tuple[tuple[int, int], dict[bytes, int]]:
    close_old_connections()
    try:
        return safetycode.look_limits(at), safetycode.share_counts(counts=counts, at=at)
    finally:
        close_old_connections()


def _written(looks: Counter[tuple[UUID, str, bool]], at: datetime) -> None:
    close_old_connections()
    try:
        safetycode.write_looks(looks=looks, at=at)
    finally:
        close_old_connections()
