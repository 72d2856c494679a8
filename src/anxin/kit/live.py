"""Live updates where people wait: topics are touched at commit, and browsers that hold a token hear of it.

The token is minted by the page that has already checked who may see the topic; the stream server beside
Django needs no query to trust it.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from anxin.kit.crypto import read_token, sign_token

_unwatched: ContextVar[bool] = ContextVar("unwatched", default=False)
CHANNEL = "anxin_live"
TOKEN_SECONDS = 12 * 3600


def touch(topic: str) -> None:
    """Tell everybody who watches `topic` ("order:<id>") that it changed, when the transaction commits."""
    if _unwatched.get():
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, topic])


@contextmanager
def unwatched() -> Iterator[None]:
    """Touch nothing inside: for a past that is told when nobody can have been watching it."""
    token = _unwatched.set(True)
    try:
        yield
    finally:
        _unwatched.reset(token)


def stream_url(topics: Iterable[str]) -> str:
    """Address of the stream of these topics. Only call it for what the reader may see.

    The token says when the page was made: what changed between that moment and the stream's beginning is told
    as soon as the stream begins.
    """
    claims = {"t": sorted(topics), "at": int(time.time())}
    return f"{settings.ANXIN_LIVE_URL}/stream?token={sign_token('live', claims, TOKEN_SECONDS)}"


@dataclass(frozen=True)
class Watch:
    """What a reader watches, and since when (seconds of the epoch)."""

    topics: frozenset[str]
    since: int


def watch_of(token: str) -> Watch:
    """What a stream token allows. Raises crypto.Tampered."""
    claims = read_token("live", token)
    return Watch(frozenset(claims["t"]), claims["at"])
