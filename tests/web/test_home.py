"""The first page."""

from __future__ import annotations

from typing import Any

from django.test import Client

from anxin.accounts import public as accounts
from anxin.kit.actor import SYSTEM
from tests.cast import NOON, Member


def test_anybody_can_say_what_they_need(client: Client, db: None) -> None:
    page = client.get("/").content.decode()
    for way in ('action="/find/"', "/find/workers/", "/ask/0101/", "/agencies/", "/check/", "/verify/"):
        assert way in page


def test_the_four_scenes_come_before_the_doors_of_the_demo(
    client: Client, settings: Any, stranger: Member
) -> None:
    settings.ANXIN_DEMO = True
    accounts.offer_demo_login(key="one", label="客户", person_id=stranger.id, by=SYSTEM, at=NOON)
    page = client.get("/").content.decode()
    scenes = [page.index(f"<h2>{scene}</h2>") for scene in ("找家政", "知家政", "评家政", "当家政")]
    assert scenes == sorted(scenes)
    assert max(scenes) < page.index('id="doors"')


def test_it_answers_that_it_lives(client: Client, db: None) -> None:
    assert client.get("/health/").content == b"ok"
