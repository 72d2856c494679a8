"""The server that is backed up, and PostgreSQL's programs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connection
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from anxin.config import embedded
from anxin.config.embedded import place
from anxin.config.recovery import RecoveryTrouble

Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """address: of a role that may replicate and set restore points, to the product's database; database, role: the
    product's own. segment: bytes of a file of the log."""

    address: str
    database: str
    role: str
    owner: str
    system: str
    version: int
    segment: int
    embedded: bool

    def connect(self) -> psycopg.Connection[Row]:
        return psycopg.connect(self.address, autocommit=True)


def source() -> Source:
    """The product's server. Raises RecoveryTrouble when the role may not do what a backup needs."""
    product = connection.settings_dict
    ours = embedded.is_running(settings.ANXIN_HOME) and product["HOST"].startswith("/")
    address = settings.ANXIN_BACKUP_DATABASE_URL or (
        embedded.owner_url(settings.ANXIN_HOME, product["NAME"]) if ours else _product_address()
    )
    return describe(address, role=product["USER"], embedded=ours)


def describe(address: str, *, role: str, embedded: bool) -> Source:
    """The server at an address, asked for what a backup has to know. Raises RecoveryTrouble."""
    try:
        with psycopg.connect(address, autocommit=True) as server:
            row = server.execute(
                "SELECT (SELECT system_identifier::text FROM pg_control_system()),"
                " current_setting('server_version_num')::int / 10000,"
                " (SELECT setting::int FROM pg_settings WHERE name = 'wal_segment_size'),"
                " (SELECT rolname FROM pg_roles WHERE oid = 10),"
                " (SELECT rolreplication OR rolsuper FROM pg_roles WHERE rolname = current_user),"
                " current_setting('wal_level'), current_database()"
            ).fetchone()
    except psycopg.Error as error:
        cause = str(error).strip().splitlines()[-1]
        raise RecoveryTrouble(f"The server cannot be reached for a backup: {cause}") from error
    assert row is not None
    system, version, segment, owner, may, level, database = row
    if not may:
        raise RecoveryTrouble(
            "The role of the backup may not replicate: set ANXIN_BACKUP_DATABASE_URL to one that may"
            " (docs/operations.md tells how to make it)."
        )
    if level == "minimal":
        raise RecoveryTrouble("The server writes too little log for a backup: set wal_level = replica there.")
    return Source(
        address, str(database), role or str(owner), str(owner), str(system),
        int(str(version)), int(str(segment)), embedded,
    )  # fmt: skip


def _product_address() -> str:
    given = {name: connection.settings_dict[name.upper()] for name in ("host", "port", "user", "password")}
    return make_conninfo(dbname=connection.settings_dict["NAME"], **{k: v for k, v in given.items() if v})


def programs(version: int, user: place.User | None = None) -> Path:
    """The folder of the programs of a PostgreSQL of this major version: the operator's, the wheel's, the system's.

    A cluster is started by its own version only; a copy may be taken by a newer one.
    """
    for folder in _folders(version, user):
        if (folder / "postgres").exists() and _major(folder) == version:
            return folder
    raise RecoveryTrouble(
        f"The programs of PostgreSQL {version} are needed: set ANXIN_POSTGRES_BIN to their folder."
    )


def _folders(version: int, user: place.User | None) -> Iterator[Path]:
    if settings.ANXIN_POSTGRES_BIN:
        yield Path(settings.ANXIN_POSTGRES_BIN)
    try:
        yield place.programs(user)
    except place.DatabaseTrouble:
        pass
    yield Path(f"/usr/lib/postgresql/{version}/bin")
    if found := shutil.which("postgres"):
        yield Path(found).parent


def _major(folder: Path) -> int:
    said = subprocess.run(
        [folder / "postgres", "--version"], check=True, capture_output=True, text=True
    ).stdout
    return int(re.findall(r"\d+", said)[0])


def client(found: Source, program: str, *arguments: str) -> tuple[list[str], dict[str, str]]:
    """The command line and environment of a client program at the source. The password is in no process list."""
    given = {name: str(value) for name, value in conninfo_to_dict(found.address).items() if value}
    environment = {
        "PATH": "/usr/bin:/bin",
        "LC_ALL": "C",
        "TZ": "UTC",
        "PGPASSWORD": given.pop("password", ""),
    }
    if "PGPASSFILE" in os.environ:
        environment["PGPASSFILE"] = os.environ["PGPASSFILE"]
    given.pop("dbname", None)
    return [
        str(programs(found.version) / program), "--no-password", "--dbname", make_conninfo(**given), *arguments,
    ], environment  # fmt: skip


def run(found: Source, program: str, *arguments: str) -> None:
    """Run a client program to its end. Raises RecoveryTrouble with its own words."""
    command, environment = client(found, program, *arguments)
    done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
    if done.returncode:
        raise RecoveryTrouble(f"{program} failed: {last_words(done.stderr)}")


def output(found: Source, program: str, *arguments: str) -> Iterator[bytes]:
    """What a client program writes, as it comes. Raises RecoveryTrouble at the end if the program failed."""
    command, environment = client(found, program, *arguments)
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=said)
        assert process.stdout is not None
        try:
            while chunk := process.stdout.read(1 << 20):
                yield chunk
            if process.wait():
                said.seek(0)
                words = last_words(said.read().decode(errors="replace"))
                raise RecoveryTrouble(f"{program} failed: {words}")
        finally:
            process.kill()
            process.wait()
            process.stdout.close()


def last_words(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return next((line for line in reversed(lines) if "error:" in line), lines[-1] if lines else "no message")
