"""Every address, driven by nobody and by a stranger: no breakdown, no data of others, nothing done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from anxin.config import rights
from anxin.config.rights import Cell
from anxin.kit.actor import ANONYMOUS, Actor
from tests.architecture.addresses import Address, every
from tests.architecture.driving import OUTSIDE, Things

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("A-6.3.3d")]


def drive(
    client: Client, things: Things, addresses: list[Address], actor: Actor = ANONYMOUS
) -> Iterator[tuple[Address, str, Any]]:
    """Call every address by every method it has; each call is undone, so that none changes the next. `actor`: who
    the client is, if anybody."""
    client.defaults["REMOTE_ADDR"] = OUTSIDE
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    for address in addresses:
        path = things.fill(address)
        # A refusal told to a script is the same refusal without a page around it.
        refused = actor.person_id and address.rule and rights.cell(address.rule, actor) is Cell.NO
        hurry = {"HX-Request": "true"} if refused and not address.is_api else {}
        for method in address.methods:
            client.cookies.clear()
            client.cookies.load(cookies)
            with transaction.atomic():
                answer: Any
                try:
                    answer = (
                        client.generic(method, path, "{}", "application/json")
                        if address.is_api
                        else (getattr(client, method.lower())(path, headers=hurry))
                    )
                except Exception as error:  # noqa: BLE001 - any breakdown is the finding
                    answer = error
                transaction.set_rollback(True)
            yield address, method, answer


def faults(
    client: Client, things: Things, allowed: Callable[[Address], set[int]], actor: Actor = ANONYMOUS
) -> list[str]:
    """What went wrong, in words."""
    found = []
    for address, method, answer in drive(client, things, every(), actor):
        if not isinstance(answer, HttpResponse):
            if not getattr(answer, "streaming", False):
                found.append(f"{method} {address.path} broke: {answer!r}")
            continue
        if answer.status_code >= 500:
            found.append(f"{method} {address.path} → {answer.status_code}")
        if answer.status_code not in allowed(address):
            found.append(
                f"{method} {address.path} ({address.rule and address.rule.name}) → {answer.status_code}"
            )
        text = answer.content.decode(errors="replace")
        found += [f"{method} {address.path} shows {one}" for one in things.secrets if one in text]
    return found


REFUSED = {400, 401, 403, 404, 405, 409, 410, 415, 422, 429}
ANY = REFUSED | {200, 201, 202, 204, 301, 302, 303, 304}


def test_nobody_gets_anything_that_is_not_public(client, things):
    def allowed(address: Address) -> set[int]:
        if address.rule and address.rule.name in ("public", "demo only"):
            return ANY
        if address.rule and address.rule.name.startswith("from "):
            return {404}
        return {401} if address.is_api else {302}

    assert faults(client, things, allowed) == []


def test_a_stranger_gets_nothing_of_others(client_of, things, stranger):
    own = things.secrets - {stranger.person.phone, stranger.person.id_number}

    def allowed(address: Address) -> set[int]:
        names = set(address.rule.name.split(" | ")) if address.rule else set()
        if names & {"public", "demo only", "signed in", "as oneself", "verified"}:
            return ANY
        return {404} if any(name.startswith("from ") for name in names) else {403}

    found = faults(client_of(stranger), Things(things.values, own), allowed, stranger.actor)
    assert found == []


def test_what_belongs_to_somebody_else_is_not_found(client_of, things, stranger):
    """Each address whose parameter is somebody else's real thing: 404 (or refused for the post), never 2xx."""
    mine = (
        "/addresses/",
        "/household/",
        "/me/sign-ins/",
        "/orders/",
        "/staff/",
        "/customers/",
        "/desk/customers/",
    )
    aimed = [
        one
        for one in every()
        if one.parameters
        and one.path.removeprefix("/api/v1").startswith(mine)
        and one.rule
        and one.rule.name != "public"
    ]
    assert aimed
    wrong = [
        f"{method} {address.path} → {getattr(answer, 'status_code', answer)!r}"
        for address, method, answer in drive(client_of(stranger), things, aimed)
        # Asked and told nothing at all: no more than that there is no such thing.
        if getattr(answer, "status_code", 500)
        not in {403, 404, 409, 422, *((204,) if method == "GET" else ())}
    ]
    assert wrong == []
