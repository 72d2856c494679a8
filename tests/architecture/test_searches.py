"""What somebody types to find a person stands in no address: not of the list, its links, its file, nor in a log."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import time_machine
from django.test import Client

import anxin
from anxin.config import rights
from anxin.config.api import api
from anxin.config.rights import Cell
from anxin.kit import clock
from anxin.kit.seeking import SEALED, TTL, TYPED
from tests.architecture.addresses import pages
from tests.architecture.test_leaks import LINK, lines
from tests.cast import Member
from tests.orders import played
from tests.seeking import send
from tests.stage import Stage
from tests.thorough import Turns

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("B-6.2.3", "A-4.3")]
At = Callable[..., Client]
SOURCE = Path(anxin.__file__).parent
FIELD = re.compile(rf'name="({TYPED}[a-z]+)"')
# Forms whose content stands in the address: choices, days, numbers of things, and words for a service or a firm.
# The rows that were ticked for an export are numbers of orders and bills.
READABLE = {
    "agencies/compare.html", "agencies/directory.html", "agencies/offers.html", "agencies/estimate_form.html",
    "catalogue/services.html", "contracts/verify.html", "matching/workers.html", "orders/ask.html",
    "matching/weights.html",
    "safetycode/past.html",
    "web/components/batch.html", "web/components/topbar.html", "web/styleguide/forms.html",
    "web/styleguide/desk.html",
}  # fmt: skip
# The names of firms and services are public.
OF_FIRMS = {("/api/v1/agencies", "q"), ("/api/v1/applications", "q"), ("/api/v1/catalogue/items", "q")}
DESKS = {
    "/desk/orders/", "/desk/dispatch/", "/desk/workers/", "/desk/codes/", "/desk/customers/", "/contracts/",
    "/bills/", "/money/", "/desk/reviews/", "/operator/reviews/", "/desk/applications/",
    "/operator/audit/",
}  # fmt: skip


def test_every_form_is_posted_but_those_that_name_nobody() -> None:
    open_forms = set()
    for file in SOURCE.glob("*/templates/**/*.html"):
        for tag in re.findall(r"<form\b(?:[^>%]|%(?!\})|%\})*?>", file.read_text(), re.S):
            if not re.search(r'method="post"', tag):
                open_forms.add(str(file.relative_to(SOURCE)).split("/templates/")[1])
    assert open_forms == READABLE


def test_no_operation_reads_typed_words_from_its_address() -> None:
    asked = {
        (path, one["name"])
        for path, methods in api.get_openapi_schema()["paths"].items()
        for operation in methods.values()
        for one in operation.get("parameters", [])
        if one["in"] == "query" and re.search(r"^q$|phone|name|text|who|search", one["name"])
    }
    assert asked == OF_FIRMS


def searched(client: Client, who: Member, row: int, turns: Turns) -> dict[str, set[str]]:
    """The lists that somebody can search, with the fields they type into."""
    found, actor = {}, who.actor
    for column, address in enumerate(pages()):
        if address.rule is None or rights.cell(address.rule, actor) is Cell.NO:
            continue
        if "GET" not in address.methods or address.parameters:
            continue
        if address.path in DESKS or turns.take(address.path, row, column):
            answer = client.get(address.path)
            html = answer.status_code == 200 and "html" in answer.headers.get("Content-Type", "")
            if html and (fields := set(FIELD.findall(answer.content.decode()))):
                found[address.path] = fields
    return found


def test_no_search_of_any_desk_puts_what_was_typed_into_an_address_or_a_log(
    stage: Stage, client_of: At, operations: Member, auditor: Member, reviews_admin: Member
) -> None:
    order, _day = played.in_service(stage)
    typed = (order.customer.person.phone, order.customer.person.name, order.customer.person.id_number or "")
    driven, turns = set(), Turns()
    with lines() as logged:
        for row, who in enumerate((stage.head, operations, auditor, reviews_admin)):
            client = client_of(who)
            for path, fields in searched(client, who, row, turns).items():
                driven.add(path)
                for words in typed:
                    way = client.post("/search/", {"list": path, **dict.fromkeys(fields, words)})
                    assert way.status_code == 303
                    there = way.headers["Location"]
                    assert there.startswith(f"{path}?{SEALED}=")
                    answer: Any = client.get(there)
                    assert answer.status_code == 200
                    page = answer.content.decode()
                    assert f'value="{words}"' in page, path
                    addresses = [there, *LINK.findall(page)]
                    assert not [one for one in addresses if words in unquote(one)], path
    assert driven >= DESKS
    assert not [words for words in typed if words in unquote(logged.getvalue())]


def test_a_search_opens_for_the_one_who_typed_it_for_a_days_work(stage: Stage, client_of: At) -> None:
    order, _day = played.in_service(stage)
    head, rival = client_of(stage.head), client_of(stage.rival)
    there = send(head, "/desk/orders/", f"q={order.number}&sort=-service").headers["Location"]
    assert "sort=-service" in there
    assert order.number in head.get(there).content.decode()
    assert "之前的搜索已失效" in rival.get(there).content.decode()
    # Of the last letter some bits say nothing.
    changed = there[:-9] + ("A" if there[-9] != "A" else "B") + there[-8:]
    assert "之前的搜索已失效" in head.get(changed).content.decode()
    assert "之前的搜索已失效" in head.get(f"/desk/orders/?{SEALED}=x").content.decode()


def test_of_a_search_that_has_lapsed_no_file_is_made(stage: Stage, client_of: At) -> None:
    there = send(client_of(stage.head), "/desk/orders/", "q=13900000000").headers["Location"]
    with time_machine.travel(clock.now().timestamp() + TTL + 1):
        answer = client_of(stage.head).get(f"{there}&format=csv")
    assert "html" in answer.headers["Content-Type"]
    assert "之前的搜索已失效" in answer.content.decode()


def test_words_in_the_address_itself_are_not_read(stage: Stage, client_of: At) -> None:
    order, _day = played.in_service(stage)
    page = client_of(stage.head).get("/desk/orders/?q=13900000000").content.decode()
    assert order.number in page
    assert 'value="13900000000"' not in page


@pytest.mark.parametrize("to", ["https://example.com/", "//example.com/x", "/\\example.com", ""])
def test_a_search_leads_to_no_other_site(stage: Stage, client_of: At, to: str) -> None:
    way = client_of(stage.head).post("/search/", {"list": to, f"{TYPED}q": "x"}).headers["Location"]
    assert way.startswith(f"/?{SEALED}=")


def test_a_program_posts_whom_it_looks_for_with_the_right_to_read(stage: Stage) -> None:
    from tests.cast import token_of

    worker = stage.workers[0]
    token = token_of(stage.head.person, stage.head.appointment, "read")
    found = Client().post(
        "/api/v1/workers/search", {"q": worker.person.phone}, "application/json", headers=token
    )
    assert [one["number"] for one in found.json()] == [worker.number]


def test_someone_who_is_not_signed_in_searches_nothing() -> None:
    answer = Client().post("/search/", {"list": "/desk/orders/", f"{TYPED}q": "x"})
    assert answer.headers["Location"].startswith("/sign-in/")
