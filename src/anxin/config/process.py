"""One process of the house, as the supervisor starts it: `python -m anxin.config.process web|live|simulators|worker`.

All of them listen on the loopback; a proxy that faces the network stands before them.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable

import django
from django.conf import settings
from django.core.management import call_command
from granian import Granian
from granian.constants import Interfaces

THREADS = 8
# Live streams never end by themselves, so a stop does not wait long for them.
KILL_AFTER_S = 3


def web() -> None:
    """Pages and API. Python runs one thread at a time in each worker, so there is one worker to a core."""
    workers = int(os.environ.get("ANXIN_WEB_WORKERS") or min(os.cpu_count() or 1, 4))
    _serve("wsgi", Interfaces.WSGI, settings.ANXIN_PORT, workers=workers, threads=THREADS)


def live() -> None:
    """Live streams, and scans for programs."""
    _serve("rsgi", Interfaces.RSGI, settings.ANXIN_PORT + 1)


def simulators() -> None:
    """The outside systems of the demo."""
    _serve("simulators", Interfaces.ASGI, settings.ANXIN_PORT + 2)


def worker() -> None:
    """Jobs and schedules. What succeeded is deleted: the history of the trade is in its own tables."""
    django.setup()
    call_command("procrastinate", "worker", "--delete-jobs=successful", "--shutdown-graceful-timeout=10")


def archiver() -> None:
    """Backups: the log without a pause, a whole one every day."""
    # Ended by an exception, so that the receiver it started ends with it.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))
    django.setup()
    call_command("backup", "follow")


def _serve(
    module: str, interface: Interfaces, port: int, workers: int = 1, threads: int | None = None
) -> None:
    Granian(
        f"anxin.config.{module}:application",
        address="127.0.0.1",
        port=port,
        interface=interface,
        workers=workers,
        respawn_failed_workers=True,
        workers_kill_timeout=KILL_AFTER_S,
        websockets=False,
        blocking_threads=threads,
    ).serve()


def _end_with_parent() -> None:
    """Stop when the supervisor is gone, even by kill -9: its end of our standard input closes then."""

    def wait() -> None:
        os.read(sys.stdin.fileno(), 1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, daemon=True).start()


PROCESSES: dict[str, Callable[[], None]] = {f.__name__: f for f in (web, live, simulators, worker, archiver)}

if __name__ == "__main__":
    _end_with_parent()
    PROCESSES[sys.argv[1]]()
