"""The live server as browsers meet it: its own process, real HTTP, a real database that notifies."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from django.db import connection, transaction

from anxin.kit.live import stream_url, touch
from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
ORIGIN = "http://localhost:8000"
pytestmark = pytest.mark.django_db(transaction=True)


def _database_url() -> str:
    """The tests' own database, as a process outside sees it."""
    known = connection.settings_dict
    user, password = quote(known["USER"] or "", safe=""), quote(known["PASSWORD"] or "", safe="")
    return (
        f"postgres://{user}{':' + password if password else ''}@/{known['NAME']}"
        f"?host={quote(known['HOST'] or '', safe='')}&port={known['PORT'] or 5432}"
    )


@pytest.fixture
def live() -> Iterator[str]:
    """Address of a live server on the tests' database."""
    # The live server takes the second.
    first = free_port(in_a_row=2)
    environment = {
        **os.environ, "PYTHONPATH": str(ROOT / "src"), "ANXIN_PORT": str(first),
        "ANXIN_DATABASE_URL": _database_url(), "ANXIN_ORIGIN": ORIGIN,
        "DJANGO_SETTINGS_MODULE": "anxin.config.settings",
    }  # fmt: skip
    # It ends when its standard input closes.
    with subprocess.Popen(
        [sys.executable, "-m", "anxin.config.process", "live"], env=environment, stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        url = f"http://127.0.0.1:{first + 1}"
        _until_listening(url)
        yield url
        assert process.stdin is not None
        process.stdin.close()
        process.wait(timeout=20)


def _until_listening(url: str) -> None:
    """Wait for its health, and for its LISTEN: from then on nothing that is touched is missed."""
    end = time.monotonic() + 60
    # One for all: to make a client costs more than to ask, and the server that starts needs the processor.
    with httpx.Client(timeout=1, trust_env=False) as client:
        while time.monotonic() < end:
            time.sleep(0.1)
            try:
                client.get(f"{url}/health").raise_for_status()
            except httpx.HTTPError:
                continue
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT count(*) FROM pg_stat_activity"
                    " WHERE query LIKE 'LISTEN%%' AND datname = current_database()"
                )
                if cursor.fetchone()[0]:
                    # A page made in the second in which the server began to listen is told "changed" to be sure.
                    time.sleep(1.1)
                    return
    raise AssertionError("the live server did not come up")


class Reader(threading.Thread):
    """A browser that holds a stream open and counts what it is told."""

    def __init__(self, live: str, topics: list[str]) -> None:
        super().__init__(daemon=True)
        _, _, query = stream_url(topics).partition("?")
        self.url = f"{live}/live/stream?{query}"
        self.open, self.changed = threading.Event(), threading.Semaphore(0)
        self.status, self.headers = 0, httpx.Headers()

    def run(self) -> None:
        try:
            with httpx.stream(
                "GET", self.url, headers={"Origin": ORIGIN}, timeout=30, trust_env=False
            ) as got:
                self.status, self.headers = got.status_code, got.headers
                for line in got.iter_lines():
                    if line.startswith("retry:"):
                        self.open.set()
                    if line == "event: changed":
                        self.changed.release()
        except httpx.HTTPError:
            return

    def hears(self, seconds: float) -> bool:
        return self.changed.acquire(timeout=seconds)


def opened(live: str, topics: list[str]) -> Reader:
    reader = Reader(live, topics)
    reader.start()
    assert reader.open.wait(20)
    return reader


@pytest.mark.thorough
def test_who_watches_hears_of_a_change_when_it_is_committed_and_of_nothing_else(live: str) -> None:
    mine, others = opened(live, ["order:1", "inbox:1"]), opened(live, ["order:2"])
    assert mine.headers["content-type"].startswith("text/event-stream")
    assert mine.headers["access-control-allow-origin"] == ORIGIN

    with transaction.atomic():
        touch("order:1")
        assert not mine.hears(0.5)
    assert mine.hears(10)

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        touch("order:1")
        1 / 0  # noqa: B018
    assert not mine.hears(0.5)

    touch("inbox:1")
    assert mine.hears(10)
    assert not others.hears(0.1)


@pytest.mark.thorough
def test_without_a_sound_token_nothing_is_streamed(live: str) -> None:
    for token in ("", "made-up", stream_url(["order:1"]).partition("token=")[2][:-3] + "xxx"):
        answer = httpx.get(f"{live}/live/stream", params={"token": token}, timeout=10, trust_env=False)
        assert (answer.status_code, answer.text) == (403, "token refused")
