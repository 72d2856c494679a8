"""The product in English: complete catalogues, a switch within reach, and pages without a Chinese word of their own.

What people and agencies wrote stays as they wrote it: names, addresses, the catalogue of services.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import time_machine
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from django.test import Client
from django.utils import translation

from anxin.kit.masks import mask_name
from anxin.places import public as places
from anxin.policies import values
from anxin.policies.values import declared
from anxin.web import display
from tests.cast import NOON, Member
from tests.orders import played
from tests.stage import Stage

ROOT = Path(__file__).resolve().parents[2]
HAN = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]+")
PLACE = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
TAG = re.compile(r"</?\w+")
# What a page says of itself; the rest of its text may be what somebody wrote.
CHROME = frozenset(
    {
        "a",
        "button",
        "caption",
        "dt",
        "footer",
        "h1",
        "h2",
        "h3",
        "label",
        "legend",
        "nav",
        "summary",
        "th",
        "title",
    }
)
SPOKEN = ("alt", "aria-label", "data-label", "placeholder")
VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "source", "wbr"})


class Chrome(HTMLParser):
    """The words of a page's chrome, but for what says itself to be Chinese."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        foreign = given.get("lang", "").startswith("zh")
        if not foreign and not self._foreign():
            self.words += [given[name] for name in SPOKEN if given.get(name)]
        if tag not in VOID:
            self.open.append((tag, foreign))

    def handle_endtag(self, tag: str) -> None:
        if any(one == tag for one, _foreign in self.open):
            while self.open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not self._foreign() and any(tag in CHROME for tag, _foreign in self.open):
            self.words.append(data)

    def _foreign(self) -> bool:
        return any(foreign for _tag, foreign in self.open)


def chinese(html: str, data: set[str]) -> list[str]:
    """What is still Chinese in the chrome of a page once the data in it are taken out, the longest first.

    One character alone is an avatar's.
    """
    page = Chrome()
    page.feed(html)
    found = []
    for words in page.words:
        for known in sorted(data, key=len, reverse=True):
            words = words.replace(known, "")
        found += [left for left in HAN.findall(words) if len(left) > 1]
    return found


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
        yield value.partition("=")[2]
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)


@pytest.fixture(scope="module")
def data() -> set[str]:
    """Every text of the service catalogue, and what the cast of the tests is called."""
    found = {"甲家政", "乙家政", "临安甲家政服务有限公司", "临安乙家政服务有限公司"}
    for path in (ROOT / "src/anxin/catalogue/data").rglob("*.toml"):
        found.update(_texts(tomllib.loads(path.read_text())))
    return {text for text in found if len(text) > 1 and HAN.search(text)}


def _known(data: set[str], *people: Member) -> set[str]:
    """The data of a page on which these people and the towns appear, whole or masked."""
    names = {one.person.name for one in people}
    names |= {one.organisation.name for one in people if one.appointment}
    return data | names | {mask_name(name) for name in names} | {town.name for town in places.towns()}


@pytest.fixture(autouse=True)
def only_rules_of_the_house(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tests of the same process make rules of their own, without English."""
    for key in [key for key in declared() if key.startswith("tests.")]:
        monkeypatch.delitem(values._registry, key)


@pytest.fixture
def english(client_of: Callable[..., Client]) -> Callable[[Member], Client]:
    """A browser of a member who has turned the page to English."""

    def make(who: Member) -> Client:
        client = client_of(who)
        client.post("/preferences/", {"language": "en"})
        return client

    return make


@cache
def messages(path: Path) -> list[tuple[Message, list[str]]]:
    """A catalogue's messages, each with the forms in which it is said."""
    with path.open("rb") as file:
        found = [message for message in read_po(file, locale=path.parent.parent.name) if message.id]
    return [(one, [one.string] if isinstance(one.string, str) else list(one.string)) for one in found]


def english_catalogues() -> list[Path]:
    return sorted((ROOT / "src").rglob("locale/en/LC_MESSAGES/django.po"))


def test_every_english_catalogue_is_complete_and_read_by_somebody() -> None:
    lacking = [
        f"{path.relative_to(ROOT)}: {message.id}"
        for path in english_catalogues()
        for message, forms in messages(path)
        if not forms or not all(forms)
    ]
    assert lacking == []
    every = sorted((ROOT / "src").rglob("*.po"))
    assert [one.id for path in every for one, _forms in messages(path) if one.fuzzy] == []


def test_translations_keep_the_places_and_tags_of_their_source() -> None:
    wrong = []
    for path in english_catalogues():
        for message, forms in messages(path):
            source = message.id if isinstance(message.id, str) else message.id[0]
            for form in forms:
                if set(PLACE.findall(source)) != set(PLACE.findall(form)) or sorted(
                    TAG.findall(source)
                ) != sorted(TAG.findall(form)):
                    wrong.append(f"{path.relative_to(ROOT)}: {source} → {form}")
    assert wrong == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/", "/services/", "/agencies/", "/check/", "/verify/", "/sign-in/", "/rules/"]
)
def test_the_switch_is_on_every_public_page_and_turns_it(client: Client, data: set[str], path: str) -> None:
    page = client.get(path).content.decode()
    assert 'name="language" value="en"' in page
    client.post("/preferences/", {"language": "en"})
    page = client.get(path).content.decode()
    assert '<html lang="en"' in page
    assert 'name="language" value="zh-hans" lang="zh-CN"' in page
    assert chinese(page, _known(data)) == []


@time_machine.travel(NOON, tick=False)
def test_the_customer_asks_and_follows_the_order_in_english(
    stage: Stage, english: Callable[[Member], Client], data: set[str]
) -> None:
    order, _card = played.carded(stage)
    client = english(stage.customer)
    known = _known(data, stage.customer, stage.head, *stage.people) | {stage.address.detail}
    for path in ("/ask/", "/ask/0101/", "/orders/", f"/orders/{order.number}/", "/me/"):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert chinese(answer.content.decode(), known) == [], path


@time_machine.travel(NOON, tick=False)
def test_agency_and_operator_work_in_english(
    stage: Stage, operations: Member, english: Callable[[Member], Client], data: set[str]
) -> None:
    order = played.accepted(stage)
    known = _known(data, stage.customer, stage.head, operations, *stage.people)
    for who, paths in (
        (stage.head, ("/desk/", "/desk/orders/", f"/orders/{order.number}/candidates/", "/desk/services/")),
        (stage.people[0], ("/today/", "/hall/", "/code/")),
        (operations, ("/operator/", "/desk/rules/", "/desk/calendar/", "/desk/applications/")),
    ):
        client = english(who)
        for path in paths:
            answer = client.get(path)
            assert answer.status_code == 200, path
            assert chinese(answer.content.decode(), known) == [], path


def test_dates_and_the_reason_of_a_price_are_said_in_the_language_of_the_reader() -> None:
    day = NOON.date().replace(year=2024, month=3, day=22)
    note = "2 小时 × ¥45.00；22:00–06:00，每小时加 20%；用量 1.5 小时，按 2 小时计；2 人 × 3 小时；见附页"
    with translation.override("zh-hans"):
        assert display.day_words(day, NOON.date()) == "2024年3月22日"
        assert display.explained(note) == note
    with translation.override("en"):
        assert display.day_words(day, NOON.date()) == "22 Mar 2024"
        assert display.explained(note) == (
            "2 × ¥45.00/hour; 22:00–06:00: plus 20% per hour; 1.5 used, charged as 2 (hour); "
            "2 workers × 3 (hour); 见附页"
        )
