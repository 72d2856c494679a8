"""One-click logins: only where the demo is on."""

from __future__ import annotations

import pytest

from anxin.accounts import public as accounts
from anxin.kit.actor import SYSTEM
from anxin.kit.errors import Forbidden, NotFound
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def door(settings, jia_head):
    settings.ANXIN_DEMO = True
    return accounts.offer_demo_login(
        key="head", label="店长", hint="甲家政", person_id=jia_head.id,
        appointment_id=jia_head.appointment.pk, by=SYSTEM, at=cast.NOON,
    )  # fmt: skip


def test_one_click_signs_in_as_that_person_in_that_post(client, door, jia_head):
    assert "店长" in client.get("/sign-in/").content.decode()
    assert client.post("/demo/sign-in/head/").status_code == 303
    assert client.get("/me/").context["acting"] == jia_head.appointment.pk


def test_with_the_demo_off_there_is_no_such_door(client, door, settings):
    settings.ANXIN_DEMO = False
    assert client.post("/demo/sign-in/head/").status_code == 404
    assert client.get("/me/").status_code == 302
    assert "店长" not in client.get("/sign-in/").content.decode()
    with pytest.raises(NotFound):
        accounts.offer_demo_login(key="x", label="x", person_id=door.person_id, by=SYSTEM, at=cast.NOON)


def test_an_unknown_door_leads_nowhere(client, door):
    assert client.post("/demo/sign-in/nobody/").status_code == 404


def test_only_the_system_offers_doors(door, jia_head):
    with pytest.raises(Forbidden):
        accounts.offer_demo_login(
            key="mine", label="x", person_id=jia_head.id, by=jia_head.actor, at=cast.NOON
        )
