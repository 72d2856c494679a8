"""The first administrators: no built-in password, links that work once; where posts of the operator may be used."""

from __future__ import annotations

import re
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client

from anxin.accounts import actions, queries
from anxin.accounts.models import Organisation, Person, SignIn, SignInLink, Totp
from anxin.accounts.rules.factors import code_at
from anxin.kit.actor import ANONYMOUS, SYSTEM
from anxin.kit.errors import Forbidden
from anxin.kit.network import networks
from anxin.messaging.models import SmsMessage
from anxin.notices.models import Notice
from tests import cast

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("A-7.4.3")]
HERE, ELSEWHERE = "10.1.2.3", "203.0.113.9"


def admin(*words: str) -> str:
    out = StringIO()
    call_command("admin", *words, stdout=out)
    return out.getvalue()


def path_in(text: str) -> str:
    found = re.search(r"(/sign-in/link/[\w-]+/)", text)
    assert found, text
    return found[1]


def create(**more: str) -> str:
    words = {"post": "auditor", "phone": cast.phone(900), "name": "韩审计", "organisation": "安心平台"} | more
    return admin("create", *(f"--{name}={value}" for name, value in words.items()))


def test_an_empty_house_has_nobody_who_could_sign_in_by_password(db):
    assert not Person.objects.exists()
    create()
    assert not Person.objects.get().has_usable_password()
    assert Organisation.objects.get().kind == "operator"


def test_the_first_administrator_comes_in_by_a_link_that_works_once(db):
    path = path_in(create())
    client = Client()
    # A preview of the link does not use it up.
    for _ in range(2):
        assert client.get(path).status_code == 200
    assert client.post(path).url == "/sign-in/notice/?next=%2Fme%2Fsecurity%2F"
    page = client.get("/me/")
    assert page.context["acting"] is None
    client.get("/me/security/totp/")
    secret = bytes.fromhex(Totp.objects.get().secret)
    from anxin.kit import clock

    assert client.post("/me/security/totp/", {"code": code_at(secret, clock.now())}).status_code == 200
    appointment = page.context["appointments"][0]
    client.post("/post/", {"appointment": str(appointment.pk)})
    assert client.get("/me/").context["acting"] == appointment.pk
    again = Client()
    assert again.post(path).status_code == 404
    assert again.get(path).status_code == 404
    assert SignIn.objects.count() == 1


def test_a_link_lasts_half_an_hour_and_a_newer_one_voids_it(operations):
    old = actions.make_link(person_id=operations.id, by=SYSTEM, at=cast.NOON)
    new = actions.make_link(person_id=operations.id, by=SYSTEM, at=cast.NOON)
    with pytest.raises(actions.LinkSpent):
        actions.use_link(token=old, by=ANONYMOUS, at=cast.NOON)
    with pytest.raises(actions.LinkSpent):
        actions.use_link(token=new, by=ANONYMOUS, at=cast.NOON + timedelta(minutes=30))
    assert not SignIn.objects.exists()
    actions.use_link(token=new, by=ANONYMOUS, at=cast.NOON + timedelta(minutes=29))


def test_a_link_is_not_kept_readable_and_made_at_the_terminal_only(operations, auditor):
    token = actions.make_link(person_id=operations.id, by=SYSTEM, at=cast.NOON)
    assert token not in SignInLink.objects.get().token_hash
    for by in (operations.actor, auditor.actor, ANONYMOUS):
        with pytest.raises(Forbidden):
            actions.make_link(person_id=operations.id, by=by, at=cast.NOON)
        with pytest.raises(Forbidden):
            actions.reset_factors(person_id=operations.id, by=by, at=cast.NOON)
    assert SignInLink.objects.count() == 1


def test_the_command_refuses_in_words(db):
    with pytest.raises(CommandError, match="--organisation"):
        create(organisation="")
    with pytest.raises(CommandError, match="11 位数字"):
        create(phone="123")
    with pytest.raises(CommandError, match="nobody"):
        admin("link", "--phone", cast.phone(901))
    assert not Person.objects.exists()


