"""A person takes along all that is held of them: by a job, sealed, by a link of theirs, for some days."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client

from anxin.governance.actions import copies
from anxin.governance.models import Copy
from anxin.kit import jobs
from anxin.kit.errors import NotFound
from tests.cast import NOON, Member
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
