"""A person says what is wrong about them; somebody else checks; what stood before is kept, sealed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from anxin.accounts.models import Person
from anxin.governance.actions import corrections
from anxin.governance.models import Correction
from anxin.governance.values.corrections import What
from anxin.kit.errors import Forbidden
from anxin.notices.models import Notice
from anxin.workers.queries.people import worker_of
from tests.cast import NOON, Member
from tests.stage import Stage

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("B-6.2.3")]
At = Callable[..., Client]


def asked(who: Member, wanted: str = "陈静怡") -> Correction:
    return corrections.ask(what=What.NAME, wanted=wanted, why="已改名", by=who.actor, at=NOON)


def test_a_name_is_corrected_after_a_check_and_the_old_one_stays_with_the_request(
    chen_jing: Member, security: Member
) -> None:
    row = asked(chen_jing)
    assert Notice.objects.filter(person=security.person, kind="governance.correction").count() == 1
    corrections.decide(row, right=True, answer="已查验新身份证", by=security.actor, at=NOON)
    assert Person.objects.get(pk=chen_jing.id).name == "陈静怡"
    row = Correction.objects.get()
    assert (row.before, row.wanted, row.state) == ("陈静", "陈静怡", "done")
    assert [(one.from_state, one.to_state) for one in row.history.order_by("id")] == [
        ("", "asked"),
        ("asked", "done"),
    ]


def test_a_refusal_changes_nothing_and_is_told_with_its_reason(chen_jing: Member, security: Member) -> None:
    row = asked(chen_jing)
    with pytest.raises(corrections.WordsNeeded):
        corrections.decide(row, right=False, answer=" ", by=security.actor, at=NOON)
    corrections.decide(row, right=False, answer="证件不符", by=security.actor, at=NOON)
    assert Person.objects.get(pk=chen_jing.id).name == "陈静"
    assert "证件不符" in str(Notice.objects.get(person=chen_jing.person).params)


def test_nobody_decides_their_own_and_nobody_else_decides(
    chen_jing: Member, security: Member, jia_head: Member, client_of: At
) -> None:
    with pytest.raises(corrections.NotOnesOwn):
        corrections.decide(asked(security, "蒋平"), right=True, answer="好", by=security.actor, at=NOON)
    row = asked(chen_jing)
    for who in (jia_head, chen_jing):
        with pytest.raises(Forbidden):
            corrections.decide(row, right=True, answer="好", by=who.actor, at=NOON)
        assert client_of(who).get("/operator/privacy/").status_code == 403
    assert Person.objects.get(pk=chen_jing.id).name == "陈静"


def test_one_request_at_a_time_for_one_thing(chen_jing: Member) -> None:
    row = asked(chen_jing)
    with pytest.raises(corrections.AlreadyAsked):
        asked(chen_jing)
    corrections.withdraw(row, by=chen_jing.actor, at=NOON)
    assert asked(chen_jing).pk != row.pk


def test_a_worker_is_found_by_the_corrected_name(stage: Stage, security: Member) -> None:
    me = stage.people[0]
    before = worker_of(me.id)
    corrections.decide(asked(me, "王芳芳"), right=True, answer="已核", by=security.actor, at=NOON)
    after = worker_of(me.id)
    assert before and after and bytes(before.name_hash) != bytes(after.name_hash)


def test_the_pages_ask_and_answer(chen_jing: Member, security: Member, client_of: At) -> None:
    mine, desk = client_of(chen_jing), client_of(security)
    assert mine.post("/me/privacy/corrections/", {"what": "name", "wanted": "", "why": ""}).status_code == 422
    mine.post("/me/privacy/corrections/", {"what": "name", "wanted": "陈静怡", "why": "改名"})
    row = Correction.objects.get()
    page = desk.get("/operator/privacy/").content.decode()
    assert "陈静怡" in page and "陈*" in page
    desk.post(f"/operator/privacy/{row.pk}/decision/", {"answer": "已核", "right": "1"})
    assert "已更正" in mine.get("/me/privacy/corrections/").content.decode()
