"""What must be right before anything starts. Each trouble is one line that names its remedy."""

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg

from anxin.config import embedded
from anxin.config.embedded import DatabaseTrouble
from anxin.kit.network import networks

OLDEST_POSTGRES = 15
# Two more follow it.
LAST_PORT = 65_533
ROOT = Path(__file__).resolve().parents[3]


class Unready(Exception):
    """Something is missing; the text is one line for the person at the terminal, with the remedy."""


def home() -> Path:
    """Where data, keys and logs are kept."""
    return Path(os.environ.get("ANXIN_HOME") or ROOT / ".anxin").absolute()


def check_home() -> None:
    """Have the home, and be able to write there."""
    try:
        (home() / "log").mkdir(parents=True, exist_ok=True)
        writable = os.access(home(), os.W_OK | os.X_OK)
    except OSError:
        writable = False
    if not writable:
        raise Unready(
            f"{home()} cannot be written by this user: own it, or set ANXIN_HOME to another folder."
        )


def check_environment() -> None:
    """Refuse a value that the settings could not read, by its name."""
    port = os.environ.get("ANXIN_PORT", "8000")
    if not port.isascii() or not port.isdigit() or not 0 < int(port) <= LAST_PORT:
        raise Unready(
            f"ANXIN_PORT is {port!r}: give the first of three ports in a row, a number up to {LAST_PORT}."
        )
    for name in (
        "ANXIN_TRUSTED_PROXIES",
        "ANXIN_METRICS_NETWORKS",
        "ANXIN_PARTNER_NETWORKS",
        "ANXIN_LIMIT_EXEMPT",
        "ANXIN_ADMIN_NETWORKS",
    ):
        try:
            networks(os.environ.get(name, ""))
        except ValueError as error:
            raise Unready(f"{name} cannot be read: {error}. Give networks, parted by commas.") from error
    if cipher := os.environ.get("ANXIN_CIPHER"):
        from anxin.kit.crypto.suites import SUITES

        if cipher not in SUITES:
            raise Unready(f"ANXIN_CIPHER is {cipher!r}: give {' or '.join(SUITES)}.")


@contextmanager
def database() -> Iterator[str]:
    """The address of a database that answers: the operator's own, else the embedded one, up for this block.

    Raises Unready.
    """
    given = os.environ.get("ANXIN_DATABASE_URL")
    if given:
        check_server(given)
        yield given
        return
    with ExitStack() as held:
        try:
            url = held.enter_context(embedded.running(home()))
        except (DatabaseTrouble, PermissionError) as trouble:
            raise Unready(f"The embedded database cannot be had. {trouble}") from trouble
        yield url


def check_server(url: str) -> None:
    """Refuse a server that cannot be reached or is too old."""
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            version = connection.info.server_version // 10_000
    except psycopg.Error as error:
        cause = str(error).strip().splitlines()[-1]
        raise Unready(f"ANXIN_DATABASE_URL does not lead to a database: {cause}") from error
    if version < OLDEST_POSTGRES:
        raise Unready(
            f"ANXIN_DATABASE_URL leads to PostgreSQL {version}: {OLDEST_POSTGRES} or newer is needed."
        )


def check_ports(first: int) -> None:
    """Refuse to start where somebody else listens: web, live streams and simulators take three ports in a row."""
    for port in range(first, first + 3):
        with socket.socket() as probe:
            # As the servers do: a port that still cools down from the last run is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as error:
                raise Unready(
                    f"Port {port} is in use: stop what listens there, or choose three other ports in a row, "
                    f"for example `ANXIN_PORT={first + 100} make run`."
                ) from error


def check_front_end() -> None:
    """Pages without their styles are no product."""
    if not (ROOT / "frontend" / "dist").is_dir():
        raise Unready("The front end is not built: use `make run`, or `make build` once.")
