"""What readers without a network are given: the page, the keys, the lists; and the worker's signed code."""

from __future__ import annotations

import base64
import json
import re
import zlib
from datetime import timedelta
from itertools import chain, count

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.test import Client

from anxin.accounts.public import Person
from anxin.kit.actor import SYSTEM
from anxin.safetycode import actions, queries
from anxin.safetycode import public as codes
from anxin.safetycode.engine import offline, statuslist
from anxin.safetycode.models import SafetyCode
from anxin.safetycode.pages import signed as pages
from anxin.safetycode.queries.signed import free_slot
from anxin.safetycode.values import Colour
from tests.cast import signed_in
from tests.workers.world import NOW, World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_list_of_another_test() -> None:
    pages._lists.cache_clear()


def unpadded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def listed_bit(client: Client, code: SafetyCode) -> bool:
    """The bit of a code, read from the published list with the published key."""
    pages._lists.cache_clear()
    assert code.slot is not None
    number, bit = divmod(code.slot, statuslist.SIZE)
    [key] = client.get("/check/keys/").json()["keys"]
    text = client.get(f"/check/status/{number}/").content.decode()
    head, body, signature = text.split(".")
    public = Ed25519PublicKey.from_public_bytes(unpadded(key["x"]))
    public.verify(unpadded(signature), f"{head}.{body}".encode())
    assert json.loads(unpadded(head))["kid"] == key["kid"]
    return statuslist.is_set(zlib.decompress(unpadded(json.loads(unpadded(body))["status_list"]["lst"])), bit)


def green(world: World) -> SafetyCode:
    """The worker of the world has every paper."""
    return codes.issue(worker_id=world.worker.pk, by=SYSTEM, at=NOW)


def said(code: SafetyCode) -> offline.Claims:
    facts = queries.facts_of([code.worker_id])[code.worker_id]
    return queries.read_signed(queries.signed_code(code, facts, NOW))


@pytest.mark.requirement("D-3a")
def test_a_signed_code_says_the_colour_and_how_long_it_holds(world: World) -> None:
    code = green(world)
    claims = said(code)
    assert (claims.number, claims.colour, claims.at) == (code.number, Colour.GREEN, NOW)
    facts = queries.facts_of([code.worker_id])[code.worker_id]
    ends = [paper.valid_to for paper in facts.papers.credentials] + [code.valid_to]
    assert claims.until == min(ends)


def test_the_list_says_when_a_code_is_no_longer_green(world: World, client: Client) -> None:
    code = green(world)
    assert listed_bit(client, code) is False
    codes.suspend(worker_id=code.worker_id, why="证件待核", by=SYSTEM, at=NOW)
    assert listed_bit(client, code) is True
    codes.restore(worker_id=code.worker_id, why="已核", by=SYSTEM, at=NOW)
    assert listed_bit(client, code) is False


def test_no_two_codes_have_one_place(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = green(world).slot
    lots = chain([taken, taken], count(7))
    monkeypatch.setattr("anxin.safetycode.queries.signed.secrets.randbelow", lambda _size: next(lots))
    assert free_slot() == (8 if taken == 7 else 7)


def test_a_code_of_an_older_version_gets_its_place_at_night(world: World, client: Client) -> None:
    code = green(world)
    SafetyCode.objects.filter(pk=code.pk).update(slot=None)
    code.refresh_from_db()
    assert queries.signed_code(code, queries.facts_of([code.worker_id])[code.worker_id], NOW) == ""
    assert client.get("/check/status/0/").status_code == 200
    assert (actions.draw_lots(), actions.draw_lots()) == (1, 0)
    code.refresh_from_db()
    assert code.slot is not None and said(code).status == divmod(code.slot, statuslist.SIZE)


def test_a_list_that_is_not_there_is_not_found(client: Client) -> None:
    assert client.get("/check/status/7/").status_code == 404


def test_anybody_may_read_keys_and_lists_and_nothing_personal_is_in_them(
    world: World, client: Client
) -> None:
    code = green(world)
    for path in ("/check/keys/", "/check/status/0/"):
        answer = client.get(path)
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert code.number not in answer.content.decode()
    assert set(client.get("/check/keys/").json()["keys"][0]) == {"kty", "crv", "alg", "use", "kid", "x"}


def test_the_worker_has_the_signed_code_on_the_page(world: World) -> None:
    code = green(world)
    client = signed_in(Person.objects.get(pk=world.worker.person_id))
    with time_machine.travel(NOW, tick=False):
        page = client.get("/code/").content.decode()
    [text] = re.findall(r"data-signed-text>([^<]+)<", page)
    assert queries.read_signed(text.replace("&amp;", "&")).number == code.number


def test_scanned_with_a_network_the_state_of_now_counts(world: World, client: Client) -> None:
    code = green(world)
    text = queries.signed_code(code, queries.facts_of([code.worker_id])[code.worker_id], NOW)
    codes.revoke(worker_id=code.worker_id, why="离开行业", by=SYSTEM, at=NOW)
    with time_machine.travel(NOW + timedelta(minutes=3), tick=False):
        answer = client.post("/check/", {"scanned": text})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "红码" in page and "离线码签发于" in page
    assert Person.objects.get(pk=world.worker.person_id).name not in page


@pytest.mark.parametrize(
    "spoil", [lambda t: t[:-1] + ("0" if t[-1] != "0" else "1"), lambda t: t[:80], lambda t: t + t]
)
def test_a_changed_one_is_called_so_and_shows_nothing(world: World, client: Client, spoil) -> None:
    code = green(world)
    text = spoil(queries.signed_code(code, queries.facts_of([code.worker_id])[code.worker_id], NOW))
    answer = client.post("/check/", {"scanned": text})
    assert answer.status_code == 422
    assert "不要放行" in answer.content.decode() and "查验时间" not in answer.content.decode()


def test_the_page_carries_every_outcome_it_can_name(client: Client) -> None:
    page = client.get("/check/offline/").content.decode()
    outcomes = set(re.findall(r'data-outcome="(\w+)"', page))
    assert outcomes >= {*map(str, Colour), *(str(t) for t in offline.Trust if t is not offline.Trust.HOLDS)}
    assert outcomes >= {"forged", "unknownkey", "unreadable", "nokeys"}
