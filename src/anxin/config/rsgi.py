"""The thin live server beside Django: scans of codes at once, everything else by way of the streams' framework.

RSGI is the server's own interface: an answer is one call, where ASGI takes two and two dictionaries.
"""

from __future__ import annotations

import asyncio
from typing import Any

from granian.rsgi import HTTPProtocol, ProtocolClosed, Scope  # type: ignore[attr-defined]

from anxin.config import asgi, scanning


class Live:
    """The application, as the server calls it."""

    def __init__(self) -> None:
        self._tasks: list[asyncio.Task[None]] = []

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._tasks = [loop.create_task(asgi.listen()), loop.create_task(asgi.scans.run())]

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        for task in self._tasks:
            task.cancel()
        loop.run_until_complete(asgi.scans.write())

    async def __rsgi__(self, scope: Scope, proto: HTTPProtocol) -> None:
        if scope.path.startswith(scanning.PREFIX):
            await asgi.scans(scope, proto)
        else:
            await _through(scope, proto)


application = Live()


async def _through(scope: Scope, proto: HTTPProtocol) -> None:
    """An ASGI application's answer, whole or as a stream that ends when its reader leaves."""
    begun: dict[str, Any] = {}
    stream: Any = None
    asked = False

    async def receive() -> dict[str, Any]:
        nonlocal asked
        if not asked:
            asked = True
            return {"type": "http.request", "body": await proto(), "more_body": False}
        await proto.client_disconnect()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        nonlocal stream
        if message["type"] == "http.response.start":
            headers = [
                (name.decode("latin-1"), value.decode("latin-1")) for name, value in message["headers"]
            ]
            begun.update(status=message["status"], headers=headers)
        elif stream is None and not message.get("more_body"):
            proto.response_bytes(begun["status"], begun["headers"], message.get("body", b""))
        else:
            stream = stream or proto.response_stream(begun["status"], begun["headers"])
            try:
                await stream.send_bytes(message.get("body", b""))
            except ProtocolClosed as error:
                raise OSError("the reader has left") from error

    await asgi.application(_asgi_scope(scope), receive, send)


def _asgi_scope(scope: Scope) -> dict[str, Any]:
    host, _, port = scope.client.rpartition(":")
    return {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": scope.http_version,
        "method": scope.method, "scheme": scope.scheme, "path": scope.path, "raw_path": scope.path.encode(),
        "query_string": scope.query_string.encode("latin-1"), "root_path": "", "server": None,
        "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in scope.headers.items()],
        "client": (host, int(port)) if port.isdigit() else None,
    }  # fmt: skip
