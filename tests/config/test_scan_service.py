"""Codes for programs that scan them: from memory, never older than a commit, counted, limited, without a trace."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from django.db import connection

from anxin.config.scanning import PREFIX, Service
from anxin.config.scanning.counting import Minute
from anxin.kit import clock
from anxin.kit.actor import SYSTEM
from anxin.safetycode import public as codes
from anxin.safetycode.models import LookCount, Scan, Tally
from anxin.safetycode.values import LOOKS_A_MINUTE
from tests.config.test_live_server import live
from tests.workers.world import NOW, World, make_world

__all__ = ["live"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(db: None) -> World:
    made = make_world()
    codes.issue(worker_id=made.worker.pk, by=SYSTEM, at=NOW)
    return made


class Clock:
    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> datetime:
        return self.at


class Asked:
    """One service on a clock of its own, in this process."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.service = Service(self.clock)
        self.service.codes.listening(True)
        self.loop = asyncio.new_event_loop()

    def get(self, token: str, address: str = "10.0.0.1", method: str = "GET") -> tuple[int, dict[str, Any]]:
        told: list[tuple[int, bytes]] = []
        proto = SimpleNamespace(
            response_bytes=lambda status, headers, body: told.append((status, body)),
            response_empty=lambda status, headers: told.append((status, b"")),
        )
        scope = SimpleNamespace(method=method, path=PREFIX + token, client=f"{address}:1", headers={})
        self.loop.run_until_complete(self.service(scope, proto))  # type: ignore[arg-type]
        [(status, body)] = told
        return status, json.loads(body or b"{}")

    def run(self, work: Any) -> None:
        self.loop.run_until_complete(work)


@pytest.fixture
def asked() -> Iterator[Asked]:
    found = Asked()
    yield found

    async def close() -> None:
        # The threads' connections would keep the tests' database from being dropped.
        await asyncio.gather(*(asyncio.to_thread(_close) for _ in range(8)))

    def _close() -> None:
        connection.close()
        time.sleep(0.02)

    found.run(close())
    found.run(found.loop.shutdown_default_executor())
    found.loop.close()


@pytest.mark.requirement("D-2", "F-2")
def test_a_program_learns_colour_and_conclusions_and_no_identity(world: World, asked: Asked) -> None:
    status, told = asked.get(codes.display_token(world.worker.pk, NOW))
    assert (status, told["colour"], told["result"], told["printed"]) == (200, "green", "pass", False)
    assert told["name"] == "王*芳"
    assert told["agency"] == "安心家政"
    assert {row["kind"]: row["state"] for row in told["papers"]}["health_check"] == "valid"
    assert told["at"].startswith("2026-03-18T02:00:00")
    person = world.worker.person
    assert not {person.name, person.phone, person.id_number} & set(
        json.dumps(told, ensure_ascii=False).split('"')
    )
    assert asked.get(codes.printed_token(world.worker.pk))[1]["printed"] is True


@pytest.mark.requirement("D-3b")
def test_a_code_that_is_replayed_after_its_minute_or_changed_is_refused_in_words(
    world: World, asked: Asked
) -> None:
    token = codes.display_token(world.worker.pk, NOW)
    forged = token[:20] + ("A" if token[20] != "A" else "B") + token[21:]
    for wrong in (forged, "x" * 35, "nonsense", ""):
        status, told = asked.get(wrong)
        assert (status, told["error"]) == (404, "code_forged")
    asked.clock.at = NOW.replace(second=0) + timedelta(seconds=119)
    assert asked.get(token)[0] == 200
    asked.clock.at += timedelta(seconds=1)
    status, told = asked.get(token)
    assert (status, told["error"]) == (410, "code_stale")
    assert "截图" in told["message"]
    assert asked.get(token, method="POST")[0] == 405


