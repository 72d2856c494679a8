"""The embedded PostgreSQL: one cluster below ANXIN_HOME, reached through a Unix socket.

The wheel brings the programs only. Its own helper trusts every local user and, started as root, opens every
folder above the data to everybody; so `initdb` and `pg_ctl` are called from here, with locale, authentication
and socket folder fixed. Nothing outside this package knows the wheel.

    <home>/postgres/data       the cluster, owned by the database user, 0700
    <home>/postgres/run        its socket (a link to a folder below /tmp where the path would be too long)
    <home>/postgres.password   0600, for the roles `postgres` (owner of the cluster) and `anxin` (the product)
    <home>/postgres.lock       taken while the server is started or stopped
    <home>/postgres.users      shared by all who use the server; the last one to leave stops it
    <home>/log/postgres.log
"""

import fcntl
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from anxin.config.embedded import place, server
from anxin.config.embedded.place import DatabaseTrouble

__all__ = ["DatabaseTrouble", "empty", "is_running", "owner_url", "running", "start", "stop", "url"]
ROLE = "anxin"


def start(home: Path, *, throwaway: bool = False, programs: Path | None = None) -> str:
    """Make the cluster if absent, start the server if down, and return the address of the database.

    `throwaway` trades durability for speed (tests). `programs` is the folder of another PostgreSQL's programs
    than the wheel's. Raises DatabaseTrouble.
    """
    home = _made(home)
    with _locked(home / "postgres.lock"):
        if not is_running(home):
            user = place.database_user(home)
            cluster = place.make_cluster_folder(home, user)
            programs = programs or place.programs(user)
            server.check_name(cluster, programs)
            password = _password(home, cluster)
            if not (cluster / "data").exists():
                server.initialise(programs, cluster, user, password)
            server.launch(programs, cluster, user, log=home / "log" / "postgres.log", throwaway=throwaway)
        _ensure_database(home)
    return url(home)


def stop(home: Path, *, programs: Path | None = None) -> None:
    """Stop the server: clients are disconnected, what is committed stays. Does nothing when it is down."""
    home = _made(home)
    with _locked(home / "postgres.lock"):
        if is_running(home):
            user = place.database_user(home)
            server.shut_down(programs or place.programs(user), place.cluster(home), user)


def empty(home: Path) -> None:
    """Drop the product's database on the running server and make it anew."""
    with psycopg.connect(_url(home, "postgres", "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(ROLE)))
    _ensure_database(home)


def is_running(home: Path) -> bool:
    """Whether the server takes connections.

    Asks the socket: after a kill -9 the pid in postmaster.pid may be another process by now.
    """
    folder = server.socket_folder(place.cluster(home))
    if folder is None:
        return False
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(folder / server.SOCKET))
        except OSError:
            return False
    return True


def owner_url(home: Path, database: str = ROLE) -> str:
    """The address of a database on the running server, for the owner of the cluster: backups need it."""
    return _url(home, "postgres", database)


def url(home: Path) -> str:
    """The address of the product's database on the running server, in libpq's URL form."""
    return _url(home, ROLE, ROLE)


@contextmanager
def running(home: Path, *, throwaway: bool = False, programs: Path | None = None) -> Iterator[str]:
    """Hold the server up for the length of the block; yields its address.

    Several processes may be inside (`anxin run` in one terminal, `anxin demo` in another): the last to leave
    stops the server. The kernel drops the lock of a process that was killed.
    """
    with (_made(home) / "postgres.users").open("w") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        try:
            yield start(home, throwaway=throwaway, programs=programs)
        finally:
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pass
            else:
                stop(home, programs=programs)


def _made(home: Path) -> Path:
    home = home.absolute()
    (home / "log").mkdir(parents=True, exist_ok=True)
    return home


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _password(home: Path, cluster: Path) -> str:
    file = home / "postgres.password"
    if not file.exists():
        if (cluster / "data").exists():
            raise DatabaseTrouble(
                f"{file} is missing: put it back, or move {cluster} away to start with an empty one."
            )
        place.write_private(file, secrets.token_urlsafe(24))
    return file.read_text().strip()


def _ensure_database(home: Path) -> None:
    """Make role and database of the product where absent.

    The role is no superuser: a hole in a query must not become a program on the machine. It may create
    databases, which the tests do.
    """
    with psycopg.connect(_url(home, "postgres", "postgres"), autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [ROLE]).fetchone():
            return
        role = sql.Identifier(ROLE)
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone():
            password = sql.Literal((home / "postgres.password").read_text().strip())
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB PASSWORD {}").format(role, password))
        connection.execute(sql.SQL("CREATE DATABASE {0} OWNER {0}").format(role))


def _url(home: Path, role: str, database: str) -> str:
    folder = server.socket_folder(place.cluster(home))
    if folder is None:
        raise DatabaseTrouble("The embedded database is down: start it with `make run`.")
    password = (home / "postgres.password").read_text().strip()
    return server.address(folder, role=role, database=database, password=password)
