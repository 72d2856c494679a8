"""`anxin run`: everything that makes the house live, in order, with a line for each step."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.urls import reverse
from rich.console import Console

from anxin.accounts.public import Person, demo_logins
from anxin.config import embedded, preflight
from anxin.config.preflight import Unready
from anxin.config.renewal import Renewal, pid_file
from anxin.config.supervisor import NotHealthy, Service, Supervisor, house

OUTSIDE = (
    "ANXIN_IDENTITY_URL", "ANXIN_SMS_URL", "ANXIN_WECHATPAY_URL", "ANXIN_INVOICE_URL", "ANXIN_BACKGROUND_URL",
    "ANXIN_FACE_URL", "ANXIN_MINISTRY_URL",
)  # fmt: skip
LOOK_AT_DATABASE_S = 5.0


class Teller:
    """Tells what happens: a spinner on a terminal, plain lines elsewhere."""

    def __init__(self) -> None:
        self.console = Console(highlight=False, soft_wrap=True)

    def say(self, text: str = "") -> None:
        self.console.print(text, markup=False)

    @contextmanager
    def step(self, text: str) -> Iterator[None]:
        began = time.monotonic()
        if self.console.is_terminal:
            with self.console.status(text):
                yield
        else:
            yield
        self.console.print(f"[green]✓[/green] {text} [dim]({time.monotonic() - began:.1f} s)[/dim]")


def run(*, demo: bool) -> None:
    """Start everything, tell the address, keep it alive until Ctrl-C or SIGTERM. Raises Unready."""
    tell = Teller()
    preflight.check_front_end()
    preflight.check_ports(settings.ANXIN_PORT)
    _prepare(tell, demo=demo)
    _measure()
    renewal = Renewal(lambda: _bring_up_to_date(tell), tell.say)
    supervisor = Supervisor(_services(demo), tell.say, [DatabaseKeeper(tell), renewal])
    renewal.listen(supervisor)

    def end(number: int, frame: FrameType | None) -> None:
        supervisor.ended.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    try:
        supervisor.start()
        for service in supervisor.services:
            if not supervisor.ended.is_set():
                with tell.step(f"Starting {service.name}"):
                    supervisor.wait_for(service)
        if not supervisor.ended.is_set():
            _welcome(tell, demo=demo)
            supervisor.watch()
    except NotHealthy as trouble:
        raise Unready(str(trouble)) from trouble
    finally:
        with tell.step("Stopping"):
            supervisor.stop()
        pid_file().unlink(missing_ok=True)


def _prepare(tell: Teller, *, demo: bool) -> None:
    """Bring schema, static files and demo data up to date."""
    half_loaded = preflight.home() / "demo.loading"
    if half_loaded.exists():
        _empty(tell)
        half_loaded.unlink()
    with tell.step("Migrating the database"):
        call_command("migrate", interactive=False, verbosity=0)
    _collect(tell)
    if not demo:
        os.environ.setdefault("ANXIN_DEMO", "0")
    elif not Person.objects.exists():
        tell.say("The database is empty: loading the Lin'an demo, once")
        half_loaded.touch()
        call_command("demo")
        half_loaded.unlink()
    # The processes have connections of their own; this one only watches from here on.
    connections.close_all()


def _collect(tell: Teller) -> None:
    with tell.step("Collecting static files"):
        os.environ["ANXIN_STATIC_MANIFEST"] = "1"
        # In a process of its own, as the settings of this one are read already.
        _anxin("collectstatic", "--no-input", "--verbosity=0")


def _bring_up_to_date(tell: Teller) -> None:
    """Schema and static files as the code now on disk has them; that of this process may be older."""
    with tell.step("Migrating the database"):
        _anxin("migrate", "--no-input", "--verbosity=0")
    _collect(tell)


def _anxin(*words: str) -> None:
    subprocess.run([sys.executable, "-m", "anxin", "django", *words], check=True)


def _measure() -> None:
    """Have an empty folder for the figures of the processes to come."""
    figures = preflight.home() / "figures"
    shutil.rmtree(figures, ignore_errors=True)
    figures.mkdir()
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(figures)


def _empty(tell: Teller) -> None:
    """Begin anew where a load of the demo was cut short: half a story helps nobody."""
    if not _is_embedded():
        raise Unready(
            "The demo was cut short in the database of ANXIN_DATABASE_URL: make it anew (dropdb, createdb), "
            f"remove {preflight.home() / 'demo.loading'}, and start again."
        )
    with tell.step("The demo was cut short the last time: emptying the database"):
        connections.close_all()
        embedded.empty(preflight.home())


def _is_embedded() -> bool:
    home = preflight.home()
    return embedded.is_running(home) and embedded.url(home) == os.environ.get("ANXIN_DATABASE_URL")


def _services(demo: bool) -> list[Service]:
    """The processes to start: the simulators only where an outside system points to them."""
    services = house(settings.ANXIN_PORT, preflight.home() / "log", archiver=settings.ANXIN_BACKUP_FOLLOW)
    simulated = any(getattr(settings, name).startswith(settings.ANXIN_SIMULATOR_URL) for name in OUTSIDE)
    return [service for service in services if service.name != "simulators" or demo or simulated]


class DatabaseKeeper:
    """Starts the embedded database again if it dies; its address stays the same."""

    def __init__(self, tell: Teller) -> None:
        self.tell = tell
        self.ours = _is_embedded()
        self.next_look = 0.0

    def __call__(self) -> None:
        now = time.monotonic()
        if not self.ours or now < self.next_look:
            return
        self.next_look = now + LOOK_AT_DATABASE_S
        if not embedded.is_running(preflight.home()):
            self.tell.say("The embedded database ended; starting it again")
            try:
                embedded.start(preflight.home())
            except embedded.DatabaseTrouble as trouble:
                self.tell.say(str(trouble))


def _welcome(tell: Teller, *, demo: bool) -> None:
    tell.say()
    tell.say(f"Anxin 安心 is ready: {settings.ANXIN_ORIGIN}")
    doors = demo_logins() if demo else []
    connections.close_all()
    if doors:
        tell.say(f"Demo logins, one click each: {settings.ANXIN_ORIGIN}{reverse('accounts:sign_in')}")
    for door in doors:
        tell.say(f"  {door.label}: {door.hint}")
    tell.say(f"Logs: {preflight.home() / 'log'}   Ctrl-C stops everything.")
