"""All simulators of outside systems in one process, on the loopback only.

Each area's `adapters/<system>_simulator.py`, and each of the house's own below `config/simulated/`, gives
`PREFIX` ("/sms") and `routes` (Starlette).
"""

from __future__ import annotations

import contextlib
import os
import pkgutil
from collections.abc import AsyncIterator
from importlib import import_module
from importlib.util import find_spec

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anxin.config.settings")

import django
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route

django.setup()

from django.conf import settings

from anxin.config.headers import AsgiHeaders


def mounts() -> list[Mount]:
    """A mount for every simulator that an area brings, and for those of the house itself."""
    found = []
    for name in [*(f"anxin.{area}.adapters" for area in settings.AREAS), "anxin.config.simulated"]:
        if find_spec(name) is None:
            continue
        package = import_module(name)
        for module in pkgutil.iter_modules(package.__path__):
            if module.name.endswith("_simulator"):
                simulator = import_module(f"{name}.{module.name}")
                found.append(Mount(simulator.PREFIX, routes=simulator.routes))
    return found


async def health(request: Request) -> PlainTextResponse:
    return PlainTextResponse("ok")


@contextlib.asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    """The scanner speaks no HTTP: it has the next port, where settings look for it there."""
    port = settings.ANXIN_PORT + 3
    with contextlib.ExitStack() as beside:
        if settings.ANXIN_SCANNER_URL in (f"tcp://localhost:{port}", f"tcp://127.0.0.1:{port}"):
            beside.enter_context(import_module("anxin.files.adapters.clamd_simulator").listening(port))
        yield


application = Starlette(
    routes=[Route("/health", health), *mounts()], lifespan=lifespan, middleware=[Middleware(AsgiHeaders)]
)
