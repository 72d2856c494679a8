"""What scans are measured beside, and the live server with limits that one address cannot reach.

usage: python -m benchmarks._scan_peers <name> <port>      one worker of Granian, as the house starts its own
"""

from __future__ import annotations

import sys
from typing import Any

from granian import Granian
from granian.constants import Interfaces

BODY = b"{}"
HEADERS = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(BODY))]


async def bare(scope: Any, receive: Any, send: Any) -> None:
    """ASGI that says the same to everybody."""
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": BODY})


async def bare_rsgi(scope: Any, proto: Any) -> None:
    """RSGI that says the same to everybody."""
    proto.response_bytes(200, [("content-type", "application/json")], BODY)


async def empty_async(request: Any, **_: Any) -> Any:
    from django.http import HttpResponse

    return HttpResponse(BODY, content_type="application/json")


def empty(request: Any, **_: Any) -> Any:
    from django.http import HttpResponse

    return HttpResponse(BODY, content_type="application/json")


def __getattr__(name: str) -> Any:
    """Made when asked for: each needs Django in its own way."""
    if name == "live":
        import anxin.config.rsgi as house
        from anxin.safetycode import public as safetycode

        real = safetycode.look_limits

        def out_of_reach(at: Any) -> tuple[int, int]:
            real(at)
            return 10**9, 10**9

        safetycode.look_limits = out_of_reach
        return house.application
    if name == "urlpatterns":
        from django.urls import path

        return [path("live/scan/<str:token>", empty_async), path("sync/scan/<str:token>", empty)]
    if name == "django_asgi":
        from django.core.asgi import get_asgi_application

        return get_asgi_application()
    if name in ("django_wsgi", "page"):
        from django.core.wsgi import get_wsgi_application

        return get_wsgi_application()
    raise AttributeError(name)


INTERFACES = {
    "live": Interfaces.RSGI, "bare": Interfaces.ASGI, "bare_rsgi": Interfaces.RSGI, "django_asgi": Interfaces.ASGI,
    "django_wsgi": Interfaces.WSGI, "page": Interfaces.WSGI,
}  # fmt: skip

if __name__ == "__main__":
    Granian(
        f"benchmarks._scan_peers:{sys.argv[1]}", address="127.0.0.1", port=int(sys.argv[2]),
        interface=INTERFACES[sys.argv[1]], workers=1, websockets=False,
        blocking_threads=8 if INTERFACES[sys.argv[1]] is Interfaces.WSGI else None,
    ).serve()  # fmt: skip
