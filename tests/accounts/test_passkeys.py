"""Passkeys: registered, used to sign in and as second factor; and every way in which one must not be believed."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from anxin.accounts import actions, queries
from anxin.accounts.models import Challenge, Passkey, SignIn
from anxin.kit.actor import ANONYMOUS
from anxin.kit.errors import NotFound
from tests import cast
from tests.authenticator import PRESENT, Authenticator

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("A-7.4.3")]
ORIGIN = settings.ANXIN_ORIGIN


def registered(member, *, device=None, name="办公电脑", at=cast.NOON):
    device = device or Authenticator(ORIGIN)
    answer = device.make(actions.ask_new_passkey(by=member.actor, at=at))
    row, codes = actions.add_passkey(credential=answer, name=name, by=member.actor, at=at)
    return device, row, codes


def sign_in(credential, at=cast.NOON):
    return actions.sign_in_by_passkey(credential=credential, by=ANONYMOUS, at=at)[0]


def asked(at=cast.NOON, **more):
    return actions.ask_passkey(**({"purpose": "sign_in", "at": at} | more))


# ── registering ──────────────────────────────────────────────────────────────────────────────────────
def test_what_is_asked_of_the_browser(operations):
    options = json.loads(actions.ask_new_passkey(by=operations.actor, at=cast.NOON))
    assert options["rp"]["id"] == "localhost"
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert operations.person.phone not in json.dumps(options)


def test_a_person_may_have_several_and_a_device_is_asked_for_one(operations):
    _device, first, codes = registered(operations)
    _other, _second, none = registered(operations, name="安全钥匙")
    assert len(codes) == 10
    assert none == []
    assert [one.name for one in queries.passkeys_of(operations.actor)] == ["办公电脑", "安全钥匙"]
    options = json.loads(actions.ask_new_passkey(by=operations.actor, at=cast.NOON))
    assert len(options["excludeCredentials"]) == 2
    assert first.sign_count == 0


def test_no_more_than_ten(operations):
    for n in range(10):
        registered(operations, name=f"第 {n} 把")
    with pytest.raises(actions.TooManyPasskeys):
        actions.ask_new_passkey(by=operations.actor, at=cast.NOON)


@pytest.mark.parametrize("name", ["", "  ", "长" * 41])
def test_a_passkey_needs_a_name(operations, name):
    with pytest.raises(actions.PasskeyNameMissing):
        registered(operations, name=name)
    assert not Passkey.objects.exists()


def test_the_same_one_cannot_be_registered_twice(operations, auditor):
    device, _row, _codes = registered(operations)
    with pytest.raises(actions.PasskeyTaken):
        registered(auditor, device=device)
    assert Passkey.objects.count() == 1


@pytest.mark.parametrize("wrong", ["origin", "unverified", "other person", "old", "twice", "purpose", "junk"])
def test_a_registration_that_is_not_to_be_believed(operations, auditor, wrong):
    device = Authenticator(
        "https://evil.example" if wrong == "origin" else ORIGIN,
        flags=PRESENT if wrong == "unverified" else PRESENT | 0x04,
    )
    whose = auditor if wrong == "other person" else operations
    answer = device.make(actions.ask_new_passkey(by=whose.actor, at=cast.NOON))
    at = cast.NOON + timedelta(minutes=5) if wrong == "old" else cast.NOON
    if wrong == "twice":
        Challenge.objects.all().delete()
    if wrong == "purpose":
        Challenge.objects.update(purpose="second")
    if wrong == "junk":
        answer = answer[:-40]
    with pytest.raises(actions.PasskeyRefused):
        actions.add_passkey(credential=answer, name="x", by=operations.actor, at=at)
    assert not Passkey.objects.exists()


# ── signing in ───────────────────────────────────────────────────────────────────────────────────────
def test_a_passkey_alone_signs_in_with_two_factors(operations):
    device, row, _codes = registered(operations)
    made = sign_in(device.sign(asked()))
    assert (made.person_id, made.second_due, made.second_how) == (operations.id, False, "passkey")
    assert made.appointment == operations.appointment
    row.refresh_from_db()
    assert row.sign_count == 1


def test_an_answer_is_good_once(operations):
    device, _row, _codes = registered(operations)
    answer = device.sign(asked())
    sign_in(answer)
    with pytest.raises(actions.PasskeyRefused):
        sign_in(answer)
    assert SignIn.objects.count() == 1


def test_a_copied_key_is_found_by_its_counter(operations):
    device, row, _codes = registered(operations)
    device.count = 7
    sign_in(device.sign(asked()))
    device.count = 3
    with pytest.raises(actions.PasskeyRefused):
        sign_in(device.sign(asked()))
    row.refresh_from_db()
    assert row.sign_count == 8


@pytest.mark.parametrize("wrong", ["origin", "unverified", "unknown", "key", "old", "closed"])
def test_an_answer_that_is_not_to_be_believed(operations, wrong):
    device, _row, _codes = registered(operations)
    question = asked()
    if wrong == "origin":
        device.origin = "http://localhost.evil.example"
    if wrong == "unverified":
        device.flags = PRESENT
    if wrong == "unknown":
        device.id = b"x" * 32
    if wrong == "key":
        device.key = Authenticator(ORIGIN).key
    if wrong == "closed":
        operations.person.is_active = False
        operations.person.save(update_fields=["is_active"])
    with pytest.raises(actions.PasskeyRefused):
        sign_in(device.sign(question), cast.NOON + timedelta(minutes=6 if wrong == "old" else 0))
    assert not SignIn.objects.exists()


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "null", "1", '{"id": 1}', '{"response": {}}', "\x00", "{" * 500]
)
def test_what_is_no_answer_at_all(text):
    with pytest.raises(actions.PasskeyRefused):
        sign_in(text)


# ── as second factor and as fresh proof ──────────────────────────────────────────────────────────────
def test_a_passkey_is_a_second_factor_of_its_own_person_only(operations, auditor):
    device, _row, _codes = registered(operations)
    other, _row, _codes = registered(auditor)
    waiting, _token = actions.open_sign_in(person_id=operations.id, how="code", by=ANONYMOUS, at=cast.NOON)
    assert waiting.second_due
    for key in (other, device):
        question = asked(purpose="second", person_id=operations.id)
        if key is other:
            with pytest.raises(actions.PasskeyRefused):
                actions.show_second(
                    sign_in_id=waiting.pk, by=ANONYMOUS, at=cast.NOON, passkey=key.sign(question)
                )
        else:
            done = actions.show_second(
                sign_in_id=waiting.pk, by=ANONYMOUS, at=cast.NOON, passkey=key.sign(question)
            )
            assert not done.second_due


def test_it_proves_who_one_is_for_what_is_grave(client_of, jia_head):
    with time_machine.travel(cast.NOON, tick=False) as time:
        client = client_of(jia_head)
        device, _row, _codes = registered(jia_head)
        time.shift(timedelta(minutes=6))
        form = {"phone": cast.phone(700)}
        assert client.post("/me/phone/", form).status_code == 403
        question = client.post("/sign-in/passkey/question/").content.decode()
        answer = client.post("/me/phone/", {**form, "step_up_passkey": device.sign(question)})
        assert answer.url == "/me/phone/code/"


# ── the pages ────────────────────────────────────────────────────────────────────────────────────────
def test_registered_named_used_and_removed_by_the_pages(client_of, operations):
    client, device = client_of(operations), Authenticator(ORIGIN)
    question = client.post("/me/security/passkeys/question/")
    assert question["Content-Type"] == "application/json"
    shown = client.post(
        "/me/security/passkeys/", {"name": "办公电脑", "credential": device.make(question.content.decode())}
    )
    assert len(shown.context["codes"]) == 10
    row = Passkey.objects.get()
    client.post(f"/me/security/passkeys/{row.pk}/name/", {"name": "前台电脑"})
    assert "前台电脑" in client.get("/me/security/").content.decode()
    there = Client()
    question = there.post("/sign-in/passkey/question/", {"purpose": "sign_in"}).content.decode()
    answer = there.post("/sign-in/passkey/", {"credential": device.sign(question), "next": "/me/"})
    assert (answer.status_code, answer.url) == (303, "/sign-in/notice/?next=%2Fme%2F")
    assert there.get("/me/").status_code == 200
    client.post(f"/me/security/passkeys/{row.pk}/removal/")
    assert not queries.has_factor(operations.id)


def test_a_stranger_gets_no_question_for_a_person(client):
    assert client.post("/sign-in/passkey/question/").status_code == 422
    assert not Challenge.objects.exists()


def test_one_cannot_touch_somebody_elses(operations, auditor):
    _device, row, _codes = registered(operations)
    with pytest.raises(NotFound):
        actions.remove_passkey(passkey_id=row.pk, by=auditor.actor, at=cast.NOON)
    with pytest.raises(NotFound):
        actions.rename_passkey(passkey_id=row.pk, name="我的", by=auditor.actor, at=cast.NOON)
    assert Passkey.objects.get().name == "办公电脑"


def test_questions_nobody_answered_are_forgotten(operations):
    asked()
    actions.forget_challenges(at=cast.NOON + timedelta(minutes=4))
    assert Challenge.objects.exists()
    actions.forget_challenges(at=cast.NOON + timedelta(minutes=6))
    assert not Challenge.objects.exists()
