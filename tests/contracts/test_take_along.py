"""Who signed a contract takes it along with the copy of their data, as the PDF that was sealed."""

from __future__ import annotations

import io
import zipfile
from hashlib import sha256

import pytest
import time_machine

from anxin.governance.actions import copies
from anxin.kit import jobs
from anxin.kit.actor import Actor
from tests.cast import NOON
from tests.contracts.conftest import Deal

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("B-6.2.3")]


def taken(by: Actor) -> zipfile.ZipFile:
    with time_machine.travel(NOON, tick=False):
        row = copies.ask(by=by, at=NOON)
        jobs.drain(NOON)
        row.refresh_from_db()
        return zipfile.ZipFile(io.BytesIO(copies.fetch(token=copies.link(row, NOON), by=by, at=NOON)))


def test_the_copy_holds_the_contract_one_signed_as_it_was_sealed(signed: Deal) -> None:
    pack = taken(signed.customer)
    name = f"contracts/{signed.contract.number}.pdf"
    assert sha256(pack.read(name)).hexdigest() == signed.seen
    assert f'href="{name}"' in pack.read("index.html").decode()


def test_nobody_who_is_no_party_takes_it_and_none_before_all_have_signed(deal: Deal) -> None:
    assert not [name for name in taken(deal.customer).namelist() if name.startswith("contracts/")]
    deal.sign()
    deal.seal()
    worker = deal.stage.people[0].actor
    assert not [name for name in taken(worker).namelist() if name.startswith("contracts/")]
