"""The `anxin` command: our own commands, listed with one line each, on a database that answers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from anxin.config import cli, embedded, preflight
from tools import chromium

ROOT = Path(__file__).resolve().parents[2]


def anxin(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "anxin", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_help_lists_our_commands_only_and_each_says_what_it_does() -> None:
    text = cli.overview()

    listed = {
        line.split()[0]: line.split(maxsplit=1)[1] for line in text.splitlines() if line.startswith("  ")
    }
    assert {"run", "serve", "audit"} <= set(listed)
    assert "(no description)" not in text
    assert not {"shell", "runserver", "collectstatic", "procrastinate"} & set(listed)


def test_without_arguments_it_tells_how_it_is_used() -> None:
    assert "usage: anxin" in anxin().stdout


def test_an_unknown_command_is_told_in_one_line() -> None:
    done = anxin("polish")

    assert done.returncode == 1
    assert done.stderr == "anxin: there is no command 'polish'; `anxin --help` lists them\n"


def test_a_database_that_does_not_answer_is_told_in_one_line() -> None:
    done = anxin("audit", "verify", ANXIN_DATABASE_URL="postgres://nobody@127.0.0.1:9/none")

    assert done.returncode == 1
    assert done.stderr.startswith("ANXIN_DATABASE_URL does not lead to a database:")
    assert done.stderr.count("\n") == 1


def test_a_home_that_cannot_be_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    done = anxin("audit", "verify", ANXIN_HOME=str(tmp_path / "file"))

    assert done.returncode == 1
    assert "set ANXIN_HOME to another folder" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ANXIN_PORT", "http"), ("ANXIN_PORT", "0"), ("ANXIN_PORT", "65535"), ("ANXIN_PORT", "８０００"),
        ("ANXIN_TRUSTED_PROXIES", "10.0.0.300"), ("ANXIN_METRICS_NETWORKS", "localhost"),
        ("ANXIN_ADMIN_NETWORKS", "office"), ("ANXIN_CIPHER", "SM4"),
    ],
)  # fmt: skip
def test_a_variable_that_cannot_be_read_is_told_in_one_line(name: str, value: str) -> None:
    done = anxin("--help", **{name: value})

    assert done.returncode == 1
    assert done.stderr.startswith(name)
    assert done.stderr.count("\n") == 1


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


def test_help_on_a_command_needs_no_database() -> None:
    done = anxin("run", "--help", ANXIN_DATABASE_URL="postgres://nobody@127.0.0.1:9/none")

    assert done.returncode == 0
    assert "usage: anxin run" in done.stdout


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


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["restore", "--into", "/nonexistent/x"], "There is no backup in"),
        (["drill"], "There is no backup in"),
        (["backup", "list"], ""),
        (["keys", "import", "/dev/null"], "This is no export of keys"),
    ],
)
def test_recovery_works_where_there_is_no_database(command: list[str], said: str, tmp_path: Path) -> None:
    (tmp_path / "backup.key").write_text("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")

    done = anxin(
        *command, ANXIN_DATABASE_URL="postgres://nobody@127.0.0.1:9/none", ANXIN_HOME=str(tmp_path),
        ANXIN_BACKUP_KEY=str(tmp_path / "backup.key"), ANXIN_PASSPHRASE="long enough for it",
    )  # fmt: skip

    assert said in done.stderr and "does not lead to a database" not in done.stderr
    assert done.returncode == (1 if said else 0), done.stderr
