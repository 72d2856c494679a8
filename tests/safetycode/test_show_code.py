"""The worker's own code: colour, word, shape, a QR that decodes, and no way for others to see it."""

from __future__ import annotations

import io
import re
from datetime import date
from urllib.parse import unquote

import pytest
import time_machine
import zxingcpp
from django.test import Client
from PIL import Image

from anxin.accounts.public import Person
from anxin.catalogue.values import CredentialKind
from anxin.kit.actor import SYSTEM
from anxin.safetycode import public as codes
from anxin.safetycode.engine.picture import INKS, png, qr, svg_uri
from anxin.safetycode.queries.tokens import LENGTH
from anxin.safetycode.values import Colour
from anxin.workers import public as workers
from tests.cast import signed_in
from tests.workers.world import NOW, World, add_paper, make_worker

ADDRESS = f"https://anxin.example.org/c/{'x' * LENGTH}/"


@pytest.mark.requirement("A-6.3.2c")
@pytest.mark.parametrize("colour", list(Colour))
def test_the_code_decodes_in_each_colour(colour: Colour) -> None:
    picture = Image.open(io.BytesIO(png(ADDRESS, colour, scale=8))).convert("RGB")
    found = zxingcpp.read_barcodes(picture)
    assert [one.text for one in found] == [ADDRESS]
    assert INKS[colour].lower() in unquote(svg_uri(ADDRESS, colour)).lower()


@pytest.mark.parametrize("colour", list(Colour))
def test_the_code_decodes_small_and_grey(colour: Colour) -> None:
    picture = Image.open(io.BytesIO(png(ADDRESS, colour, scale=8))).convert("L").resize((220, 220))
    assert [one.text for one in zxingcpp.read_barcodes(picture)] == [ADDRESS]


def test_the_symbol_is_small_and_of_level_m() -> None:
    symbol = qr(ADDRESS)
    assert symbol.error == "M"
    assert int(symbol.version) <= 6


def _page(client: Client, path: str = "/code/") -> str:
    response = client.get(path)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    return response.content.decode()


@pytest.mark.requirement("A-6.3.2c", "D-3a", "D-2")
def test_the_page_shows_word_colour_number_and_a_code_that_leads_to_the_scan(world: World) -> None:
    code = codes.issue(worker_id=world.worker.pk, by=SYSTEM, at=NOW)
    client = signed_in(Person.objects.get(pk=world.worker.person_id))
    with time_machine.travel(NOW, tick=False):
        text = _page(client)
        token = codes.display_token(world.worker.pk, NOW)
        scanned = Client().get(f"/c/{token}/")
    assert "绿码" in text
    assert code.number in text
    assert 'hx-trigger="every 30s"' in text
    assert 'http-equiv="refresh"' in text
    assert scanned.status_code == 200


@pytest.mark.requirement("D-3a")
def test_the_page_says_why_it_is_yellow_and_what_to_do(world: World) -> None:
    worker = make_worker(world.agency, name="周八", papers=False)
    add_paper(worker, CredentialKind.HEALTH_CHECK, until=date(2026, 3, 17))
    add_paper(worker, CredentialKind.INSURANCE)
    add_paper(worker, CredentialKind.BACKGROUND_CHECK)
    codes.issue(worker_id=worker.pk, by=SYSTEM, at=NOW)
    client = signed_in(Person.objects.get(pk=worker.person_id))
    with time_machine.travel(NOW, tick=False):
        text = _page(client, "/code/live/")
    assert "黄码" in text
    assert "健康体检已于 2026-03-17 到期" in text
    assert "参加健康体检" in text


def test_a_picture_on_the_page_is_the_code_itself(world: World) -> None:
    codes.issue(worker_id=world.worker.pk, by=SYSTEM, at=NOW)
    client = signed_in(Person.objects.get(pk=world.worker.person_id))
    with time_machine.travel(NOW, tick=False):
        text = _page(client)
        expected = svg_uri(
            f"http://localhost:8000/c/{codes.display_token(world.worker.pk, NOW)}/", Colour.GREEN
        )
    found = re.search(r'src="(data:image/svg[^"]+)"', text)
    assert found
    assert unquote(found.group(1).replace("&#x27;", "'").replace("&amp;", "&")) == unquote(expected)


def test_one_who_is_no_worker_is_told_so(world: World) -> None:
    text = _page(signed_in(Person.objects.get(pk=world.stranger.person_id)))
    assert "还没有登记为家政服务员" in text
    assert "ZJ-" not in text


def test_a_visitor_is_sent_to_sign_in(db: None) -> None:
    response = Client().get("/code/")
    assert response.status_code == 302
    assert "/code/" in unquote(response.headers["Location"])


def test_the_page_takes_a_fixed_number_of_queries(world: World, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    codes.issue(worker_id=world.worker.pk, by=SYSTEM, at=NOW)
    client = signed_in(Person.objects.get(pk=world.worker.person_id))
    with django_assert_max_num_queries(14):
        client.get("/code/live/")
    assert workers.worker_of(world.worker.person_id) is not None
