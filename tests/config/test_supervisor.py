"""The supervisor: nobody stays dead, nobody is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from anxin.config import supervisor
from anxin.config.supervisor import NotHealthy, Service, Supervisor

pytestmark = pytest.mark.thorough
SLEEPER = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"]
DEAF = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)",
]


def until(true: Callable[[], object]) -> None:
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def service(tmp_path: Path, command: list[str]) -> Service:
    return Service("sleeper", command, tmp_path / "sleeper.log")


def watched(one: Service, said: list[str]) -> tuple[Supervisor, threading.Thread]:
    house = Supervisor([one], said.append)
    house.start()
    thread = threading.Thread(target=house.watch)
    thread.start()
    return house, thread


def test_a_process_that_dies_is_started_again_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    one = service(tmp_path, SLEEPER)
    one.pause = 0.1
    house, thread = watched(one, said)
    assert one.process
    first = one.process.pid

    os.kill(first, signal.SIGKILL)
    until(lambda: one.process and one.process.pid != first and one.alive())

    house.ended.set()
    thread.join()
    house.stop()
    assert "sleeper ended (signal SIGKILL)" in said[0]
    assert one.pause == 0.2, "the next pause is longer"


def test_what_does_not_come_up_is_named_with_its_log(tmp_path: Path) -> None:
    one = service(tmp_path, [sys.executable, "-c", "raise SystemExit(3)"])
    one.port = 9

    house = Supervisor([one], print)
    house.start()
    with pytest.raises(NotHealthy, match="sleeper.log"):
        house.wait_for(one)
    house.stop()


def test_stop_ends_also_those_who_do_not_listen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "STOPPING_S", 0.3)
    one = service(tmp_path, DEAF)
    house = Supervisor([one], print)
    house.start()
    until(lambda: "up" in one.log.read_text())

    house.stop()

    assert one.process
    assert one.process.returncode == -signal.SIGKILL


def test_a_process_of_the_house_ends_when_its_supervisor_is_killed() -> None:
    """Its end of the pipe closes with the supervisor, however that one dies."""
    code = "from anxin.config.process import _end_with_parent; import time\n"
    code += "_end_with_parent(); print('up', flush=True); time.sleep(60)"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "anxin.config.settings"}
    child = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**environment, "PYTHONPATH": str(Path(supervisor.__file__).parents[2])},
    )
    assert child.stdin and child.stdout
    assert child.stdout.readline() == b"up\n"

    child.stdin.close()

    assert child.wait(10) == -signal.SIGTERM
    child.stdout.close()
