"""The live server's streams of what changed, fed by LISTEN, with no query each; what is said of codes goes to scans."""

from __future__ import annotations

import asyncio
import os
import time
from collections import defaultdict
from collections.abc import AsyncIterator

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anxin.config.settings")

import django
import psycopg
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

django.setup()

from django.conf import settings
from django.db import connection

from anxin.config import scanning
from anxin.config.headers import AsgiHeaders
from anxin.kit.crypto import Tampered
from anxin.kit.live import CHANNEL, watch_of

PING_SECONDS = 20
LOOK_S = 5.0
LISTEN = f"LISTEN {CHANNEL}; LISTEN {scanning.CHANNEL}"
REMEMBERED = 50_000
_watchers: dict[str, set[asyncio.Event]] = defaultdict(set)
# When each topic was last touched, the oldest first: a reader whose page is older is told at once.
_touched: dict[str, float] = {}
_listening_since = [time.time()]
scans = scanning.Service()


def remember(topic: str) -> None:
    """Note that a topic was touched just now; of too many the oldest are let go."""
    _touched.pop(topic, None)
    _touched[topic] = time.time()
    if len(_touched) > REMEMBERED:
        del _touched[next(iter(_touched))]


def missed(topics: frozenset[str], since: int) -> bool:
    """Whether a topic changed after the page was made, as far as this server can tell; if it cannot, yes."""
    return since < _listening_since[0] or any(_touched.get(topic, 0) >= since for topic in topics)


async def listen() -> None:
    """Pass everything on that is said; connect again when the database went away, and wake all readers then."""
    parameters = connection.get_connection_params()
    for name in ("cursor_factory", "context"):
        parameters.pop(name, None)
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(**parameters, autocommit=True) as link:
                await link.execute(LISTEN)
                _listening_since[0] = time.time()
                scans.codes.listening(True)
                for waiting in [event for events in _watchers.values() for event in events]:
                    waiting.set()
                while True:
                    async for note in link.notifies(timeout=LOOK_S):
                        _pass_on(note)
                    # A link that died without a word would let old colours stand.
                    await asyncio.wait_for(link.execute(LISTEN), LOOK_S)
        except (psycopg.OperationalError, TimeoutError):
            scans.codes.listening(False)
            await asyncio.sleep(1)


def _pass_on(note: psycopg.Notify) -> None:
    if note.channel == scanning.CHANNEL:
        scans.codes.hear(note.payload)
        return
    remember(note.payload)
    for waiting in tuple(_watchers.get(note.payload, ())):
        waiting.set()


async def stream(request: Request) -> Response:
    """One reader: an event "changed" each time one of the token's topics was touched."""
    try:
        watch = watch_of(request.query_params.get("token", ""))
    except Tampered:
        return PlainTextResponse("token refused", status_code=403)

    async def events() -> AsyncIterator[str]:
        changed = asyncio.Event()
        for topic in watch.topics:
            _watchers[topic].add(changed)
        if missed(watch.topics, watch.since):
            changed.set()
        try:
            yield "retry: 3000\n\n"
            while True:
                try:
                    await asyncio.wait_for(changed.wait(), PING_SECONDS)
                    changed.clear()
                    yield "event: changed\ndata: 1\n\n"
                except TimeoutError:
                    yield ": still here\n\n"
        finally:
            for topic in watch.topics:
                _watchers[topic].discard(changed)
                if not _watchers[topic]:
                    del _watchers[topic]

    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(events(), media_type="text/event-stream", headers=headers)


async def health(request: Request) -> PlainTextResponse:
    return PlainTextResponse("ok")


application = Starlette(
    routes=[
        Route("/live/stream", stream),
        Route("/health", health),
    ],
    middleware=[
        Middleware(AsgiHeaders, also={"Cross-Origin-Resource-Policy": "same-site"}),
        Middleware(
            CORSMiddleware,
            allow_origins=[settings.ANXIN_ORIGIN],
            allow_credentials=True,
            allow_methods=["GET"],
        ),
    ],
)
