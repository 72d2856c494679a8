"""The programs of PostgreSQL: make a cluster, start it, stop it, and tell a dead server from a living one."""

import os
import re
import shlex
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

import psutil

from anxin.config.embedded.place import DatabaseTrouble, User, identity, write_private

PORT = 5432
SOCKET = f".s.PGSQL.{PORT}"
# sockaddr_un holds 108 bytes on Linux and 104 on macOS, with the closing zero.
SOCKET_PATH_LIMIT = 103
SETTINGS = ("max_connections=300", "shared_buffers=256MB", "timezone=UTC", "log_timezone=UTC")
# What a throw-away cluster loses in a power cut is no loss; syncing costs a good part of a test run.
# Tables of tests are small and seldom analysed: what looks dear enough to be compiled runs before it is compiled.
THROWAWAY = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "jit=off")
PATIENCE_S = 60


def initialise(programs: Path, cluster: Path, user: User | None, password: str) -> None:
    """Make the cluster beside its place and move it there whole: no attempt leaves half of one."""
    half, secret = cluster / "data.new", cluster / "password.new"
    shutil.rmtree(half, ignore_errors=True)
    secret.unlink(missing_ok=True)
    write_private(secret, password, user)
    access = ["--username=postgres", f"--pwfile={secret}", "--auth=scram-sha-256"]
    # The same order and case rules on every machine: this provider is not in the system's libc.
    builtin = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    locale = ["--encoding=UTF8", *(builtin if _major(programs) >= 17 else ["--locale=C.UTF-8"])]
    code, said = _run(programs, "initdb", "-D", str(half), *access, *locale, user=user)
    secret.unlink()
    if code:
        raise DatabaseTrouble(f"The embedded database cannot be made in {cluster}: {_cause(said)}")
    half.rename(cluster / "data")


def launch(programs: Path, cluster: Path, user: User | None, *, log: Path, throwaway: bool) -> None:
    """Start the server; returns when it takes connections."""
    data = cluster / "data"
    _check_version(programs, data)
    _clear_stale_locks(data)
    # Unix socket only: nothing listens on the network.
    options = [
        "-k",
        str(_make_socket_folder(cluster, user)),
        "-c",
        "listen_addresses=",
        "-c",
        "max_connections=300",
    ]
    for setting in (
        "timezone=UTC",
        "log_timezone=UTC",
        "shared_buffers=256MB",
        *(THROWAWAY if throwaway else ()),
    ):
        options += ["-c", setting]
    arguments = ["start", "-D", str(data), "-w", "-t", str(PATIENCE_S), "-o", shlex.join(options)]
    code, said = _run(programs, "pg_ctl", *arguments, user=user, log=log)
    for _ in range(5):
        # After a kill -9 of the server its last children take a moment to notice.
        if code == 0 or "pre-existing shared memory block" not in said:
            break
        time.sleep(1)
        code, said = _run(programs, "pg_ctl", *arguments, user=user, log=log)
    if code:
        raise DatabaseTrouble(f"The embedded database does not start: {_cause(said)} (more in {log})")


def shut_down(programs: Path, cluster: Path, user: User | None) -> None:
    """Stop the server without waiting for its clients to leave."""
    arguments = ["stop", "-D", str(cluster / "data"), "-m", "fast", "-t", str(PATIENCE_S)]
    code, said = _run(programs, "pg_ctl", *arguments, user=user)
    if code:
        raise DatabaseTrouble(f"The embedded database does not stop: {_cause(said)}")


def socket_folder(cluster: Path) -> Path | None:
    """Where the server that runs, or was killed, has its socket."""
    lines = _postmaster(cluster / "data")
    return Path(lines[4]) if len(lines) > 4 and lines[4] else None


def address(folder: Path, *, role: str, database: str, password: str = "") -> str:
    """The URL of a database behind the socket in `folder`, whatever that is called."""
    # To libpq a plus is a plus, not a blank; and a port that is not named is whatever PGPORT says.
    who, name, host = (quote(part, safe="") for part in (role, database, str(folder)))
    return f"postgresql://{who}{f':{quote(password)}' if password else ''}@/{name}?host={host}&port={PORT}"


