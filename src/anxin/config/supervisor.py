"""Keeps the processes of `anxin run` alive until they are told to stop."""

import http.client
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 30.0
# A process that lived this long was well; its next death starts the pauses from the shortest again.
HEALTHY_AFTER_S = 60.0
LARGEST_LOG = 20_000_000
STARTING_S, STOPPING_S = 120.0, 12.0

Say = Callable[[str], None]


class NotHealthy(Exception):
    """A process does not come up; the text names its log."""


@dataclass
class Service:
    """One process: what starts it, and where it answers once it is up (None: it only has to stay alive)."""

    name: str
    command: list[str]
    log: Path
    port: int | None = None
    health: str = "/health"
    # Such a server renews its own workers at SIGHUP and keeps its port open; others are ended and started again.
    renews_itself: bool = False
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = FIRST_PAUSE_S
    restart_at: float | None = None

    def start(self) -> None:
        """Start it in a process group of its own, so that Ctrl-C reaches the supervisor alone."""
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".old.log"))
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True
            )
        self.started, self.restart_at = time.monotonic(), None

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def healthy(self) -> bool:
        """Whether it answers. Any answer but its own failure will do."""
        if self.port is None:
            return self.alive()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", self.health)
            return connection.getresponse().status < 500
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def renew(self) -> None:
        """Take new code: the present work is finished by the old process."""
        if self.process is None or not self.alive():
            return
        if self.renews_itself:
            self.process.send_signal(signal.SIGHUP)
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOPPING_S)
        except subprocess.TimeoutExpired:
            self.signal(signal.SIGKILL)
        self.start()

    def signal(self, number: int) -> None:
        """Signal it and all that it started; a group outlives its first member."""
        if self.process is None:
            return
        try:
            os.killpg(self.process.pid, number)
        except (ProcessLookupError, PermissionError):
            pass


@dataclass
class Supervisor:
    """Starts services, restarts the dead with growing pauses, and stops all at the end.

    `chores` are called every second or so (the embedded database is looked after there).
    """

    services: list[Service]
    say: Say
    chores: Iterable[Callable[[], None]] = ()
    ended: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Start every service; they come up side by side."""
        for service in self.services:
            service.start()

    def wait_for(self, service: Service) -> None:
        """Wait until a service answers. Raises NotHealthy."""
        end = time.monotonic() + STARTING_S
        while not service.healthy():
            if not service.alive() or time.monotonic() > end:
                raise NotHealthy(f"The {service.name} process does not come up: see {service.log}")
            if self.ended.wait(0.1):
                return

    def watch(self) -> None:
        """Return when `ended` is set; until then nobody stays dead."""
        while not self.ended.wait(0.5):
            for chore in self.chores:
                chore()
            for service in self.services:
                self._look_after(service)

    def _look_after(self, service: Service) -> None:
        now = time.monotonic()
        if service.alive():
            return
        if service.restart_at is None:
            # Its own children may hold the port that the next one needs.
            service.signal(signal.SIGKILL)
            if now - service.started > HEALTHY_AFTER_S:
                service.pause = FIRST_PAUSE_S
            service.restart_at = now + service.pause
            code = service.process.returncode if service.process else None
            self.say(
                f"{service.name} ended ({_why(code)}); starts again in {service.pause:.0f} s, log: {service.log}"
            )
            service.pause = min(service.pause * 2, LONGEST_PAUSE_S)
        elif now >= service.restart_at:
            service.start()

    def stop(self) -> None:
        """Stop every service: first asked, then, after a while, forced."""
        for service in self.services:
            if service.alive():
                service.signal(signal.SIGTERM)
        end = time.monotonic() + STOPPING_S
        while any(service.alive() for service in self.services) and time.monotonic() < end:
            time.sleep(0.05)
        for service in self.services:
            service.signal(signal.SIGKILL)
            if service.process is not None:
                service.process.wait()


def house(python_port: int, logs: Path, *, archiver: bool = False) -> list[Service]:
    """The processes of Anxin. Simulators come first: the others call them."""

    def service(name: str, port: int | None, health: str = "/health") -> Service:
        command = [sys.executable, "-m", "anxin.config.process", name]
        return Service(name, command, logs / f"{name}.log", port, health, renews_itself=port is not None)

    return [
        service("simulators", python_port + 2),
        service("live", python_port + 1),
        service("worker", None),
        *([service("archiver", None)] if archiver else []),
        service("web", python_port, "/health/"),
    ]


def _why(code: int | None) -> str:
    if code is not None and code < 0:
        return f"signal {signal.Signals(-code).name}"
    return f"exit code {code}"
