"""The same acts through the API: one refusal form, and nothing for strangers."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client

from anxin.accounts.models import Person
from anxin.kit.actor import SYSTEM
from anxin.safetycode import public as codes
from anxin.workers.models import Credential, Worker
from tests.cast import in_post, token_of
from tests.workers.world import JINCHENG, NOW, World, hold, make_person, span

API = "/api/v1"
Call = Callable[..., Any]


@pytest.fixture(autouse=True)
def _noon() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def caller(person: Person, appointment: Any = None) -> Call:
    headers = token_of(person, appointment)
    client = Client(enforce_csrf_checks=True)

    def call(method: str, path: str, data: Any = None) -> Any:
        return client.generic(method, API + path, json.dumps(data or {}), "application/json", headers=headers)

    return call


def as_worker(world: World) -> Call:
    return caller(Person.objects.get(pk=world.worker.person_id))


def as_staff(world: World, *, rival: bool = False) -> Call:
    member = in_post(make_person("店长"), world.rival if rival else world.agency, "agency.head")
    return caller(member.person, member.appointment)


PAPER = {
    "kind": "training", "title": "岗前培训", "issuer": "临安区家政协会", "valid_from": "2026-01-01",
    "valid_to": "2027-01-01",
}  # fmt: skip


@pytest.mark.requirement("A-6.2.3")
def test_a_worker_reads_and_keeps_their_own_record(world: World) -> None:
    call = as_worker(world)
    me = call("GET", "/workers/me").json()
    assert me["number"] == world.worker.number
    assert me["phone_masked"].count("*") == 4
    assert {c["kind"] for c in me["credentials"]} == {"health_check", "insurance", "background_check"}
    skills = [{"item_code": "0102", "level": 3}]
    assert call("PUT", "/workers/me/skills", {"skills": skills}).json()["skills"] == skills
    assert call("PUT", "/workers/me/areas", {"towns": [JINCHENG]}).json()["towns"] == [JINCHENG]
    shifts = [{"weekday": 0, "from_minute": 480, "to_minute": 720}]
    assert call("PUT", "/workers/me/shifts", {"shifts": shifts}).json()["shifts"] == shifts
    refused = call(
        "PUT", "/workers/me/shifts", {"shifts": [{"weekday": 0, "from_minute": 9, "to_minute": 9}]}
    )
    assert (refused.status_code, refused.json()["code"]) == (422, "shift_unfit")


def test_a_paper_with_values_is_refused_by_schema_and_by_words(world: World) -> None:
    call = as_worker(world)
    count = Credential.objects.count()
    assert call("POST", "/workers/me/credentials", PAPER | {"blood_pressure": "120/80"}).status_code == 422
    refused = call("POST", "/workers/me/credentials", PAPER | {"title": "转氨酶 35 U/L"})
    assert (refused.status_code, refused.json()["code"]) == (422, "health_value_given")
    assert Credential.objects.count() == count


def test_a_paper_goes_from_the_worker_to_the_agency_which_verifies(world: World) -> None:
    paper = as_worker(world)("POST", "/workers/me/credentials", PAPER).json()
    path = f"/credentials/{paper['id']}/verification"
    assert as_worker(world)("POST", path, {"how": "自查"}).status_code == 403
    assert as_staff(world, rival=True)("POST", path, {"how": "查验"}).status_code == 404
    done = as_staff(world)("POST", path, {"how": "查验原件"})
    assert (done.status_code, done.json()["verified_how"]) == (200, "查验原件")
    again = as_staff(world)("POST", path, {"how": "查验原件"})
    assert (again.status_code, again.json()["code"]) == (409, "paper_settled")


def test_leave_and_bookings(world: World) -> None:
    hold(world.worker, span(14, 16))
    call = as_worker(world)
    window = "?since=2026-03-20T00:00:00Z&until=2026-03-21T00:00:00Z"
    assert [b["kind"] for b in call("GET", f"/workers/me/bookings{window}").json()] == ["visit"]
    over = {"starts_at": "2026-03-20T15:00:00+08:00", "ends_at": "2026-03-20T18:00:00+08:00"}
    refused = call("POST", "/workers/me/leave", over)
    assert (refused.status_code, refused.json()["code"]) == (409, "leave_over_booking")
    backward = {"starts_at": over["ends_at"], "ends_at": over["starts_at"]}
    assert call("POST", "/workers/me/leave", backward).status_code == 422
    free = {"starts_at": "2026-03-21T08:00:00+08:00", "ends_at": "2026-03-21T18:00:00+08:00"}
    taken = call("POST", "/workers/me/leave", free)
    assert taken.status_code == 201
    assert call("POST", f"/leave/{taken.json()['id']}/cancellation").status_code == 204


def test_the_agency_lists_takes_on_and_lets_go(world: World) -> None:
    person, call = make_person("郑爱华"), as_staff(world)
    given = {"phone": person.phone, "name": "郑爱华", "kind": "flexible"}
    taken = call("POST", "/workers/taking-on", given)
    assert (taken.status_code, taken.json()["affiliation"]) == (201, "flexible")
    number = taken.json()["number"]
    assert {line["number"] for line in call("GET", "/workers").json()} == {number, world.worker.number}
    assert as_staff(world, rival=True)("GET", "/workers").json() == []
    assert call("PUT", f"/workers/{number}/grabbing", {"allowed": True}).json()["may_grab"]
    assert call("PUT", f"/workers/{number}/state", {"state": "paused"}).json()["state"] == "paused"
    with time_machine.travel(NOW.replace(hour=5), tick=False):
        assert as_staff(world)("POST", f"/workers/{number}/departure").status_code == 204
        assert as_staff(world)("GET", f"/workers/{number}").status_code == 404


def test_strangers_find_nobody(world: World) -> None:
    call = caller(Person.objects.get(pk=world.stranger.person_id))
    number = world.worker.number
    assert call("GET", "/workers").status_code == 403
    assert call("GET", f"/workers/{number}").status_code == 404
    assert call("GET", "/workers/me").status_code == 404
    assert call("PUT", f"/workers/{number}/skills", {"skills": []}).status_code == 404
    assert Client().get(f"{API}/workers/{number}").status_code == 401
    assert world.worker.skills.count() == 1


def test_a_verified_person_enrols(world: World) -> None:
    person = make_person("孙丽")
    call = caller(person)
    assert call("POST", "/workers", {"intro": "做事细心"}).status_code == 201
    again = call("POST", "/workers", {})
    assert (again.status_code, again.json()["code"]) == (409, "already_enrolled")
    assert Worker.objects.filter(person=person).count() == 1


@pytest.mark.requirement("D-3a", "D-3b", "A-6.3.2c")
def test_the_code_through_the_api(world: World) -> None:
    call = as_worker(world)
    assert call("GET", "/safety-code").json()["code"] == "no_code"
    codes.issue(worker_id=world.worker.pk, by=SYSTEM, at=NOW)
    mine = call("GET", "/safety-code").json()
    assert mine["judgement"]["colour"] == "green"
    anybody = Client()
    for text in (mine["token"], f"http://localhost:8000{mine['address']}"):
        seen = anybody.post(f"{API}/safety-code/scans", {"token": text}, "application/json")
        assert (seen.status_code, seen.json()["result"]) == (201, "pass")
        assert seen.json()["card"]["name"] == "王*芳"
    forged = anybody.post(f"{API}/safety-code/scans", {"token": "x" * 35}, "application/json")
    assert (forged.status_code, forged.json()["code"]) == (404, "code_forged")
    card = anybody.get(f"{API}/workers/{world.worker.number}/card").json()
    assert (card["agency"], card["credit_grade"], card["judgement"]["colour"]) == ("安心家政", "B", "green")
    base = f"/workers/{world.worker.number}/safety-code"
    assert call("GET", base).json()["number"] == mine["number"]
    assert call("POST", f"{base}/suspension", {"why": "试试"}).status_code == 403
    stranger = caller(Person.objects.get(pk=world.stranger.person_id))
    assert stranger("GET", base).status_code == 404