def check_name(*folders: Path) -> None:
    """Raises DatabaseTrouble for what `pg_ctl` would hand to the shell as something else than a name."""
    for folder in folders:
        if found := set('"$`\\') & set(str(folder)):
            raise DatabaseTrouble(
                f"PostgreSQL cannot be started in a folder with {' '.join(sorted(found))} in its name: move or rename"
                f" {folder}, or name another place for the data in ANXIN_HOME."
            )


def _run(
    programs: Path, name: str, *args: str, user: User | None, log: Path | None = None
) -> tuple[int, str]:
    """Run one program as the database user, in an environment of our own; exit code and what it printed.

    With `log` the output goes there: a server keeps its starter's output open, so a pipe would never end.
    """
    # PGHOST and the like, or a library path to another PostgreSQL, would lead the programs astray.
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
    with log.open("a+b") if log else tempfile.TemporaryFile() as out:
        began = out.seek(0, os.SEEK_END)
        done = subprocess.run(
            [str(programs / name), *args],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            cwd="/",
            umask=0o077,
            env=environment,
            **identity(user),
        )
        out.seek(began)
        return done.returncode, out.read().decode(errors="replace")


def _cause(said: str) -> str:
    """The line of a program's output that tells why it failed."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return next(
        (line for line in lines if "FATAL" in line or "error:" in line), lines[-1] if lines else "no message"
    )


def _check_version(programs: Path, data: Path) -> None:
    """A cluster is readable by its own major version only."""
    theirs, ours = int((data / "PG_VERSION").read_text()), _major(programs)
    if theirs != ours:
        raise DatabaseTrouble(
            f"{data} was made by PostgreSQL {theirs}, this is {ours}: dump it with the old, load it anew."
        )


def _major(programs: Path) -> int:
    said = subprocess.run([programs / "postgres", "--version"], check=True, capture_output=True, text=True)
    return int(re.findall(r"\d+", said.stdout)[0])


def _make_socket_folder(cluster: Path, user: User | None) -> Path:
    folder = cluster / "run"
    if not folder.exists():
        if folder.is_symlink():
            folder.unlink()
        # Both the server and libpq take a comma for the end of a folder.
        if len(os.fsencode(folder / f"{SOCKET}.lock")) > SOCKET_PATH_LIMIT or "," in str(folder):
            folder.symlink_to(tempfile.mkdtemp(prefix="anxin-", dir="/tmp"))  # nosec B108  # short enough for a socket; mkdtemp makes it ours alone
        else:
            folder.mkdir(mode=0o700)
        if user:
            os.chown(folder, user.pw_uid, user.pw_gid)
    return folder.resolve()


def _postmaster(data: Path) -> list[str]:
    """Lines of postmaster.pid: pid, data folder, start time, port, socket folder, address, memory, status."""
    try:
        return (data / "postmaster.pid").read_text().splitlines()
    except (FileNotFoundError, PermissionError, NotADirectoryError):
        return []


def _clear_stale_locks(data: Path) -> None:
    """Remove the lock files of a killed server whose number another process may have by now.

    PostgreSQL sees for itself that a pid is gone, but takes any living process of the same user for a server;
    after a restart of a container the low numbers are all in use again.
    """
    lines = _postmaster(data)
    end = time.monotonic() + PATIENCE_S
    while lines and _is_server(int(lines[0]), data):
        # It takes no connections, so it is on its way down, or still coming up after a crash.
        if time.monotonic() > end:
            raise DatabaseTrouble(
                f"A PostgreSQL server (process {lines[0]}) holds {data} and does not answer: end it."
            )
        time.sleep(0.2)
        lines = _postmaster(data)
    for lock in (data / "postmaster.pid", data.with_name("run") / f"{SOCKET}.lock"):
        lock.unlink(missing_ok=True)


def _is_server(pid: int, data: Path) -> bool:
    try:
        return str(data) in psutil.Process(pid).cmdline()
    except psutil.Error:
        return False
