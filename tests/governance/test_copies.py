"""A person takes along all that is held of them: by a job, sealed, by a link of theirs, for some days."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from django.db import connection
from django.test import Client

from anxin.files import public as files
from anxin.governance.actions import copies
from anxin.governance.models import Copy
from anxin.kit import jobs
from anxin.kit.errors import NotFound
from anxin.orders.public import add_photo
from anxin.payments import public as payments
from tests.architecture.driving import PICTURE
from tests.cast import NOON, Member
from tests.orders import played
from tests.stage import Stage

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("B-6.2.3")]
At = Callable[..., Client]


def made(who: Member) -> Copy:
    row = copies.ask(by=who.actor, at=NOON)
    jobs.drain(NOON)
    row.refresh_from_db()
    return row


def opened(packed: bytes) -> tuple[dict[str, Any], str]:
    pack = zipfile.ZipFile(io.BytesIO(packed))
    return json.loads(pack.read("data.json"))["data"], pack.read("index.html").decode()


def test_the_copy_holds_ones_own_data_whole_and_nobody_elses(order: Any, stage: Stage) -> None:
    row = made(stage.customer)
    with time_machine.travel(NOON, tick=False):
        packed = copies.fetch(token=copies.link(row, NOON), by=stage.customer.actor, at=NOON)
    data, page = opened(packed)
    me = stage.customer.person
    assert data["accounts.Person"][0]["phone"] == me.phone
    assert data["accounts.Person"][0]["id_number"] == me.id_number
    assert data["orders.Order"][0]["number"] == order.number
    assert data["customers.Address"][0]["detail"] == stage.address.detail
    assert me.name in page and me.phone in page and order.number in page
    told = json.dumps(data, ensure_ascii=False)
    for other in (*stage.people, stage.head, stage.rival):
        assert other.person.phone not in told and str(other.id) not in told
    assert "argon2" not in told and "phone_hash" not in told


def test_it_rests_sealed_and_counts_its_parts(stage: Stage) -> None:
    row = made(stage.customer)
    assert row.state == "ready" and row.done == row.total > 10 and row.size > 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM governance_copy")
        assert b"PK\x03\x04" not in bytes(cursor.fetchone()[0])


def test_the_link_works_for_its_owner_alone_and_not_for_ever(
    stage: Stage, stranger: Member, client_of: At
) -> None:
    row = made(stage.customer)
    with time_machine.travel(NOON, tick=False) as moved:
        token = copies.link(row, NOON)
        assert stage.customer.person.phone not in token
        with pytest.raises(NotFound):
            copies.fetch(token=token, by=stranger.actor, at=NOON)
        with pytest.raises(NotFound):
            copies.fetch(token=token[:-2] + "xx", by=stage.customer.actor, at=NOON)
        assert client_of(stranger).get(f"/me/privacy/copies/{token}/").status_code == 404
        answer = client_of(stage.customer).get(f"/me/privacy/copies/{token}/")
        assert answer.status_code == 200 and answer["Content-Type"] == "application/zip"
        later = NOON + timedelta(days=8)
        moved.move_to(later)
        with pytest.raises(NotFound):
            copies.fetch(token=token, by=stage.customer.actor, at=later)
    assert copies.expire(at=later) == 1
    row.refresh_from_db()
    assert row.state == "expired" and row.body is None


def test_one_at_a_time_and_not_without_end(stage: Stage) -> None:
    copies.ask(by=stage.customer.actor, at=NOON)
    with pytest.raises(copies.CopyUnderWay):
        copies.ask(by=stage.customer.actor, at=NOON)
    jobs.drain(NOON)
    made(stage.customer)
    with pytest.raises(copies.TooManyCopies):
        copies.ask(by=stage.customer.actor, at=NOON)
    assert Copy.objects.count() == 2


def test_building_twice_changes_nothing(stage: Stage) -> None:
    row = made(stage.customer)
    assert copies.build(copy_id=row.pk, at=NOON) is None


def test_the_page_asks_and_shows_the_way_to_fetch(stage: Stage, client_of: At) -> None:
    client = client_of(stage.customer)
    client.post("/me/privacy/copies/")
    assert "正在准备" in client.get("/me/privacy/copies/").content.decode()
    from anxin.kit import clock

    jobs.drain(clock.now())
    assert "下载" in client.get("/me/privacy/copies/").content.decode()


def names_in(who: Member, folder: str) -> list[str]:
    with time_machine.travel(NOON, tick=False):
        row = made(who)
        assert row.done == row.total
        packed = copies.fetch(token=copies.link(row, NOON), by=who.actor, at=NOON)
    pack = zipfile.ZipFile(io.BytesIO(packed))
    names = [name for name in pack.namelist() if name.startswith(f"{folder}/")]
    page = pack.read("index.html").decode()
    for name in names:
        assert f'href="{quote(name)}"' in page
        assert pack.read(name)
    return names


def test_it_holds_the_photos_of_ones_home_and_not_of_others(stage: Stage, zhou_min: Member) -> None:
    order, visit = played.in_service(stage)
    step = visit.steps.first()
    add_photo(step, upload=played.photo(), by=stage.people[0].actor, at=NOON)
    taken = names_in(stage.customer, "photos")
    assert len(taken) == 1 and order.number in taken[0]
    assert len(names_in(stage.people[0], "files")) == 1
    assert names_in(zhou_min, "photos") == []


def test_it_holds_the_invoices_of_bills_one_pays(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    paper = files.store_bytes(
        PICTURE, name="a.png", kind=files.FileKind.REVIEW_PHOTO, by=stage.head.actor, at=NOON
    )
    monkeypatch.setattr(
        payments, "papers_of", lambda person_id: [SimpleNamespace(number="26332000000000000001", file=paper)]
    )
    assert [name[:29] for name in names_in(stage.customer, "invoices")] == ["invoices/26332000000000000001"]


def test_a_file_that_is_not_there_is_named_and_the_rest_arrives(stage: Stage) -> None:
    row = files.store_bytes(
        PICTURE, name="a.png", kind=files.FileKind.AVATAR, by=stage.customer.actor, at=NOON
    )
    files.StoredFile.objects.filter(pk=row.pk).update(scan="waiting")
    with time_machine.travel(NOON, tick=False):
        copy = made(stage.customer)
        packed = copies.fetch(token=copies.link(copy, NOON), by=stage.customer.actor, at=NOON)
    assert copy.state == "ready"
    _data, page = opened(packed)
    assert "没能放进来的文件" in page and "a.png" in page
