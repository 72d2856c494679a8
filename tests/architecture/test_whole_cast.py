"""Every address, driven as every post of every kind, of the organisation and region concerned and of another.

What happens must be what the table of rights says; what is refused changes nothing; who is of another organisation
or region reads none of its secrets and changes nothing of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction

from anxin.accounts.models import Organisation
from anxin.accounts.values import POSTS, OrganisationKind
from anxin.config import rights
from anxin.config.rights import Address, Cell
from anxin.contracts.actions.texts import load_built_in
from anxin.kit import prepared
from anxin.safetycode.values.care import ENTRUSTED_KINDS
from tests import cast
from tests.architecture.driving import OUTSIDE, Caller, Things
from tests.architecture.streams import overheard
from tests.cast_posts import WITH_DESKS, ensemble
from tests.safetycode.entrusting import entrust
from tests.thorough import tried

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("A-6.3.3d"), pytest.mark.requirement("A-7.4.4")]
WRITE = re.compile(r'\b(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)"?')
# That somebody is here, and that they tried, may always be written down.
TRACES = {
    "django_session", "accounts_signin", "audit_entry", "audit_answer", "accounts_lockout", "safetycode_tally",
    "audit_tally", "accounts_totp",  # the page to bind an authenticator shows a new secret each time
}  # fmt: skip
TABLES = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
REFUSED = {401, 403, 404}
ROWS = list(POSTS)
# A post of another organisation is tried with other addresses than the same post of this one.
SHIFT = 3
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


@dataclass
class Written:
    """The tables that statements of a call wrote to, whatever became of it."""

    tables: set[str] = field(default_factory=set)

    def __call__(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        self.note(str(sql))
        return execute(sql, params, many, context)

    def note(self, sql: str) -> None:
        self.tables.update(set(WRITE.findall(sql)) & TABLES)

    @contextmanager
    def watched(self) -> Iterator[Written]:
        """While it lasts; statements that are prepared go past the wrapper."""
        fetch = prepared.fetch

        def noted(text: str, values: Any) -> Any:
            self.note(text)
            return fetch(text, values)

        with pytest.MonkeyPatch.context() as patch, connection.execute_wrapper(self):
            patch.setattr(prepared, "fetch", noted)
            yield self


def digest(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT md5(coalesce(string_agg(x::text, ',' ORDER BY x::text), '')) FROM {table} x")
        return str(cursor.fetchone()[0])


class Driver:
    """Drives addresses as one member after the other; each call is undone."""

    def __init__(self, things: Things) -> None:
        self.things = things
        # They are put into the table by whoever needs a text first.
        load_built_in(at=cast.NOON)
        self.found: list[str] = []
        self.addresses = rights.every()

    def drive(
        self, name: str, member: cast.Member, row: int, *, outsider: bool, first: frozenset[str] = frozenset()
    ) -> None:
        """Everything that went wrong is added to `found`, in words. `row`: where the member stands in the cast;
        `first`: the addresses that nobody before them is there for."""
        client = Caller(REMOTE_ADDR=OUTSIDE)
        client.cookies = cast.signed_in(member.person, member.appointment).cookies
        client.get("/me/")  # The first request of a day notes that the post is used.
        before: dict[str, str] = {}
        secrets = self.things.secrets - {member.person.phone, member.person.id_number}
        self.actor = actor = member.actor
        clean = transaction.savepoint()
        for column, address in enumerate(self.addresses):
            # What a post is there for is tried by the first that has it, if not by each.
            served = str(address) in first
            if not (served or tried(row, column)):
                continue
            assert address.rule is not None, address
            said = rights.cell(address.rule, actor)
            if served and said is not Cell.POST:
                self.found.append(f"{name}: {address} is the post's by the table, but {said} for them")
            for method in address.methods:
                told = f"{name}: {method} {address.path} [{address.rule.name}]"
                with Written().watched() as written:
                    answer = self.call(client, address, method, refused=said is Cell.NO)
                tables = set() if isinstance(answer, Exception) else written.tables - TRACES
                after = {table: digest(table) for table in tables}
                # The savepoint stays, for the next call.
                transaction.savepoint_rollback(clean)
                transaction.set_rollback(False)
                for table in tables - before.keys():
                    before[table] = digest(table)
                changed = sorted(table for table in tables if after[table] != before[table])
                self.judge(told, address, method, said, answer, changed, secrets, outsider)

    def judge(
        self, told: str, address: Address, method: str, said: Cell, answer: Any, changed: list[str],
        secrets: set[str], outsider: bool,
    ) -> None:  # fmt: skip
        if isinstance(answer, Exception):
            self.found.append(f"{told} broke: {answer!r}")
            return
        status = answer.status_code
        # Whether the machine is ready is told of the machine, and a busy one is not.
        if status >= 500 and address.path != "/ready/":
            self.found.append(f"{told} → {status}")
        if said is Cell.NO and status not in REFUSED:
            self.found.append(f"{told} is refused by the table, but → {status}")
        if said is Cell.POST and status in (401, 403) and not (outsider and address.parameters):
            self.found.append(f"{told} is allowed by the table, but → {status}")
        aimed = outsider and address.parameters and said is not Cell.OPEN and method in UNSAFE
        if changed and (status >= 400 or aimed):
            self.found.append(f"{told} → {status}, yet changed {', '.join(changed)}")
        if not answer.streaming:
            text = answer.content.decode(errors="replace")
            self.found += [f"{told} shows {one}" for one in secrets if one in text]
            self.found += [f"{told} lets hear {one}" for one in overheard(text, self.actor)]

    def call(self, client: Caller, address: Address, method: str, *, refused: bool) -> Any:
        path = self.things.fill(address)
        # A refusal told to a script is the same refusal without a page around it.
        hurry = {"HX-Request": "true"} if refused and not address.is_api else {}
        try:
            if address.is_api:
                return client.generic(method, path, "{}", "application/json")
            return getattr(client, method.lower())(path, headers=hurry)
        except Exception as error:  # noqa: BLE001 - any breakdown is the finding
            return error


def _jia(stage: Any) -> Organisation:
    return Organisation.objects.get(pk=stage.head.organisation.pk)


@cache
def _first(kinds: frozenset[OrganisationKind]) -> dict[str, frozenset[str]]:
    """By post, the addresses that it is there for and no post before it, among those of the kinds."""
    actors = {
        key: actor for key, actor in rights.columns().items() if key in POSTS and POSTS[key].kind in kinds
    }
    found: dict[str, set[str]] = {key: set() for key in POSTS}
    for address in rights.every():
        for key, actor in actors.items():
            if address.rule and rights.cell(address.rule, actor) is Cell.POST:
                found[key].add(str(address))
                break
    return {key: frozenset(paths) for key, paths in found.items()}


@pytest.mark.parametrize("kind", list(OrganisationKind))
def test_every_post_gets_what_the_table_says(kind, stage, things):
    agency = kind is OrganisationKind.AGENCY
    near = _jia(stage) if agency else None
    if kind is OrganisationKind.OPERATOR:
        near = Organisation.objects.get(kind=kind)
    people = ensemble(kind, near, stage.rival.organisation if agency else None)
    if kind in ENTRUSTED_KINDS:
        entrust(Organisation.objects.get(pk=people.near[f"{kind}.head"].actor.organisation_id))
    driver = Driver(things)
    first, first_elsewhere = _first(frozenset(OrganisationKind)), _first(frozenset(WITH_DESKS))
    whole = things.secrets
    if agency:  # The agency to which the customer's order was sent reads what the customer wishes.
        things.secrets = whole - {"家里有一只猫"}
    for name, member in people.near.items():
        outsider = not (agency or kind in OVERSEEING)
        driver.drive(name, member, ROWS.index(name), outsider=outsider, first=first[name])
    things.secrets = whole
    for name, member in people.far.items():
        row = ROWS.index(name) + SHIFT
        driver.drive(f"{name} of another", member, row, outsider=True, first=first_elsewhere[name])
    assert driver.found == []


OVERSEEING = (OrganisationKind.OPERATOR, OrganisationKind.BUREAU, *ENTRUSTED_KINDS)


def test_people_without_a_post_get_what_the_table_says(stage, things, newcomer, stranger, zhou_min):
    driver = Driver(things)
    outsiders = (("newcomer", newcomer), ("stranger", stranger), ("another customer", zhou_min))
    for row, (name, member) in enumerate(outsiders):
        driver.drive(name, member, row, outsider=True)
    own = Things(things.values, set())
    driver = Driver(own)
    driver.drive("customer", stage.customer, 3, outsider=False)
    driver.drive("worker", stage.people[0], 4, outsider=False)
    assert driver.found == []


def test_the_table_has_a_rule_for_everything_and_every_post_in_it():
    assert rights.unruled() == []
    table = rights.matrix()
    assert all(cells.keys() >= set(POSTS) for _address, cells in table)


def test_what_the_live_server_answers_is_in_the_table():
    from anxin.config import asgi, scanning

    served = {getattr(route, "path", "") for route in asgi.application.routes}
    assert served == {"/live/stream", "/health"}
    assert scanning.PREFIX == "/live/scan/"
    assert {one.path for one in rights.streams()} == {"/live/stream", "/live/scan/<token>", "/live/health"}
