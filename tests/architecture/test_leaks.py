"""Nothing personal where it is copied without anybody looking: log lines, addresses, error pages, codes to scan."""

from __future__ import annotations

import base64
import io
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote

import pytest
from django.db import transaction
from django.test import Client

from anxin.accounts.models import Person
from anxin.config import rights
from anxin.config.rights import Cell
from anxin.contracts.models import Contract
from anxin.kit import jobs
from anxin.kit.logs import Line
from anxin.safetycode import public as safetycode
from tests.architecture.addresses import every, pages
from tests.architecture.driving import Things
from tests.cast import NOON, Member
from tests.orders import played
from tests.stage import Stage
from tests.thorough import tried, whole

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("B-6.2.3", "A-4.3")]
At = Callable[..., Client]
LINK = re.compile(r"""(?:href|src|action|hx-get|hx-post|data-url|content|url)\s*=\s*["']([^"']+)["']""")
PARAMETERS = re.compile(r"phone|mobile|name|id_?number|id_?card|email|address$|detail")


@contextmanager
def lines() -> Iterator[io.StringIO]:
    """Everything that is logged meanwhile, as it would be written."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(Line())
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        yield out
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


def secrets() -> set[str]:
    """Phones, identity numbers and whole names of everybody."""
    found: set[str] = set()
    for person in Person.objects.all():
        found |= {person.phone, person.id_number or "", person.name}
    return {one for one in found if len(one) > 1}


def leaks(text: str) -> list[str]:
    readable = unquote(text)
    return sorted(one for one in secrets() if one in readable)


def test_no_address_has_a_place_for_a_person() -> None:
    named = [
        (str(address), name)
        for address in every()
        for name, _kind in address.parameters
        if PARAMETERS.search(name)
    ]
    assert named == []


def test_pages_lead_nowhere_by_a_persons_name_and_log_nothing_of_them(
    things: Things, stage: Stage, client_of: At, operations: Member, auditor: Member
) -> None:
    found: list[tuple[str, str]] = []
    known, met = secrets(), set[str]()
    with lines() as logged:
        for row, who in enumerate((stage.customer, stage.people[0], stage.head, operations, auditor)):
            client, actor = client_of(who), who.actor
            for column, address in enumerate(pages()):
                # What is the same for everybody, or refused to them, leads to the same pages.
                own = address.rule is None or rights.cell(address.rule, actor) in {Cell.OWN, Cell.POST}
                # Of those to whom it is their own the first who is shown something, if not each.
                first = own and address.path not in met
                if "GET" in address.methods and (first or own and whole() or tried(row, column)):
                    path = things.fill(address)
                    if answer := _answer(client, path):
                        found += [(path, link) for link in _links_that_leak(answer, known)]
                        met |= {address.path} if answer.status_code == 200 else set()
    assert found == []
    assert leaks(logged.getvalue()) == []


def _answer(client: Client, path: str) -> Any:
    with transaction.atomic():
        try:
            return client.get(path)
        except Exception:  # noqa: BLE001 - a breakdown is another test's finding
            return None
        finally:
            transaction.set_rollback(True)


def _links_that_leak(answer: Any, known: set[str]) -> Iterator[str]:
    links = [answer.headers.get("Location", "")]
    if not answer.streaming and "html" in answer.headers.get("Content-Type", ""):
        links += LINK.findall(answer.content.decode())
    for link in links:
        readable = unquote(link)
        # A button that dials is for the one who may know the number; it is followed by no browser's address bar.
        if not readable.startswith("tel:") and any(one in readable for one in known):
            yield readable


def test_the_whole_way_of_an_order_is_logged_without_naming_anybody(stage: Stage) -> None:
    with lines() as logged:
        played.in_service(stage)
        jobs.drain(NOON)
        logging.getLogger("anxin.somewhere").info("typed: %s and %s", *_numbers(stage))
    assert leaks(logged.getvalue()) == []
    assert "[struck out] and [struck out]" in logged.getvalue()


def _numbers(stage: Stage) -> tuple[str, str]:
    return stage.customer.person.phone, stage.customer.person.id_number or ""


def test_an_error_page_does_not_repeat_what_was_typed(stage: Stage, client_of: At) -> None:
    phone, number = _numbers(stage)
    for client in (Client(), client_of(stage.customer)):
        for path in (
            f"/orders/{phone}/",
            f"/nowhere/{number}/",
            f"/workers/{phone}/",
            f"/api/v1/orders/{phone}/",
        ):
            answer = client.get(path)
            assert answer.status_code in {302, 303, 401, 404}
            told = answer.content.decode()
            assert phone not in told and number not in told
        answer = client.post("/api/v1/sign-in/code/", {"phone": [number]}, "application/json")
        assert number not in answer.content.decode()


def test_codes_to_scan_hold_a_key_and_no_person(stage: Stage) -> None:
    worker = stage.workers[0]
    for token in (safetycode.display_token(worker.pk, NOON), safetycode.printed_token(worker.pk)):
        assert leaks(token) == []
        opened = b"".join(_unpacked(part) for part in re.split(r"[./]", token))
        assert not any(one.encode() in opened for one in secrets())
    order, _day = played.in_service(stage)
    for contract in Contract.objects.filter(order=order):
        assert leaks(contract.number) == []


def _unpacked(part: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except ValueError:
        return b""
