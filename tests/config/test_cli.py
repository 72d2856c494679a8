"""The `anxin` command: our own commands, listed with one line each, on a database that answers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace

import pytest

from anxin.config import cli, embedded, preflight
from tools import chromium

ROOT = Path(__file__).resolve().parents[2]


NOWHERE = "postgres://nobody@127.0.0.1:9/none"
# A start takes seconds: one process is the command several times, each time in other surroundings.
SEVERAL = """
import contextlib, io, json, os, sys
from anxin.config.cli import main
own, told = dict(os.environ), []
for sys.argv, environment in json.load(sys.stdin):
    os.environ.clear()
    os.environ.update(own | environment)
    out, code = [io.StringIO(), io.StringIO()], 0
    with contextlib.redirect_stdout(out[0]), contextlib.redirect_stderr(out[1]):
        try:
            main()
        except SystemExit as end:
            code = end.code or 0
            if isinstance(code, str):
                code = print(code, file=sys.stderr) or 1
    told.append([code, *(one.getvalue() for one in out)])
print(json.dumps(told))
"""


def process(*arguments: str, given: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), **environment},
        input=given,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def anxin(*askings: tuple[str, dict[str, str]]) -> Iterable[SimpleNamespace]:
    """What the command says to these, asked one after the other."""
    given = json.dumps([(["anxin", *line.split()], environment) for line, environment in askings])
    done = process("-c", SEVERAL, given=given)
    assert done.returncode == 0, done.stderr
    for code, out, err in json.loads(done.stdout):
        yield SimpleNamespace(returncode=code, stdout=out, stderr=err)


def test_the_help_lists_our_commands_only_and_each_says_what_it_does() -> None:
    text = cli.overview()

    listed = {
        line.split()[0]: line.split(maxsplit=1)[1] for line in text.splitlines() if line.startswith("  ")
    }
    assert {"run", "serve", "audit"} <= set(listed)
    assert "(no description)" not in text
    assert not {"shell", "runserver", "collectstatic", "procrastinate"} & set(listed)


def test_an_unknown_command_is_told_in_one_line() -> None:
    done = process("-m", "anxin", "polish")

    assert done.returncode == 1
    assert done.stderr == "anxin: there is no command 'polish'; `anxin --help` lists them\n"


def test_surroundings_that_cannot_be_are_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    networks = "cannot be read: "
    wrong = [
        ("audit verify", "ANXIN_DATABASE_URL", NOWHERE, "ANXIN_DATABASE_URL does not lead to a database:"),
        ("audit verify", "ANXIN_HOME", str(tmp_path / "file"), "set ANXIN_HOME to another folder"),
        *(("--help", "ANXIN_PORT", port, "ANXIN_PORT is ") for port in ("http", "0", "65535", "８０００")),
        ("--help", "ANXIN_TRUSTED_PROXIES", "10.0.0.300", networks),
        ("--help", "ANXIN_METRICS_NETWORKS", "localhost", networks),
        ("--help", "ANXIN_ADMIN_NETWORKS", "office", networks),
        ("--help", "ANXIN_CIPHER", "SM4", "ANXIN_CIPHER is "),
    ]

    for done, (_, name, value, said) in zip(
        anxin(*((line, {name: value}) for line, name, value, _ in wrong)), wrong, strict=True
    ):
        assert done.returncode == 1, (name, value)
        assert said in done.stderr and name in done.stderr, (name, value)
        assert done.stderr.startswith(name) or name == "ANXIN_HOME"
        assert done.stderr.count("\n") == 1 and not done.stdout, (name, value)


def test_a_browser_that_is_not_there_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANXIN_CHROMIUM", "/nowhere/chromium")

    with pytest.raises(SystemExit, match="^ANXIN_CHROMIUM names /nowhere/chromium, which is no program"):
        chromium.ensure()


@pytest.mark.parametrize("python", ["false", "/nowhere/python"])
def test_without_a_new_enough_python_set_up_says_what_to_do(python: str) -> None:
    done = subprocess.run(
        ["tools/setup", "run"], cwd=ROOT, env={**os.environ, "PYTHON": python},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert done.returncode == 1
    assert done.stderr.startswith("Python 3.11 or newer is needed")
    assert done.stderr.count("\n") == 1


@pytest.mark.thorough
def test_a_command_finds_the_embedded_database_that_already_runs(held: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "ANXIN_DATABASE_URL"}
    done = subprocess.run(
        [sys.executable, "-m", "anxin", "django", "showmigrations", "places"],
        env={**environment, "PYTHONPATH": str(ROOT / "src"), "ANXIN_HOME": str(held)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "[ ] 0001_initial" in done.stdout


@pytest.mark.thorough
def test_what_needs_tables_that_are_yet_to_be_made_says_so_in_one_line(held: Path) -> None:
    there = {"ANXIN_DATABASE_URL": embedded.url(held), "ANXIN_HOME": str(held)}

    for done in anxin(("demo", there), ("audit verify", there)):
        assert done.returncode == 1
        assert "`anxin migrate` first" in done.stderr
        assert done.stderr.count("\n") == 1


@pytest.mark.thorough
def test_an_old_server_is_refused(held: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "OLDEST_POSTGRES", 99)

    with pytest.raises(preflight.Unready, match="99 or newer is needed"):
        preflight.check_server(embedded.url(held))


def test_a_port_in_use_is_named_with_the_remedy() -> None:
    import socket

    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(preflight.Unready, match=f"Port {port} is in use: .*ANXIN_PORT="):
            preflight.check_ports(port)


@pytest.mark.thorough
def test_help_and_recovery_work_where_there_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "backup.key").write_text("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
    surroundings = {
        "ANXIN_DATABASE_URL": NOWHERE, "ANXIN_HOME": str(tmp_path), "ANXIN_PASSPHRASE": "long enough for it",
        "ANXIN_BACKUP_KEY": str(tmp_path / "backup.key"),
    }  # fmt: skip
    usage, run, restored, drilled, listed, imported = anxin(
        *(
            (line, surroundings)
            for line in (
                "", "run --help", "restore --into /nonexistent/x", "drill", "backup list", "keys import /dev/null",
            )
        )
    )  # fmt: skip

    assert "usage: anxin <command>" in usage.stdout
    assert "usage: anxin run" in run.stdout
    assert "There is no backup in" in restored.stderr
    assert "There is no backup in" in drilled.stderr
    assert "This is no export of keys" in imported.stderr
    for done in (restored, drilled, imported):
        assert done.returncode == 1 and "does not lead to a database" not in done.stderr
    for done in (usage, run, listed):
        assert (done.returncode, done.stderr) == (0, "")
