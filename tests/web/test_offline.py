"""What a phone keeps for the time without a network: files that exist, a page of nobody, the day's card of a worker."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse

from anxin.web.pages.offline import FILES, keep_until
from tests.cast import NOON, Member

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]


def test_the_service_worker_names_files_that_exist_and_stands_at_the_root(client: Client) -> None:
    answer = client.get("/sw.js")
    assert answer["Content-Type"] == "text/javascript"
    assert answer["Cache-Control"] == "no-cache", "a browser must learn of the next version"
    shell = json.loads(answer.content.decode().partition("self.SHELL = ")[2].partition(";\n")[0])
    assert shell["offline"] == reverse("web:offline")
    assert shell["leave"] == reverse("accounts:sign_out")
    assert len(shell["files"]) == len(FILES)
    own = ("css/app.css", "js/app.js", "js/sw.js", "icons/sprite.svg")
    built = (ROOT / "frontend" / "dist").is_dir()
    for name in (*FILES, "js/sw.js"):
        assert finders.find(name) or (name in own and not built), name
    assert "worker-src 'self'" in answer["Content-Security-Policy"]


def test_the_kept_files_are_those_that_the_pages_name(client: Client) -> None:
    page = "".join(client.get(reverse(f"{area}:offline")).content.decode() for area in ("web", "safetycode"))
    for name in FILES:
        assert f"/static/{name}" in page, name


def test_the_page_without_network_says_nothing_of_anybody_to_a_stranger(client: Client) -> None:
    page = client.get(reverse("web:offline")).content.decode()
    assert "现在连不上网络" in page
    assert "data-reader" not in page


def test_whoever_is_signed_in_is_known_to_the_store_of_what_waits(
    client_of: Callable[..., Client], chen_jing: Member
) -> None:
    page = client_of(chen_jing).get(reverse("web:offline")).content.decode()
    assert f'data-reader="{chen_jing.id}"' in page


def test_a_card_is_kept_for_the_day_of_its_visit_only() -> None:
    def kept(start: float, hours: float = 2) -> float | None:
        """Hours from now, ten in the morning here, until which a visit's card is kept."""
        starts = NOON + timedelta(hours=start)
        until = keep_until(starts, starts + timedelta(hours=hours), NOON)
        return (int(until) - NOON.timestamp()) / 3600 if until else None

    assert kept(2) == 14, "to the end of the day"
    assert kept(-9) == 14
    assert kept(24) is None
    assert kept(-24) is None


def test_a_visit_in_the_night_keeps_its_card_beyond_midnight() -> None:
    late = NOON + timedelta(hours=13)
    before, after = late + timedelta(minutes=30), late + timedelta(hours=2)
    starts, ends = late + timedelta(hours=1, minutes=30), late + timedelta(hours=4)
    for at in (before, after):
        assert int(keep_until(starts, ends, at)) >= int((ends + timedelta(hours=4)).timestamp())
    started, over = NOON + timedelta(hours=12), NOON + timedelta(hours=18)
    assert int(keep_until(started, over, over)) == int((over + timedelta(hours=4)).timestamp())
    assert keep_until(started, over, over + timedelta(hours=4)) == ""
