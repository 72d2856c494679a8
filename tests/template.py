"""The database of the tests: migrated once, then copied, for each process of a run and for the runs that follow.

What a migration does follows from the product's sources, so the copy is made of a database that these very sources
made. One changed file, and it is made anew.
"""

from __future__ import annotations

import time
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.db import ProgrammingError, connection
from psycopg.errors import InsufficientPrivilege

SOURCES = Path(__file__).resolve().parents[1] / "src" / "anxin"
# What is read by no migration: words and pages change often.
ASIDE = {"__pycache__", "locale", "static", "templates"}
# Only one at a time makes or copies; the number is ours alone.
LOCK = "SELECT pg_advisory_lock(20260318)"


def create(prepare: str) -> str:
    """Create the tests' database, as the migrations and then `prepare` leave it, and connect to it.

    Returns the name of the product's database, for `destroy`.
    """
    product, own = connection.settings_dict["NAME"], connection.creation._get_test_db_name()
    with connection.creation._nodb_cursor() as server:
        server.execute(LOCK)
        prefix = f"test_{product}_of_"
        whole = f"{prefix}{_stamp(prepare)}"
        server.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix])
        there = {name for (name,) in server.fetchall()}
        if whole not in there:
            for name in there:
                server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
            _make(f"{whole}_half", prepare)
            # Half of one is never taken for a whole one, whenever its maker was killed.
            server.execute(f'ALTER DATABASE "{whole}_half" RENAME TO "{whole}"')
        server.execute(f'DROP DATABASE IF EXISTS "{own}"')
        server.execute(f'CREATE DATABASE "{own}" TEMPLATE "{whole}"')
    _connect(own)
    return str(product)


def destroy(product: str) -> None:
    """Drop the tests' database; the one that it was copied from stays."""
    own = connection.settings_dict["NAME"]
    _connect(product)
    with connection.creation._nodb_cursor() as server:
        for left in reversed(range(60)):
            try:
                # A thread that served a browser may still hold a connection.
                server.execute(f'DROP DATABASE IF EXISTS "{own}" WITH (FORCE)')
                break
            except ProgrammingError as error:
                # The server's own vacuum is there, and is not ours to end: it is soon done.
                if not left or not isinstance(error.__cause__, InsufficientPrivilege):
                    raise
                time.sleep(0.5)


def _make(name: str, prepare: str) -> None:
    given = connection.settings_dict["TEST"]["NAME"], connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = name
    try:
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        with connection.cursor() as cursor:
            cursor.execute(prepare)
    finally:
        connection.settings_dict["TEST"]["NAME"] = given[0]
        _connect(given[1])


def _connect(name: str) -> None:
    connection.close()
    settings.DATABASES[connection.alias]["NAME"] = connection.settings_dict["NAME"] = name


def _stamp(prepare: str) -> str:
    found = sha256(prepare.encode())
    for package in ("django", "procrastinate"):
        found.update(f"{package} {version(package)};".encode())
    for path in sorted(SOURCES.rglob("*")):
        if not ASIDE & set(path.parts) and path.is_file():
            found.update(f"{path.relative_to(SOURCES)} {path.stat().st_size};".encode())
            found.update(path.read_bytes())
    return found.hexdigest()[:16]
