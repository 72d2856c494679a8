"""A restart that nobody notices: new code comes in while old processes finish what they hold.

`anxin reload` writes nothing and stops nothing itself: it signals the running `anxin run`, which brings schema and
static files up to date and renews its processes one after the other. The schema must suit old and new code alike for
that while: add first, fill, enforce in a later release.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from anxin.config import preflight
from anxin.config.preflight import Unready
from anxin.config.supervisor import Supervisor

Say = Callable[[str], None]


def pid_file() -> Path:
    """Where a running `anxin run` notes its process."""
    return preflight.home() / "anxin.pid"


def ask() -> int:
    """Signal the running house to renew itself; returns its process. Raises Unready if none runs here."""
    try:
        pid = int(pid_file().read_text())
        os.kill(pid, signal.SIGUSR2)
    except (OSError, ValueError) as trouble:
        raise Unready(f"No `anxin run` runs on {preflight.home()}: start it, or set ANXIN_HOME.") from trouble
    return pid


class Renewal:
    """A chore of the supervisor: when asked by SIGUSR2, prepare and renew every process."""

    def __init__(self, prepare: Callable[[], None], say: Say) -> None:
        self.prepare, self.say = prepare, say
        self.supervisor: Supervisor | None = None
        self.asked = threading.Event()

    def listen(self, supervisor: Supervisor) -> None:
        """Note the process, and wait for the signal."""
        self.supervisor = supervisor
        pid_file().write_text(str(os.getpid()))

        def wake(number: int, frame: FrameType | None) -> None:
            self.asked.set()

        signal.signal(signal.SIGUSR2, wake)

    def __call__(self) -> None:
        if not self.asked.is_set() or self.supervisor is None:
            return
        self.asked.clear()
        self.prepare()
        for service in self.supervisor.services:
            service.renew()
        self.say("Renewed: new code serves from here on")