def test_who_lost_everything_is_cleared_at_the_terminal_and_told(client_of, operations):
    client = client_of(operations)
    from anxin.kit import clock

    client.get("/me/security/totp/")
    secret = bytes.fromhex(Totp.objects.get().secret)
    client.post("/me/security/totp/", {"code": code_at(secret, clock.now())})
    assert "  second factor\n" in admin("list")
    admin("reset", "--phone", operations.person.phone)
    assert not queries.has_factor(operations.id)
    assert client.get("/me/").status_code == 302
    told = Notice.objects.filter(person=operations.person, kind="accounts.second_factor")
    assert {one.title for one in told} == {"绑定了验证器", "由管理员清除了全部第二重验证"}
    assert "/sign-in/link/" in admin("link", "--phone", operations.person.phone)


# ── from where ───────────────────────────────────────────────────────────────────────────────────────
def test_posts_of_the_operator_are_for_its_networks_only(client_of, operations, jia_head, settings):
    client, agency = client_of(operations), client_of(jia_head)
    settings.ANXIN_ADMIN_NETWORKS = networks("10.0.0.0/8")
    inside = {"REMOTE_ADDR": HERE}
    outside = {"REMOTE_ADDR": ELSEWHERE}
    assert client.get("/me/", **inside).context["acting"] == operations.appointment.pk
    # From elsewhere one is oneself, and no more.
    assert client.get("/me/", **outside).context["acting"] is None
    refused = client.post("/post/", {"appointment": str(operations.appointment.pk)}, **outside)
    assert refused.status_code == 403
    assert "办公网络" in refused.content.decode()
    assert client.get("/me/", **inside).context["acting"] == operations.appointment.pk
    assert agency.get("/me/", **outside).context["acting"] == jia_head.appointment.pk


def test_a_program_cannot_get_round_the_networks_by_naming_the_post(client, operations, settings):
    headers = cast.token_of(operations.person, operations.appointment)
    settings.ANXIN_ADMIN_NETWORKS = networks("10.0.0.0/8")
    named = headers | {"X-Anxin-Post": str(operations.appointment.pk)}
    answer = client.get("/api/v1/me", headers=named, REMOTE_ADDR=ELSEWHERE)
    assert (answer.status_code, answer.json()["code"]) == (403, "address_outside")
    assert client.get("/api/v1/me", headers=named, REMOTE_ADDR=HERE).status_code == 200


# ── devices ──────────────────────────────────────────────────────────────────────────────────────────
def by_code(client, phone):
    client.post("/sign-in/", {"phone": phone})
    params = SmsMessage.objects.filter(phone_masked__isnull=False).latest("id").params
    return client.post("/sign-in/code/", {"code": params["code"]})


def test_a_new_device_is_told_once_and_the_first_of_all_is_not(db):
    home, office = Client(), Client()
    with time_machine.travel(cast.NOON, tick=False) as time:
        for client in (home, office, home, office):
            by_code(client, cast.phone(910))
            time.shift(timedelta(minutes=2))
    told = Notice.objects.filter(kind="accounts.new_device")
    assert told.count() == 1
    # Who came by a code has just had a text message on that phone.
    assert SmsMessage.objects.count() == 4


def test_signing_in_elsewhere_by_password_is_told_by_text_message_as_well(jia_head):
    actions.set_password(password="Anxin-2026-ok", by=jia_head.actor, at=cast.NOON)
    for mark in ("first", "second"):
        actions.sign_in_by_password(
            phone=jia_head.person.phone, password="Anxin-2026-ok", by=ANONYMOUS, at=cast.NOON,
            device="Chrome · Windows", device_mark=mark,
        )  # fmt: skip
    assert "Chrome · Windows" in SmsMessage.objects.get().params["body"]
