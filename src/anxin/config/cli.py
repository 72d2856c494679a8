"""The `anxin` command: Django's management commands of our own areas, with the database at hand."""

import os
import signal
import sys
from contextlib import nullcontext
from pkgutil import iter_modules
from types import FrameType

from anxin import __path__ as areas
from anxin.config.preflight import Unready, check_environment, check_home, database
from anxin.kit.room import roomy

USAGE = """usage: anxin <command> [options]      (anxin <command> --help tells more)

{commands}

anxin django <command> passes on to Django's own commands (shell, dbshell, migrate, …).
Environment: ANXIN_HOME (data, default .anxin), ANXIN_PORT (default 8000), ANXIN_DATABASE_URL (default: embedded)."""


# These work where there is no database, or beside the one there is.
ALONE = frozenset(
    {"restore", "drill", "keys import", "keys export", "keys add", "keys wrap", "backup list", "backup prune"}
)


def commands() -> dict[str, str]:
    """Our own management commands: name → area."""
    found = {}
    for area in iter_modules(areas):
        for root in areas:
            folder = os.path.join(root, area.name, "management", "commands")
            found.update({module.name: area.name for module in iter_modules([folder])})
    return {name: found[name] for name in sorted(found) if not name.startswith("_")}


def overview() -> str:
    """The help text, one line for each command, taken from the command itself."""
    import django
    from django.core.management import load_command_class

    django.setup()
    found = commands()
    width = max(map(len, found), default=0)
    lines = []
    for name, area in found.items():
        text = str(load_command_class(f"anxin.{area}", name).help).strip() or "(no description)"
        lines.append(f"  {name:<{width}}  {text.splitlines()[0]}")
    return USAGE.format(commands="\n".join(lines))


@roomy
def main() -> None:
    """Entry point of `anxin` and `python -m anxin`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anxin.config.settings")
    try:
        check_environment()
    except Unready as trouble:
        sys.exit(str(trouble))
    name, *rest = sys.argv[1:] or ["--help"]
    if name in {"-h", "--help", "help"}:
        print(overview())  # noqa: T201
        return
    if name == "django":
        name, *rest = rest or ["help"]
    elif name not in commands():
        sys.exit(f"anxin: there is no command {name!r}; `anxin --help` lists them")
    signal.signal(signal.SIGTERM, _end)
    asks_only = name == "help" or {name, " ".join([name, *rest[:1]])} & ALONE or {"-h", "--help"} & set(rest)
    try:
        check_home()
        with nullcontext() if asks_only else database() as url:
            if url:
                os.environ["ANXIN_DATABASE_URL"] = url
            _execute(["anxin", name, *rest])
    except Unready as trouble:
        sys.exit(str(trouble))
    except KeyboardInterrupt:
        sys.exit(130)


def _execute(arguments: list[str]) -> None:
    """Raises Unready where the command wants tables that a migration has yet to make."""
    from django.core.management import execute_from_command_line
    from django.db import ProgrammingError

    try:
        execute_from_command_line(arguments)
    except ProgrammingError as trouble:
        from anxin.config.operations.health import unapplied

        if not unapplied():
            raise
        raise Unready(
            "The database is not up to date: `anxin migrate` first (`anxin run` does so)"
        ) from trouble


def _end(number: int, frame: FrameType | None) -> None:
    """End by an exception, so that the database is let go of properly."""
    sys.exit(128 + number)
