"""A consent is asked where what it is about arises: never ticked beforehand, refused in words, never for others."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client

from anxin.accounts import public as accounts
from anxin.accounts.models import Consent
from anxin.accounts.values import ASKED, Purpose
from anxin.safetycode import public as safetycode
from anxin.safetycode.models import Scan
from anxin.workers.models import Credential
from tests.cast import NOON, Member, token_of
from tests.orders import played
from tests.stage import START, Stage

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("B-6.2.3")]
At = Callable[..., Client]
HEALTH = {
    "kind": "health_check", "title": "健康体检", "issuer": "区中医院", "conclusion": "passed", "health_tier": "1",
    "level": "0", "valid_from": "2026-01-01", "valid_to": "2027-01-01",
}  # fmt: skip
JSON = "application/json"


@pytest.fixture(autouse=True)
def noon() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(NOON, tick=False) as moment:
        yield moment


def box(page: str, purpose: Purpose) -> str:
    found = re.search(rf'<input[^>]*name="consent_{purpose}"[^>]*>', page)
    assert found, purpose
    assert ASKED[purpose].now.text in page and ASKED[purpose].effect in page
    return found[0]


def given(who: Member) -> set[str]:
    return set(accounts.consents_of(who.id))


def test_a_health_check_is_taken_with_the_workers_separate_consent_only(stage: Stage, client_of: At) -> None:
    me, client = stage.people[0], client_of(stage.people[0])
    page = client.get("/worker/papers/").content.decode()
    assert "checked" not in box(page, Purpose.HEALTH) and "checked" not in box(page, Purpose.BACKGROUND)
    count = Credential.objects.count()
    refused = client.post("/worker/papers/", HEALTH)
    assert refused.status_code == 422 and "需要您单独同意" in refused.content.decode()
    assert "checked" not in box(refused.content.decode(), Purpose.HEALTH)
    assert Credential.objects.count() == count and given(me) == set()
    assert client.post("/worker/papers/", HEALTH | {"consent_background_check": "1"}).status_code == 422
    assert client.post("/worker/papers/", HEALTH | {"consent_health_check": "1"}).status_code == 303
    assert Credential.objects.count() == count + 1 and given(me) == {"health_check"}
    assert "您已单独同意" in client.get("/worker/papers/").content.decode()


def test_a_text_that_has_changed_is_read_again_first(stage: Stage, client_of: At) -> None:
    answer = client_of(stage.people[0]).post("/worker/papers/", HEALTH | {"consent_health_check": "7"})
    assert answer.status_code == 409 and "重新阅读" in answer.content.decode()
    assert not Consent.objects.exists()


def test_other_papers_need_none(stage: Stage, client_of: At) -> None:
    paper = HEALTH | {"kind": "training", "title": "岗前培训", "health_tier": ""}
    assert client_of(stage.people[0]).post("/worker/papers/", paper).status_code == 303
    assert not Consent.objects.exists()


def test_nobody_agrees_for_a_worker(stage: Stage, client_of: At) -> None:
    desk, where = client_of(stage.head), f"/desk/workers/{stage.workers[0].number}/papers/"
    assert "consent_health_check" not in desk.get(where).content.decode()
    refused = desk.post(where, HEALTH | {"consent_health_check": "1"})
    assert refused.status_code == 403 and "别人不能代为同意" in refused.content.decode()
    assert not Consent.objects.exists()
    accounts.give_consent(purpose=Purpose.HEALTH, version=1, by=stage.people[0].actor, at=NOON)
    assert desk.post(where, HEALTH).status_code == 303


def test_programs_are_asked_the_same(stage: Stage) -> None:
    paper = {name: value for name, value in HEALTH.items() if name not in ("conclusion", "level")}
    client = Client()
    own = token_of(stage.people[0].person)
    path = "/api/v1/workers/me/credentials"
    refused = client.post(path, paper | {"health_tier": 1}, JSON, headers=own)
    assert (refused.status_code, refused.json()["code"]) == (422, "consent_needed")
    desk = token_of(stage.head.person, stage.head.appointment)
    number = stage.workers[0].number
    other = client.post(
        f"/api/v1/workers/{number}/credentials", paper | {"health_tier": 1, "consent": 1}, JSON, headers=desk
    )
    assert (other.status_code, other.json()["code"]) == (403, "consent_of_another")
    done = client.post(path, paper | {"health_tier": 1, "consent": 1}, JSON, headers=own)
    assert done.status_code == 201 and given(stage.people[0]) == {"health_check"}


def test_who_enrols_may_decide_at_once_or_later(newcomer: Member, client_of: At, stage: Stage) -> None:
    client = client_of(newcomer)
    page = client.get("/worker/enrolment/").content.decode()
    assert "checked" not in box(page, Purpose.HEALTH) and "可以不勾选" in page


def test_where_a_customer_scans_is_kept_only_if_they_agree(
    stage: Stage, client_of: At, noon: time_machine.Coordinates
) -> None:
    order, day = played.arrived(stage)
    noon.move_to(START)
    client, where = client_of(stage.customer), f"/visits/{day.pk}/entry/"
    assert "checked" not in box(client.get(where).content.decode(), Purpose.LOCATION)
    sent: dict[str, Any] = {
        "scanned": safetycode.display_token(stage.workers[0].pk, START), "lat": order.lat, "lng": order.lng,
    }  # fmt: skip
    assert client.post(where, sent).status_code == 303
    assert given(stage.customer) == set()
    assert Scan.objects.get(visit_ref=day.pk).place is None


def test_and_who_agrees_has_it_kept(stage: Stage, client_of: At, noon: time_machine.Coordinates) -> None:
    order, day = played.arrived(stage)
    noon.move_to(START)
    sent: dict[str, Any] = {
        "scanned": safetycode.display_token(stage.workers[0].pk, START), "lat": order.lat, "lng": order.lng,
        "consent_location": "1",
    }  # fmt: skip
    assert client_of(stage.customer).post(f"/visits/{day.pk}/entry/", sent).status_code == 303
    assert given(stage.customer) == {"location"}
    assert Scan.objects.get(visit_ref=day.pk).place is not None


@pytest.mark.parametrize("agreed", [True, False])
def test_where_a_worker_arrives_is_kept_only_if_they_agree(
    stage: Stage, client_of: At, noon: time_machine.Coordinates, agreed: bool
) -> None:
    order, day = played.on_the_way(stage)
    noon.move_to(START)
    me, client = stage.people[0], client_of(stage.people[0])
    assert "checked" not in box(client.get(f"/orders/{order.number}/").content.decode(), Purpose.ARRIVAL)
    sent: dict[str, Any] = {"lat": order.lat, "lng": order.lng} | ({"consent_arrival": "1"} if agreed else {})
    assert client.post(f"/visits/{day.pk}/arrival/", sent).status_code == 303
    day.refresh_from_db()
    assert (day.state, day.arrived_lat) == ("arrived", order.lat if agreed else None)
    assert given(me) == ({"arrival"} if agreed else set())


def test_a_program_keeps_where_a_worker_arrives_by_the_same_consent(
    stage: Stage, noon: time_machine.Coordinates
) -> None:
    order, day = played.on_the_way(stage)
    noon.move_to(START)
    headers = token_of(stage.people[0].person)
    answer = Client().post(
        f"/api/v1/visits/{day.pk}/arrival/", {"lat": order.lat, "lng": order.lng}, JSON, headers=headers
    )
    day.refresh_from_db()
    assert answer.status_code == 200 and day.arrived_lat is None
