"""All simulators of outside systems on a free port of the loopback, for tests that speak real HTTP with them."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from tests.ports import free_port


@contextmanager
def served() -> Iterator[str]:
    """The simulators' address, served by a thread of this process."""
    from granian.constants import Interfaces
    from granian.server.embed import Server

    from anxin.config.simulators import application

    port = free_port()
    loop = asyncio.new_event_loop()
    server: Any = Server(
        application, address="127.0.0.1", port=port, interface=Interfaces.ASGI, log_enabled=False
    )
    thread = threading.Thread(target=loop.run_until_complete, args=(server.serve(),), daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{port}"
    _wait(f"{url}/health")
    yield url
    loop.call_soon_threadsafe(server.stop)
    thread.join(timeout=5)


@pytest.fixture(scope="session")
def simulator_url() -> Iterator[str]:
    """One server for the whole session."""
    with served() as url:
        yield url


def _wait(url: str) -> None:
    for _ in range(200):
        try:
            httpx.get(url, timeout=1, trust_env=False)
            return
        except httpx.HTTPError:
            time.sleep(0.05)
    raise RuntimeError("the simulators did not start")


@pytest.fixture
def simulators(simulator_url: str, settings: Any) -> str:
    """The simulators, with every adapter's address pointing at them."""
    settings.ANXIN_SIMULATOR_URL = simulator_url
    for name in ("IDENTITY", "SMS", "WECHATPAY", "INVOICE", "BACKGROUND", "FACE", "MINISTRY"):
        setattr(settings, f"ANXIN_{name}_URL", f"{simulator_url}/{name.lower()}")
    return simulator_url
