"""A restart that nobody notices."""

from __future__ import annotations

import http.client
import os
import sys
import threading
from pathlib import Path

import pytest

from anxin.config import renewal
from anxin.config.preflight import Unready
from anxin.config.supervisor import Service, Supervisor, house
from tests.config.test_supervisor import until
from tests.ports import free_port

SERVED = """
import os
from granian import Granian
from granian.constants import Interfaces
Granian("tests.config.answering:application", address="127.0.0.1", port=int(os.environ["PORT"]),
        interface=Interfaces.WSGI, workers=2, respawn_interval=1, workers_kill_timeout=3).serve()
"""


def asked(port: int) -> str:
    """The process that answered; any trouble raises.

    As the proxy in front does, a connection that an ending process let go before it answered is made once more.
    """
    try:
        return asked_once(port)
    except (ConnectionResetError, http.client.RemoteDisconnected):
        return asked_once(port)


def asked_once(port: int) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/")
        answer = connection.getresponse()
        assert answer.status == 200
        return answer.read().decode()
    finally:
        connection.close()


@pytest.mark.thorough
@pytest.mark.requirement("A-7.4.3")
def test_nobody_is_refused_while_the_servers_take_new_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORT", str(port := free_port()))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    server = Service(
        "web", [sys.executable, "-c", SERVED], tmp_path / "web.log", port, "/", renews_itself=True
    )
    server.start()
    until(server.healthy)
    before = {asked(port) for _ in range(20)}
    seen: set[str] = set()
    troubles: list[Exception] = []
    over = threading.Event()

    def keep_asking() -> None:
        while not over.is_set():
            try:
                seen.add(asked(port))
            except (OSError, AssertionError, http.client.HTTPException) as trouble:
                troubles.append(trouble)

    callers = [threading.Thread(target=keep_asking) for _ in range(3)]
    try:
        for caller in callers:
            caller.start()
        server.renew()
        until(lambda: (tmp_path / "web.log").read_text().count("Stopped old worker") == 2)
        after = {asked(port) for _ in range(20)}
    finally:
        over.set()
        for caller in callers:
            caller.join()
        server.signal(15)
        assert server.process is not None
        server.process.wait()

    assert troubles == []
    assert before & seen and after & seen
    assert not before & after


def test_a_process_without_a_port_is_ended_and_started_again(tmp_path: Path) -> None:
    worker = Service("worker", [sys.executable, "-c", "import time; time.sleep(60)"], tmp_path / "worker.log")
    worker.start()
    assert worker.process is not None
    first = worker.process.pid
    try:
        worker.renew()
        assert worker.alive() and worker.process.pid != first
    finally:
        worker.signal(9)
        worker.process.wait()


def test_asked_to_renew_it_prepares_first_and_then_renews_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    supervisor = Supervisor(house(free_port(in_a_row=3), tmp_path), done.append)
    for service in supervisor.services:
        monkeypatch.setattr(service, "renew", lambda name=service.name: done.append(name))
    chore = renewal.Renewal(lambda: done.append("prepared"), done.append)
    monkeypatch.setattr(renewal, "pid_file", lambda: tmp_path / "anxin.pid")
    chore.listen(supervisor)

    chore()
    assert done == []
    assert renewal.ask() == os.getpid()
    until(chore.asked.is_set)
    chore()

    assert done[:2] == ["prepared", "simulators"] and set(done) >= {"web", "worker", "live"}


def test_where_nothing_runs_there_is_nothing_to_renew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renewal, "pid_file", lambda: tmp_path / "anxin.pid")

    with pytest.raises(Unready, match="No `anxin run` runs"):
        renewal.ask()
