"""Announcements: to whom, how many, once each, in batches, not too often, no advertising to those who declined."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from anxin.accounts.models import Person
from anxin.accounts.public import Organisation
from anxin.audit.models import Entry
from anxin.kit.errors import Refusal
from anxin.kit.jobs import drain
from anxin.kit.models import NotAllowed
from anxin.messaging.models import SmsMessage
from anxin.notices import actions, queries
from anxin.notices.actions import announcing
from anxin.notices.models import Announcement, NoAdvertising, Notice, Recipient
from anxin.notices.values import AUDIENCES, Audience, Purpose, Sender
from tests.cast import NOON, Member, in_post, new_organisation, new_person
from tests.stage import Stage

pytestmark = pytest.mark.django_db
TEXT = {"title": "周五培训", "body": "周五 14:00 在锦城街道网点，带上健康证。"}


@pytest.fixture
def sender(jia: Organisation) -> Member:
    return in_post(new_person(71, "甲店长"), jia, "agency.head")


@pytest.fixture
def crowd(monkeypatch: pytest.MonkeyPatch) -> list[Person]:
    """Five people whom agencies may reach."""
    people = [new_person(80 + n, "赵钱孙李周"[n] + "听众") for n in range(5)]
    known = Audience("crowd", "听众", frozenset(["agency"]), lambda _sender, _at: [p.pk for p in people])  # type: ignore[list-item]
    monkeypatch.setitem(AUDIENCES, "crowd", known)
    return people


def announce(by: Member, **other: Any) -> Announcement:
    given = {"audience": "crowd", "purpose": Purpose.SERVICE, "sms": False, "at": NOON, **TEXT, **other}
    return actions.announce(by=by.actor, **given)


def test_everybody_is_told_once_in_batches_and_the_figures_say_so(
    sender: Member, crowd: list[Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcing, "BATCH", 2)
    row = announce(sender)
    assert (row.state, row.total, Notice.objects.filter(kind="announcements.service").count()) == (
        "sending",
        5,
        0,
    )
    drain(NOON)
    for _again in range(2):
        actions.send_on(row.pk, at=NOON)
    row.refresh_from_db()
    assert (row.state, row.told) == ("sent", 5)
    told = Notice.objects.filter(kind="announcements.service")
    assert sorted(told.values_list("person_id", flat=True)) == sorted(p.pk for p in crowd)
    first = told.first()
    assert first is not None
    assert actions.fill(first.body, first.params).startswith(TEXT["body"])
    told.filter(person=crowd[0]).update(read_at=NOON)
    assert queries.announcements(sender.actor).get().read == 1
    assert not SmsMessage.objects.exists()
    assert Entry.objects.filter(action="notices.announce").count() == 1


def test_text_messages_go_only_when_asked(sender: Member, crowd: list[Person]) -> None:
    announce(sender, sms=True)
    drain(NOON)
    assert SmsMessage.objects.count() == 5


def test_advertising_reaches_nobody_who_declined_and_never_a_phone(
    sender: Member, crowd: list[Person]
) -> None:
    refuser = Member(crowd[0])
    for _twice in range(2):
        actions.decline_advertising(declines=True, by=refuser.actor, at=NOON)
    assert NoAdvertising.objects.count() == 1
    with pytest.raises(announcing.NoAdsBySms):
        announce(sender, purpose=Purpose.MARKETING, sms=True)
    row = announce(sender, purpose=Purpose.MARKETING)
    drain(NOON)
    assert (row.total, row.declined) == (4, 1)
    assert not Notice.objects.filter(person=crowd[0], kind="announcements.marketing").exists()
    announce(sender)
    drain(NOON)
    assert Notice.objects.filter(person=crowd[0], kind="announcements.service").count() == 1
    actions.decline_advertising(declines=False, by=refuser.actor, at=NOON)
    assert queries.takes_advertising(refuser.id)


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"audience": "agencies"}, announcing.AudienceUnknown),
        ({"audience": "nobody"}, announcing.AudienceUnknown),
        ({"title": " "}, announcing.WordsMissing),
        ({"body": "字" * 401}, announcing.WordsMissing),
        ({"seen": 4}, announcing.AudienceChanged),
    ],
)
def test_what_is_refused_leaves_nothing(
    sender: Member, crowd: list[Person], given: dict[str, Any], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        announce(sender, **given)
    assert not Announcement.objects.exists() and not Recipient.objects.exists()


def test_a_post_without_the_right_announces_nothing(
    crowd: list[Person], jia_finance: Member, chen_jing: Member
) -> None:
    for who in (jia_finance, chen_jing):
        with pytest.raises(announcing.NotYours):
            announce(who)
    assert not Announcement.objects.exists()


def test_three_a_day_are_enough(sender: Member, crowd: list[Person]) -> None:
    for _n in range(3):
        announce(sender)
    with pytest.raises(announcing.EnoughToday):
        announce(sender)
    announce(sender, at=NOON + timedelta(hours=25))
    assert Announcement.objects.count() == 4


def test_what_is_stopped_goes_no_further(
    sender: Member, crowd: list[Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcing, "BATCH", 2)
    row = announce(sender)
    actions.send_on(row.pk, at=NOON)
    actions.stop(row, by=sender.actor, at=NOON)
    drain(NOON)
    row.refresh_from_db()
    assert (row.state, row.told) == ("stopped", 2)
    with pytest.raises(NotAllowed):
        actions.stop(row, by=sender.actor, at=NOON)


def test_each_kind_reaches_its_own_people_only(jia: Organisation, sender: Member) -> None:
    other = new_organisation("agency", "乙家政", 302)
    stranger = in_post(new_person(72, "乙店长"), other, "agency.head")
    own = queries.sender_of(sender.actor)
    assert own is not None
    assert {one.code for one in queries.audiences_of(own)} == {"staff", "workers", "customers"}
    staff = set(AUDIENCES["staff"].people(own, NOON))
    assert sender.id in staff and stranger.id not in staff
    operator = Sender(other.pk, "operator", "")
    assert {sender.id, stranger.id} <= set(AUDIENCES["agencies"].people(operator, NOON))
    elsewhere = Sender(other.pk, "association", "330199")
    assert not set(AUDIENCES["agencies"].people(elsewhere, NOON))


def test_an_agency_reaches_its_own_workers_and_customers_the_region_all_of_them(stage: Stage) -> None:
    own = queries.sender_of(stage.head.actor)
    assert own is not None
    workers = set(AUDIENCES["workers"].people(own, NOON))
    assert workers and workers <= {worker.person_id for worker in stage.workers}
    everywhere = set(AUDIENCES["workers"].people(Sender(own.organisation_id, "operator", ""), NOON))
    assert workers <= everywhere
    assert not set(AUDIENCES["workers"].people(Sender(own.organisation_id, "bureau", "330199"), NOON))
    assert not set(AUDIENCES["customers"].people(own, NOON)), (
        "a demand that nobody has taken makes no customer"
    )


@time_machine.travel(NOON, tick=False)
def test_the_page_shows_how_many_and_how_it_looks_before_it_sends(
    sender: Member, crowd: list[Person], client_of: Callable[..., Client], jia_finance: Member
) -> None:
    client, page = client_of(sender), reverse("notices:send")
    given = {"audience": "crowd", "purpose": "service", **TEXT}
    looked = client.post(page, {**given, "step": "look"}).content.decode()
    assert "发给 5 人" in looked and TEXT["body"] in looked
    assert not Announcement.objects.exists()
    assert client.post(page, {**given, "step": "send", "seen": "9"}).status_code == 409
    assert client.post(page, {**given, "title": "", "step": "send"}).status_code == 422
    assert client.post(page, {**given, "step": "send", "seen": "5"}).status_code == 303
    assert "已送达 0/5 人" in client.get(reverse("notices:announcements_fragment")).content.decode()
    row = Announcement.objects.get()
    assert client_of(jia_finance).get(page).status_code == 403
    assert client.post(reverse("notices:stop", args=[row.pk])).status_code == 303
    row.refresh_from_db()
    assert row.state == "stopped"


@time_machine.travel(NOON, tick=False)
def test_what_was_looked_at_is_sent_by_the_form_that_came_back(
    sender: Member, crowd: list[Person], client_of: Callable[..., Client]
) -> None:
    client, page = client_of(sender), reverse("notices:send")

    def key(content: bytes) -> str:
        found = re.search(r'name="idempotency_key" value="([^"]+)"', content.decode())
        assert found
        return found[1]

    given = {"audience": "crowd", "purpose": "service", **TEXT}
    written = key(client.get(page).content)
    looked = client.post(page, {**given, "step": "look", "idempotency_key": written})
    sending = {**given, "step": "send", "seen": "5", "idempotency_key": key(looked.content)}
    assert client.post(page, sending).status_code == 303
    assert client.post(page, sending).status_code == 303
    assert Announcement.objects.count() == 1


@time_machine.travel(NOON, tick=False)
def test_the_inbox_takes_the_refusal_of_advertising(
    client_of: Callable[..., Client], chen_jing: Member
) -> None:
    client = client_of(chen_jing)
    assert "不收推广消息" in client.get("/inbox/").content.decode()
    client.post(reverse("notices:advertising"), {"declines": "on"})
    assert "重新接收" in client.get("/inbox/").content.decode()
    client.post(reverse("notices:advertising"))
    assert not NoAdvertising.objects.exists()
