"""Posts: what they allow, which one acts, appointing and dismissing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from anxin.accounts import actions
from anxin.accounts.models import Person
from anxin.kit import clock
from anxin.kit.actor import SYSTEM
from anxin.kit.errors import Forbidden
from tests import cast

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.mark.requirement("A-6.3.3d")
def test_the_post_decides_what_one_may_do(client_of, jia_head, jia_dispatcher, yi_head):
    head = client_of(jia_head)
    assert head.get("/staff/").status_code == 200
    assert client_of(jia_dispatcher).get("/staff/").status_code == 403
    head.post("/post/", {"appointment": ""})
    assert head.get("/staff/").status_code == 403
    head.post("/post/", {"appointment": str(yi_head.appointment.pk)})
    assert head.get("/staff/").status_code == 403
    head.post("/post/", {"appointment": str(jia_head.appointment.pk)})
    page = head.get("/staff/")
    assert page.status_code == 200
    assert "吴刚" not in page.content.decode()


def test_a_person_in_two_firms_chooses_and_their_choice_is_remembered(client, jia_head, yi):
    second = cast.in_post(jia_head.person, yi, "agency.finance")
    row, _ = actions.open_sign_in(person_id=jia_head.id, how="code", by=SYSTEM, at=cast.NOON)
    assert row.appointment is None
    actions.choose_post(
        sign_in_id=row.pk, appointment_id=second.appointment.pk, by=jia_head.actor, at=cast.NOON
    )
    later, _ = actions.open_sign_in(person_id=jia_head.id, how="code", by=SYSTEM, at=cast.NOON + MINUTE)
    assert later.appointment == second.appointment


def test_who_is_dismissed_loses_the_post_at_once(client_of, jia_head, jia_dispatcher):
    head, dispatcher = client_of(jia_head), client_of(jia_dispatcher)
    assert dispatcher.get("/me/").context["acting"] == jia_dispatcher.appointment.pk
    head.post(f"/staff/{jia_dispatcher.appointment.pk}/dismissal/")
    assert dispatcher.get("/me/").context["acting"] is None


def test_the_last_head_cannot_be_dismissed(jia_head):
    with pytest.raises(actions.LastHead):
        actions.dismiss(appointment_id=jia_head.appointment.pk, by=jia_head.actor, at=cast.NOON)


def test_someone_who_is_not_staff_appoints_nobody(stranger, jia, jia_dispatcher):
    for by in (stranger.actor, jia_dispatcher.actor):
        with pytest.raises(Forbidden):
            actions.appoint(
                person_id=stranger.id, organisation_id=jia.pk, post="agency.head", by=by, at=cast.NOON
            )


def test_staff_appointed_by_phone_can_sign_in(client_of, jia_head, jia):
    answer = client_of(jia_head).post(
        "/staff/", {"phone": cast.phone(802), "name": "何静", "post": "agency.service"}
    )
    assert answer.status_code == 303
    new = Person.objects.get(pk=actions.register_person(phone=cast.phone(802), by=SYSTEM, at=cast.NOON).pk)
    assert new.name == "何静"
    row, _ = actions.open_sign_in(person_id=new.pk, how="code", by=SYSTEM, at=clock.now())
    assert row.appointment.organisation == jia


def test_staff_page_takes_a_fixed_number_of_queries(client_of, jia_head, jia, django_assert_max_num_queries):
    client = client_of(jia_head)
    for n in range(8):
        cast.in_post(cast.new_person(600 + n, "员工甲"), jia, "agency.service")
    with django_assert_max_num_queries(9):
        client.get("/staff/")
