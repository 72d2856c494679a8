"""Programs print cards, follow a batch to its file, and ask the worker's leave, as the pages do."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.test import Client

from anxin.accounts.public import Person
from anxin.kit import jobs
from anxin.kit.actor import SYSTEM
from anxin.safetycode import public as codes
from anxin.safetycode.models import Ask, Card, CardBatch
from anxin.safetycode.values import CardForm
from tests import cast
from tests.safetycode.entrusting import entrusted
from tests.tape import taped
from tests.workers.world import NOW, World, make_worker

API = "/api/v1/safety-code"


class Program:
    """A browser's session used by a program: JSON in, JSON out."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.client.get("/")

    def post(self, path: str, data: dict[str, Any], expect: int) -> Any:
        answer = self.client.post(path, data, "application/json")
        assert answer.status_code == expect, answer.content
        return answer.json()

    def get(self, path: str, expect: int = 200) -> Any:
        answer = self.client.get(path)
        assert answer.status_code == expect, answer.content
        return answer.json()


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):  # type: ignore[no-untyped-def]
    settings.ANXIN_FILES = tmp_path / "files"


@taped
def issuer(db: None) -> cast.Member:
    return cast.in_post(
        cast.new_person(1, "证管员", verified=False),
        entrusted("3301", name="家政行业协会"),
        "association.codes",
    )


@pytest.mark.requirement("D-1")
def test_a_program_prints_what_waits_and_fetches_one_file(world: World, issuer: cast.Member) -> None:
    for worker in (world.worker, make_worker(world.agency, name="周一")):
        codes.issue(worker_id=worker.pk, by=issuer.actor, at=NOW)
    with time_machine.travel(NOW, tick=False):
        program = Program(cast.signed_in(issuer.person, issuer.appointment))
        made = program.post(f"{API}/cards", {"form": "sheet"}, 201)
        assert (made["state"], made["total"], made["done"], made["file"]) == ("setting", 2, 0, "")
        program.post(f"{API}/cards", {"form": "sheet"}, 409)
        jobs.drain(NOW)
        ready = program.get(f"{API}/cards/{made['id']}")
        assert (ready["state"], ready["done"]) == ("ready", 2)
        assert program.client.get(ready["file"]).content.startswith(b"%PDF")
        assert Client().get(ready["file"]).status_code == 404
        assert program.get(f"{API}/cards") == [ready]
        assert program.get(f"{API}/cards/stock")["left"] == -2
        program.post(f"{API}/cards/stock", {"reason": "received", "change": -5}, 422)
        program.post(f"{API}/cards/stock", {"reason": "received", "change": 500, "note": "第一批"}, 201)
        assert program.get(f"{API}/cards/stock")["left"] == 498


@pytest.mark.requirement("D-1")
def test_a_program_prints_one_workers_card_and_another_only_for_a_reason(
    world: World, issuer: cast.Member
) -> None:
    codes.issue(worker_id=world.worker.pk, by=issuer.actor, at=NOW)
    path = f"/api/v1/workers/{world.worker.number}/safety-code/cards"
    with time_machine.travel(NOW, tick=False):
        program = Program(cast.signed_in(issuer.person, issuer.appointment))
        assert program.post(path, {"form": "single"}, 201)["total"] == 1
        jobs.drain(NOW)
        assert program.post(path, {"form": "single"}, 422)["code"] == "why_another"
        program.post(path, {"form": "single", "reason": "lost"}, 201)
        assert sorted(row["reason"] for row in program.get(path)) == ["issue", "lost"]


def test_a_worker_there_is_not_is_another_thing_than_one_without_a_code(
    world: World, issuer: cast.Member
) -> None:
    with time_machine.travel(NOW, tick=False):
        program = Program(cast.signed_in(issuer.person, issuer.appointment))
        nobody, codeless = (f"/api/v1/workers/{n}/safety-code/cards" for n in ("W-0", world.worker.number))
        assert program.get(nobody, 404)["code"] == "no_such_worker"
        assert program.post(nobody, {"form": "single"}, 404)["code"] == "no_such_worker"
        assert program.get(codeless, 409)["code"] == "no_code"


def test_who_does_not_issue_prints_nothing_by_program_either(world: World, issuer: cast.Member) -> None:
    codes.issue(worker_id=world.worker.pk, by=issuer.actor, at=NOW)
    batch = codes.print_waiting(form=CardForm.SHEET, by=issuer.actor, at=NOW)
    other = cast.in_post(
        cast.new_person(2, "外市", verified=False),
        entrusted("3302", name="宁波家政协会"),
        "association.codes",
    )
    with time_machine.travel(NOW, tick=False):
        elsewhere = Program(cast.signed_in(other.person, other.appointment))
        elsewhere.get(f"{API}/cards/{batch.pk}", 404)
        assert elsewhere.get(f"{API}/cards") == []
        worker = Program(cast.signed_in(Person.objects.get(pk=world.worker.person_id)))
        for program, refused in ((worker, 403), (Program(Client()), 401)):
            program.get(f"{API}/cards/{batch.pk}", refused)
            program.post(f"{API}/cards", {}, refused)
            program.post(f"/api/v1/workers/{world.worker.number}/safety-code/cards", {}, refused)
    assert (CardBatch.objects.count(), Card.objects.count()) == (1, 1)


@pytest.mark.requirement("D-2")
def test_a_program_asks_the_worker_and_is_shown_the_whole_card_once(world: World) -> None:
    codes.issue(worker_id=world.worker.pk, by=SYSTEM, at=NOW)
    token, name = codes.display_token(world.worker.pk, NOW), world.worker.person.name
    with time_machine.travel(NOW, tick=False):
        reader, worker = (
            Program(Client()),
            Program(cast.signed_in(Person.objects.get(pk=world.worker.person_id))),
        )
        asked = reader.post(f"{API}/asks", {"token": f"https://anxin.example/c/{token}/"}, 201)
        key = asked.pop("key")
        assert asked["state"] == "waiting" and reader.get(f"{API}/asks/{key}") == asked
        assert reader.post(f"{API}/asks/{key}/opening", {}, 409)["code"] == "not_agreed"
        [waiting] = worker.get(f"{API}/asks")
        assert waiting["number"] == asked["number"]
        reader.post(f"{API}/asks/{waiting['id']}/answer", {"granted": True}, 401)
        stranger = Program(cast.signed_in(cast.new_person(9, "路人", verified=False)))
        stranger.post(f"{API}/asks/{waiting['id']}/answer", {"granted": True}, 404)
        assert stranger.get(f"{API}/asks") == []
        assert worker.post(f"{API}/asks/{waiting['id']}/answer", {"granted": True}, 200)["state"] == "granted"
        shown = reader.post(f"{API}/asks/{key}/opening", {}, 200)
        assert shown["name"] == name
        assert not {world.worker.person.phone, world.worker.person.id_number} & set(map(str, shown.values()))
        assert reader.post(f"{API}/asks/{key}/opening", {}, 409)["code"] == "ask_over"
        assert reader.get(f"{API}/asks/{key}")["state"] == "over"
        reader.get(f"{API}/asks/made-up", 404)
        reader.post(f"{API}/asks", {"token": "nonsense"}, 404)
    assert Ask.objects.count() == 1
