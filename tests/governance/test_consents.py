"""Each purpose by itself, in versions; taken back in one step, with an effect that was told before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from anxin.accounts.actions import consents as given
from anxin.accounts.models import Consent
from anxin.accounts.values.consents import ASKED, ConsentText, Purpose
from anxin.audit import public as audit
from anxin.governance.actions import consents
from anxin.governance.queries import consents as reads
from anxin.kit.errors import NotFound
from anxin.kit.ids import new_id
from anxin.safetycode import public as safetycode
from anxin.safetycode.models import Scan
from tests import cast
from tests.cast import NOON, Member
from tests.orders import played
from tests.stage import Stage

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("B-6.2.3")]
At = Callable[..., Client]
# What was published stays: a changed text is a new version.
PUBLISHED = {
    ("notice", 1): "3be903570b11fcd0400769c8400642888165a28edeb5627262a45645f9e8a174",
    ("health_check", 1): "6309845432c1d50b56a01483afa7d9e18eb76e2ec3f232e471002127c7a22ebe",
    ("background_check", 1): "3447a94a846584cb096b9f233b0ee42a03ddb1512f14f28e9a305e41c1cc0931",
    ("location", 1): "649100a816bd0a12751733f9803f108147ecd451ccafca409f38d5499c0a19c7",
    ("arrival", 1): "6048c6b9614ddf008eae2e59e7c91bf75f3ccf785561489821d376f46ec94a43",
    ("face", 1): "255526427a246087de779914b90d7eefa76a578e5db41d6aa3a2fc37a10dfcf3",
    ("handwriting", 1): "fd1f8b7be6b24564db9237ca5fecd5dccc53680db40cea4284b57b1176e42acb",
    ("handwriting", 2): "56e5921a6d76ca5ab0b027d2c6990d87810900c408051ea9e6756a589e6880c7",
    ("credit_sharing", 1): "41c592174d8af08897a2a748052c1ebb5d358e541c02549c56155be5dd605446",
    ("public_listing", 1): "26b609b722af1457b974ceb1888f64d7c668fbba5ac649e58d1b7c9a33659963",
}


def test_published_texts_are_never_changed() -> None:
    assert {
        (one.purpose, text.version): text.digest for one in ASKED.values() for text in one.versions
    } == PUBLISHED


def test_it_is_recorded_who_agreed_to_which_text_when_and_by_which_way(stage: Stage) -> None:
    row = given.give_consent(purpose=Purpose.LOCATION, version=1, by=stage.customer.actor, at=NOON)
    assert (row.person_id, row.text_hash, row.given_at, row.channel) == (
        stage.customer.id, ASKED[Purpose.LOCATION].now.digest, NOON, "web",
    )  # fmt: skip
    assert audit.Entry.objects.get(action="accounts.give_consent").detail["text"] == row.text_hash
    assert (
        given.give_consent(purpose=Purpose.LOCATION, version=1, by=stage.customer.actor, at=NOON).pk == row.pk
    )


def test_a_new_version_asks_again_and_the_old_text_cannot_be_agreed_to(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    given.give_consent(purpose=Purpose.LOCATION, version=1, by=stage.customer.actor, at=NOON)
    asked = ASKED[Purpose.LOCATION]
    newer = replace(asked, versions=(*asked.versions, ConsentText(2, "新的文本")))
    monkeypatch.setitem(ASKED, Purpose.LOCATION, newer)
    assert [one.purpose for one in reads.due(stage.customer.id)] == [Purpose.LOCATION]
    with pytest.raises(given.TextChanged):
        given.give_consent(purpose=Purpose.LOCATION, version=1, by=stage.customer.actor, at=NOON)
    given.give_consent(
        purpose=Purpose.LOCATION, version=2, by=stage.customer.actor, at=NOON + timedelta(days=1)
    )
    assert reads.due(stage.customer.id) == []
    rows = list(Consent.objects.order_by("version").values_list("version", "withdrawn_at"))
    assert rows == [(1, NOON + timedelta(days=1)), (2, None)]


def test_taking_back_is_as_easy_as_giving(stage: Stage, client_of: At) -> None:
    client = client_of(stage.customer)
    page = client.get("/me/consents/").content.decode()
    assert "位置信息" in page and "健康检查信息" not in page
    client.post("/me/consents/location/giving/", {"version": "1"})
    page = client.get("/me/consents/").content.decode()
    assert "撤回后已保存的扫码位置立即销毁" in page
    client.post("/me/consents/location/withdrawal/")
    row = Consent.objects.get()
    assert row.withdrawn_at and row.withdrawn_channel == "web"


def test_without_a_consent_there_is_nothing_to_take_back(stage: Stage) -> None:
    with pytest.raises(NotFound):
        given.withdraw_consent(purpose=Purpose.LOCATION, by=stage.customer.actor, at=NOON)


@pytest.mark.parametrize("purpose", [Purpose.HEALTH, Purpose.BACKGROUND])
def test_a_worker_who_takes_the_separate_consent_back_has_no_code_in_force(
    stage: Stage, purpose: Purpose
) -> None:
    worker, me = stage.workers[0], stage.people[0]
    given.give_consent(purpose=purpose, version=1, by=me.actor, at=NOON)
    assert getattr(safetycode.code_of(worker.pk), "state", "") == "issued"
    given.withdraw_consent(purpose=purpose, by=me.actor, at=NOON)
    assert getattr(safetycode.code_of(worker.pk), "state", "") == "suspended"


def test_places_are_destroyed_and_not_kept_any_more_once_the_consent_is_taken_back(stage: Stage) -> None:
    code = safetycode.code_of(stage.workers[0].pk)
    assert code is not None

    def scanned() -> Any:
        row = Scan(code=code, at=NOON, by_person=stage.customer.id, place={"lat": 30.2}, printed=False,
                   colour="green", rule_set="1", reasons=[], result="pass", id=new_id())  # fmt: skip
        row.save(force_insert=True)
        consents.drop_place(scan_id=row.pk, by_person=stage.customer.id)
        return Scan.objects.get(pk=row.pk).place

    assert scanned() is None
    given.give_consent(purpose=Purpose.LOCATION, version=1, by=stage.customer.actor, at=NOON)
    assert scanned() == {"lat": 30.2}
    given.withdraw_consent(purpose=Purpose.LOCATION, by=stage.customer.actor, at=NOON)
    assert {row.place for row in Scan.objects.filter(by_person=stage.customer.id)} == {None}
    assert scanned() is None


def test_where_a_worker_arrived_is_destroyed_once_the_consent_is_taken_back(stage: Stage) -> None:
    _order, day = played.arrived(stage)
    place = day.arrived_lat
    left = []
    for who in (stage.people[1], stage.people[0]):
        given.give_consent(purpose=Purpose.ARRIVAL, version=1, by=who.actor, at=NOON)
        given.withdraw_consent(purpose=Purpose.ARRIVAL, by=who.actor, at=NOON)
        day.refresh_from_db()
        left.append(day.arrived_lat)
    assert place is not None and left == [place, None]


def test_programs_do_the_same(stage: Stage, stranger: Member) -> None:
    client, headers = Client(), cast.token_of(stage.customer.person)
    told = client.get("/api/v1/me/consents/", headers=headers).json()
    assert {one["purpose"] for one in told} == {"notice", "location", "handwriting"}
    answer = client.put("/api/v1/me/consents/location/", {"version": 1}, "application/json", headers=headers)
    assert answer.status_code == 204
    assert Consent.objects.get().channel == "api"
    assert client.delete("/api/v1/me/consents/location/", headers=headers).status_code == 204
    assert client.delete("/api/v1/me/consents/location/", headers=headers).status_code == 404
