"""All simulators of outside systems in one process, on the loopback only.

Each area's `adapters/<system>_simulator.py` gives `PREFIX` ("/sms") and `routes` (Starlette).
"""

from __future__ import annotations

import os
import pkgutil
from importlib import import_module
from importlib.util import find_spec

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anxin.config.settings")

import django
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route

django.setup()

from django.conf import settings


def mounts() -> list[Mount]:
    """A mount for every simulator that an area brings."""
    found = []
    for area in settings.AREAS:
        if find_spec(f"anxin.{area}.adapters") is None:
            continue
        package = import_module(f"anxin.{area}.adapters")
        for module in pkgutil.iter_modules(package.__path__):
            if module.name.endswith("_simulator"):
                simulator = import_module(f"anxin.{area}.adapters.{module.name}")
                found.append(Mount(simulator.PREFIX, routes=simulator.routes))
    return found


async def health(request: Request) -> PlainTextResponse:
    return PlainTextResponse("ok")


application = Starlette(routes=[Route("/health", health), *mounts()])