def test_what_is_kept_is_given_up_when_a_fact_changes_and_at_midnight(
    world: World, asked: Asked, django_assert_num_queries: Any
) -> None:
    token = codes.printed_token(world.worker.pk)
    assert asked.get(token)[1]["colour"] == "green"
    codes.suspend(worker_id=world.worker.pk, why="投诉核查", by=SYSTEM, at=NOW)
    # Nobody has said so here: what this shows is that the answer came from memory.
    assert asked.get(token)[1]["colour"] == "green"
    asked.service.codes.hear(str(world.worker.pk))
    assert asked.get(token)[1]["colour"] == "red"
    codes.restore(worker_id=world.worker.pk, why="已查清", by=SYSTEM, at=NOW)
    asked.clock.at = NOW.replace(hour=16)
    assert asked.get(token)[1]["day"] == "2026-03-19"
    # While nobody listens nothing is kept.
    asked.service.codes.listening(False)
    assert asked.get(token)[1]["colour"] == "green"
    codes.suspend(worker_id=world.worker.pk, why="投诉核查", by=SYSTEM, at=NOW)
    assert asked.get(token)[1]["colour"] == "red"


def test_what_changes_while_it_is_read_is_read_again(
    world: World, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    from anxin.config.scanning import memory

    reads: list[bytes] = []
    served = memory._served

    def slow(handle: bytes, at: datetime) -> Any:
        found = served(handle, at)
        reads.append(handle)
        if len(reads) == 1:
            asked.loop.call_soon_threadsafe(asked.service.codes.hear, str(world.worker.pk))
        return found

    monkeypatch.setattr(memory, "_served", slow)
    assert asked.get(codes.printed_token(world.worker.pk))[0] == 200
    assert len(reads) == 2


def test_looks_are_counted_by_code_hour_and_colour_and_nothing_else_is_kept(
    world: World, asked: Asked
) -> None:
    shown, printed = codes.display_token(world.worker.pk, NOW), codes.printed_token(world.worker.pk)
    for token in (shown, printed, printed):
        asked.get(token)
    asked.run(asked.service.write())
    asked.get(printed)
    asked.run(asked.service.write())
    code = codes.code_of(world.worker.pk)
    assert code
    rows = LookCount.objects.order_by("printed").values_list("code", "colour", "printed", "count")
    assert list(rows) == [(code.pk, "green", False, 1), (code.pk, "green", True, 3)]
    assert not Scan.objects.exists()
    asked.run(asked.service.exchange())
    assert not Tally.objects.filter(address_hash=b"10.0.0.1").exists()


def test_the_limit_of_an_address_holds_across_processes_and_with_the_pages(
    world: World, asked: Asked
) -> None:
    token = codes.printed_token(world.worker.pk)
    for _ in range(LOOKS_A_MINUTE.default - 2):
        codes.count_look(address="10.0.0.1", at=NOW)
    asked.get(token)
    asked.run(asked.service.exchange())
    assert asked.get(token)[0] == 200
    status, told = asked.get(token)
    assert (status, told["error"]) == (429, "too_fast")
    assert asked.get(token, "10.0.0.2")[0] == 200
    asked.run(asked.service.exchange())
    with pytest.raises(codes.TooManyScans):
        codes.count_look(address="10.0.0.1", at=NOW)
    asked.clock.at += timedelta(minutes=1)
    assert asked.get(token)[0] == 200


def test_counting_knows_the_others_after_an_exchange() -> None:
    one = Minute(lambda who: str(who).encode())
    assert [one.take("a", 3, 7) for _ in range(2)] == [True, True]
    told = one.begin(7)
    assert told == {b"a": ("a", 2)}
    assert one.take("a", 9, 7)
    one.end(7, told, {b"a": 9})
    assert not one.take("a", 9, 7)
    assert one.begin(8) == {}
    assert one.take("a", 1, 8)


@pytest.mark.thorough
@pytest.mark.requirement("D-2")
def test_a_change_is_seen_soon_after_its_commit(live: str, world: World) -> None:
    token = codes.printed_token(world.worker.pk)
    address = f"{live}/live/scan/{token}"
    with httpx.Client(trust_env=False, timeout=10) as client:
        first = client.get(address)
        assert first.status_code == 200
        assert first.json()["state"] == "issued"
        codes.suspend(worker_id=world.worker.pk, why="投诉核查", by=SYSTEM, at=clock.now())
        end = time.monotonic() + 10
        while client.get(address).json()["state"] != "suspended":
            assert time.monotonic() < end
            time.sleep(0.05)
