"""Every list that can be taken along as a file, asked for by the whole cast: nobody takes along what is not theirs to
see, and no file spells out a person."""

from __future__ import annotations

import inspect
import sys
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import get_resolver

from anxin.accounts.models import SignIn
from anxin.audit.public import Entry
from anxin.audit.values import LIST
from anxin.config import rights
from anxin.config.rights import Cell
from tests import cast
from tests.architecture.driving import Caller
from tests.cast_posts import everybody
from tests.contracts.conftest import deal
from tests.payments.conftest import bill, make_order, order
from tests.thorough import Turns

__all__ = ["bill", "deal", "make_order", "order"]
pytestmark = [pytest.mark.django_db, pytest.mark.requirement("A-6.3.3d")]


# Lists whose leaving the house is on record under one name; statistics, agencies and the trail have their own.
RECORDED = {
    "orders", "orders of the region", "bills", "bills of the region", "money", "journal", "reviews of the region",
    "applications",
}  # fmt: skip


def exporting() -> Iterator[tuple[rights.Address, str]]:
    """Pages without parameters of the modules that write files of lists."""
    modules = {
        f"/{prefix}{pattern.pattern}": inspect.unwrap(pattern.callback).__module__
        for prefix, pattern in rights._walk(get_resolver())
    }
    for address in rights.pages():
        module = modules[address.path]
        if (
            not address.parameters
            and "GET" in address.methods
            and "as_csv(" in inspect.getsource(sys.modules[module])
        ):
            yield address, module


# Which post may do what: nothing of anybody.
OF_NOBODY = {"anxin.config.pages"}


def test_no_file_of_people_is_taken_along_without_a_fresh_proof(deal: Any) -> None:
    client, asked, wrong, turns = Caller(), set[str](), list[str](), Turns()
    pages = list(exporting())
    for row, (name, member) in enumerate(everybody(deal.stage).items()):
        client.cookies = cast.signed_in(member.person, member.appointment).cookies
        SignIn.objects.filter(person=member.person).update(proved_at=None)
        actor, far = member.actor, name.endswith("of another")
        for column, (address, module) in enumerate(pages):
            if address.rule is None or rights.cell(address.rule, actor) is Cell.NO:
                continue
            if not turns.take((address.path, far), row, column):
                continue
            answer = client.get(f"{address.path}?format=csv")
            if answer.headers["Content-Type"].startswith("text/csv") and module not in OF_NOBODY:
                wrong.append(f"{name} takes {address.path} along")
            elif answer.headers.get("Location", "").startswith("/step-up/"):
                asked.add(module)
    assert wrong == []
    assert asked == {module for _address, module in pages} - OF_NOBODY


def test_a_file_holds_what_its_list_shows_to_that_reader_and_nobody_in_full(
    deal: Any, bill: Any, things: Any, stranger: cast.Member, zhou_min: cast.Member
) -> None:
    numbers = {deal.order.number, bill.number, bill.order.number, deal.contract.number}
    people = everybody(deal.stage, stranger=stranger, household=zhou_min)
    client, wrong, turns = Caller(), list[str](), Turns()
    files: dict[str, dict[str, str]] = defaultdict(dict)
    pages = list(exporting())
    for row, (name, member) in enumerate(people.items()):
        actor, own = member.actor, {member.person.phone, member.person.id_number}
        far = name.endswith("of another") or member in (stranger, zhou_min)
        client.cookies = cast.signed_in(member.person, member.appointment).cookies
        for column, (address, module) in enumerate(pages):
            if address.rule is None or rights.cell(address.rule, actor) is Cell.NO:
                continue
            if not turns.take((address.path, far), row, column):
                continue
            answer = client.get(f"{address.path}?format=csv")
            if not answer.headers["Content-Type"].startswith("text/csv"):
                continue
            text = b"".join(answer).decode()
            files[module][f"{address.path} {name}"] = text
            wrong += [
                f"{name} takes {one} from {address.path}" for one in things.secrets - own if one in text
            ]
            if far:
                wrong += [f"{name} takes {one} from {address.path}" for one in numbers if one in text]
    assert wrong == []
    assert {module for _address, module in pages} == set(files), "of each module somebody gets a file"
    assert set(Entry.objects.filter(action=LIST).values_list("subject_id", flat=True)) == RECORDED
    orders = {whose: deal.order.number in text for whose, text in files["anxin.orders.pages.board"].items()}
    assert orders["/desk/orders/ agency.head"] and not orders["/desk/orders/ agency.head of another"]
