"""The fresh proof that seals, money and exports ask for: asked, given, carried along, over after five minutes."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from anxin.accounts import actions
from anxin.accounts.models import SignIn, Totp
from anxin.accounts.rules.factors import STEP_S, code_at
from anxin.kit.access import SIGNED_IN, fresh, holds
from anxin.kit.actor import ANONYMOUS, SYSTEM
from anxin.kit.errors import Forbidden, SignInNeeded, StepUpNeeded
from anxin.messaging.models import SmsMessage
from tests import cast

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("A-7.4.3")]
MINUTE = timedelta(minutes=1)
PHONE = "/me/phone/"


@pytest.fixture
def noon():
    with time_machine.travel(cast.NOON, tick=False) as time:
        yield time


@pytest.fixture
def stale(client_of, chen_jing, noon):
    """A browser whose last proof is five minutes old."""
    client = client_of(chen_jing)
    noon.shift(5 * MINUTE)
    return client


def sms_code() -> str:
    return SmsMessage.objects.latest("id").params["code"]


# ── the rule ─────────────────────────────────────────────────────────────────────────────────────────
def test_the_permission_is_asked_before_the_proof(jia_head, jia_dispatcher):
    rule = fresh(holds("contracts.seal"))
    assert rule.check(ANONYMOUS) is SignInNeeded
    assert rule.check(jia_dispatcher.actor) is Forbidden
    assert rule.check(jia_head.actor) is StepUpNeeded
    assert rule.check(SYSTEM) is None
    assert rule.name == "contracts.seal"


def test_a_page_that_also_shows_asks_only_when_it_is_written_to():
    rule = fresh(SIGNED_IN)
    assert rule.on("GET", ("GET", "POST")) is SIGNED_IN
    assert rule.on("POST", ("GET", "POST")) is rule
    assert rule.on("GET", ("GET",)) is rule


# ── on the way of a form ─────────────────────────────────────────────────────────────────────────────
def test_who_has_just_signed_in_is_not_asked(client_of, chen_jing, noon):
    answer = client_of(chen_jing).post(PHONE, {"phone": cast.phone(700)})
    assert answer.url == "/me/phone/code/"


def test_a_form_is_carried_along_and_goes_on_once_the_code_is_right(stale):
    asked = stale.post(PHONE, {"phone": cast.phone(700), "extra": ["一", "二"]})
    assert asked.status_code == 403
    assert set(asked.context["kept"]) == {("phone", cast.phone(700)), ("extra", "一"), ("extra", "二")}
    assert not SmsMessage.objects.exists()
    kept = {"phone": cast.phone(700), "extra": ["一", "二"]}
    sent = stale.post(PHONE, {**kept, "step_up_send": "1"})
    assert sent.context["kept"] == asked.context["kept"]
    code = sms_code()
    assert SmsMessage.objects.count() == 1
    wrong = stale.post(PHONE, {**kept, "step_up_answer": f"{(int(code) + 1) % 10**6:06d}"})
    assert wrong.status_code == 422
    assert wrong.context["kept"] == asked.context["kept"]
    right = stale.post(PHONE, {**kept, "step_up_answer": code})
    assert (right.status_code, right.url) == (303, "/me/phone/code/")
    # For the next five minutes nothing is asked.
    assert stale.post(PHONE, {"phone": "1"}).status_code == 422


def test_who_turns_back_comes_to_the_page_with_the_form_however_often_the_code_was_sent(stale):
    form, here = "http://testserver/me/?tab=phone", f"http://testserver{PHONE}"
    asked = stale.post(PHONE, {"phone": cast.phone(700)}, headers={"referer": form})
    assert asked.context["back"] == form
    more = {"phone": cast.phone(700), "step_up_back": form, "step_up_send": "1"}
    sent = stale.post(PHONE, more, headers={"referer": here})
    assert (sent.context["back"], "step_up_back" in dict(sent.context["kept"])) == (form, False)
    assert f'name="step_up_back" value="{form}"' in sent.content.decode()
    strange = stale.post(PHONE, {**more, "step_up_back": "https://elsewhere.example/"})
    assert strange.context["back"] == "/"


def test_in_the_demo_the_way_to_the_code_leads_to_the_simulated_messages(stale, settings):
    settings.ANXIN_DEMO = True
    page = stale.post(PHONE, {"phone": cast.phone(700)}).content.decode()
    assert f'href="{settings.ANXIN_SIMULATOR_URL}/sms/"' in page, (
        "the desk of what went out is for the operator only"
    )


def test_a_proof_left_empty_is_told_and_the_form_stays(stale):
    answer = stale.post(PHONE, {"phone": cast.phone(700), "step_up_answer": ""})
    assert answer.status_code == 422
    assert "请填写验证码" in answer.content.decode()
    assert ("phone", cast.phone(700)) in answer.context["kept"]


def test_a_code_sent_for_something_else_proves_nothing(stale, chen_jing):
    actions.send_code(phone=cast.phone(1), purpose="password", by=chen_jing.actor, at=cast.NOON + 5 * MINUTE)
    answer = stale.post(PHONE, {"phone": cast.phone(700), "step_up_answer": sms_code()})
    assert answer.status_code == 422
    assert SmsMessage.objects.count() == 1


def test_a_password_proves_it_as_well_and_wrong_ones_lock(stale, chen_jing, noon):
    actions.set_password(
        password="Anxin-2026-ok", by=chen_jing.actor, at=cast.NOON,
        keep_sign_in=SignIn.objects.get(person=chen_jing.person).pk,
    )  # fmt: skip
    kept = {"phone": cast.phone(700)}
    for _ in range(5):
        assert stale.post(PHONE, {**kept, "step_up_password": "Wrong-2026-no"}).status_code == 422
    assert stale.post(PHONE, {**kept, "step_up_password": "Anxin-2026-ok"}).status_code == 429
    noon.shift(10 * MINUTE)
    assert stale.post(PHONE, {**kept, "step_up_password": "Anxin-2026-ok"}).status_code == 303


def test_who_has_a_second_factor_proves_it_with_that_only(client_of, jia_head, noon):
    client = client_of(jia_head)
    actions.begin_totp(by=jia_head.actor, at=cast.NOON)
    secret = bytes.fromhex(Totp.objects.get().secret)
    actions.confirm_totp(code=code_at(secret, cast.NOON), by=jia_head.actor, at=cast.NOON)
    noon.shift(6 * MINUTE)
    at = cast.NOON + 6 * MINUTE
    actions.send_proof_code(by=jia_head.actor, at=at)
    assert client.post(PHONE, {"phone": "1", "step_up_answer": sms_code()}).context["ways"].has_second
    assert SignIn.objects.get().proved_at == cast.NOON
    answer = client.post(PHONE, {"phone": cast.phone(700), "step_up_answer": code_at(secret, at)})
    assert answer.status_code == 303
    assert int(at.timestamp()) // STEP_S == Totp.objects.get().last_step


def test_a_form_under_its_key_is_done_once(stale):
    kept = {"phone": cast.phone(700), "idempotency_key": "0123456789abcdef"}
    assert stale.post(PHONE, kept).status_code == 403
    stale.post(PHONE, {**kept, "step_up_send": "1"})
    code = sms_code()
    for _ in range(2):
        assert stale.post(PHONE, {**kept, "step_up_answer": code}).status_code in (303, 422, 429)
    assert SmsMessage.objects.count() == 2


# ── on a page of its own ─────────────────────────────────────────────────────────────────────────────
def test_an_export_leads_to_the_proof_and_back(client_of, jia_head, noon):
    client = client_of(jia_head)
    assert client.get("/orders/board/?format=csv").status_code in (200, 404)
    noon.shift(5 * MINUTE)
    away = client.get("/desk/agency/export/")
    assert away.url == "/step-up/?next=%2Fdesk%2Fagency%2Fexport%2F"
    assert client.get(away.url).status_code == 200
    client.post(away.url, {"step_up_send": "1", "next": "/desk/agency/export/"})
    back = client.post("/step-up/", {"step_up_answer": sms_code(), "next": "/desk/agency/export/"})
    assert (back.status_code, back.url) == (303, "/desk/agency/export/")


def test_nobody_is_led_away_to_another_site(stale):
    stale.post("/step-up/", {"step_up_send": "1", "next": "//evil.example"})
    answer = stale.post("/step-up/", {"step_up_answer": sms_code(), "next": "//evil.example"})
    assert answer.url == "/"


def test_a_code_may_be_asked_for_among_the_fields_of_another_page(stale):
    answer = stale.post("/step-up/code/", headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "验证码已发送" in answer.content.decode()
    assert stale.post("/step-up/code/", headers={"HX-Request": "true"}).status_code == 429


def test_a_door_of_the_demo_proves_nothing(jia_head, noon, settings):
    from django.test import Client

    settings.ANXIN_DEMO = True
    actions.offer_demo_login(
        key="head", label="店长", person_id=jia_head.id, by=SYSTEM, at=cast.NOON,
        appointment_id=jia_head.appointment.pk,
    )  # fmt: skip
    client = Client()
    client.post("/demo/sign-in/head/")
    assert client.post("/desk/seal/").status_code in (403, 404)
    assert client.get("/desk/agency/export/").url.startswith("/step-up/")


# ── programs ─────────────────────────────────────────────────────────────────────────────────────────
def test_a_program_proves_itself_by_its_own_call(client, jia_head, noon):
    headers = cast.token_of(jia_head.person, jia_head.appointment)
    noon.shift(5 * MINUTE)
    path = "/api/v1/contracts/C260318-ABCDEFGH/sealing"
    body = {"seen": "0" * 64}
    refused = client.post(path, body, content_type="application/json", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "step_up_needed")
    asked = client.post(
        "/api/v1/me/codes", {"purpose": "step_up"}, content_type="application/json", headers=headers
    )
    assert asked.status_code == 202
    done = client.post(
        "/api/v1/me/proof", {"answer": sms_code()}, content_type="application/json", headers=headers
    )
    assert done.status_code == 204
    assert client.post(path, body, content_type="application/json", headers=headers).status_code == 404
