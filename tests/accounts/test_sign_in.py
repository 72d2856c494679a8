"""Signing in: by code, by password; limits, lock-out, idle time, other devices."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import unquote

import pytest
import time_machine
from django.test import Client

from anxin.accounts import actions
from anxin.accounts.models import Code, Consent, Lockout, Person, SignIn
from anxin.accounts.rules.sign_in import ADDRESS_LIMITS, CODE_ATTEMPTS, wait_for
from anxin.kit import clock
from anxin.kit.actor import ANONYMOUS, Actor
from anxin.messaging.models import SmsMessage
from tests import cast

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def code_of() -> str:
    return SmsMessage.objects.latest("id").params["code"]


def send(phone, at=cast.NOON, by=ANONYMOUS, purpose="sign_in"):
    actions.send_code(phone=phone, purpose=purpose, by=by, at=at)
    return code_of()


def check(phone, code, at=cast.NOON, purpose="sign_in"):
    return actions.check_code(phone=phone, purpose=purpose, code=code, at=at)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


# ── codes ────────────────────────────────────────────────────────────────────────────────────────────
def test_a_code_works_once():
    code = send(cast.phone(800))
    proof = check(cast.phone(800), code)
    assert proof.phone_masked == "199****0800"
    with pytest.raises(actions.CodeWrong):
        check(cast.phone(800), code)


def test_a_code_is_worth_nothing_for_another_purpose_or_phone():
    code = send(cast.phone(800))
    with pytest.raises(actions.CodeWrong):
        check(cast.phone(800), code, purpose="contract")
    with pytest.raises(actions.CodeWrong):
        check(cast.phone(801), code)
    check(cast.phone(800), code)


def test_a_code_lasts_five_minutes():
    code = send(cast.phone(800))
    with pytest.raises(actions.CodeWrong):
        check(cast.phone(800), code, at=cast.NOON + 5 * MINUTE)


def test_five_wrong_guesses_use_a_code_up():
    code = send(cast.phone(800))
    for _ in range(CODE_ATTEMPTS):
        with pytest.raises(actions.CodeWrong):
            check(cast.phone(800), wrong(code))
    with pytest.raises(actions.CodeWrong):
        check(cast.phone(800), code)


def test_a_new_code_replaces_the_one_before():
    old = send(cast.phone(800))
    new = send(cast.phone(800), at=cast.NOON + MINUTE)
    if old != new:
        with pytest.raises(actions.CodeWrong):
            check(cast.phone(800), old, at=cast.NOON + MINUTE)
    check(cast.phone(800), new, at=cast.NOON + MINUTE)


def test_a_phone_gets_one_code_a_minute_five_an_hour_ten_a_day():
    at, sent = cast.NOON, 0
    with pytest.raises(actions.CodeTooSoon):
        send(cast.phone(800), at=at)
        send(cast.phone(800), at=at + timedelta(seconds=59))
    for minute in range(1, 24 * 60):
        try:
            send(cast.phone(800), at=at + minute * MINUTE)
            sent += 1
        except actions.CodeTooSoon:
            continue
        if minute == 59:
            assert sent == 4
        if sent == 9:
            break
    with pytest.raises(actions.CodeTooSoon):
        send(cast.phone(800), at=at + timedelta(hours=23))
    assert SmsMessage.objects.count() == 10
    send(cast.phone(800), at=at + timedelta(days=1))


def test_one_address_cannot_flood_many_phones():
    by = Actor(person_id=None, address="203.0.113.7")
    for n in range(20):
        send(cast.phone(820 + n), by=by)
    with pytest.raises(actions.CodeTooSoon):
        send(cast.phone(850), by=by)
    send(cast.phone(850), by=Actor(person_id=None, address="203.0.113.8"))


def test_the_next_address_of_a_subscribers_network_is_no_other_sender():
    for n in range(20):
        send(cast.phone(820 + n), by=Actor(person_id=None, address=f"2001:db8:7:7::{n:x}"))
    with pytest.raises(actions.CodeTooSoon):
        send(cast.phone(850), by=Actor(person_id=None, address="2001:db8:7:7:ffff::1"))
    send(cast.phone(850), by=Actor(person_id=None, address="2001:db8:7:8::1"))


def test_the_code_is_not_kept_readable():
    code = send(cast.phone(800))
    row = Code.objects.get()
    assert code.encode() not in bytes(row.code_hash)
    assert len(bytes(row.code_hash)) == 32
    assert bytes(row.phone_hash) != cast.phone(800).encode()


@pytest.mark.parametrize(
    "phone", ["", "12345678901", "1380013800", "138001380000", "１３８００１３８０００x", "abc"]
)
def test_what_is_no_mobile_number_is_refused_and_nothing_sent(phone):
    with pytest.raises(actions.PhoneMalformed):
        send(phone)
    assert not SmsMessage.objects.exists()


@pytest.mark.parametrize("typed", ["+86 199 0000 0800", "８６19900000800", "199-0000-0800"])
def test_a_number_may_be_typed_in_any_usual_way(typed):
    assert actions.clean_phone(typed) == cast.phone(800)


# ── the pages ────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.requirement("B-7.2.1")
def test_a_newcomer_signs_in_by_phone_and_is_sent_where_they_wanted_to_go(client):
    step1 = client.post("/sign-in/", {"phone": cast.phone(801), "next": "/me/"})
    assert step1.status_code == 303
    assert unquote(step1.url) == "/sign-in/code/?next=/me/"
    before = client.session.session_key
    step2 = client.post(step1.url, {"code": code_of(), "next": "/me/"})
    assert (step2.status_code, unquote(step2.url)) == (303, "/sign-in/notice/?next=/me/")
    assert client.session.session_key != before
    me = client.get("/me/")
    assert me.status_code == 200
    assert "199****0801" in me.content.decode()
    assert "未实名" in me.content.decode()


@pytest.mark.requirement("B-6.2.3")
def test_the_privacy_notice_is_put_before_who_signs_in_until_they_agree_to_it(client):
    assert 'href="/privacy/"' in client.get("/sign-in/").content.decode()
    client.post("/sign-in/", {"phone": cast.phone(801)})
    client.post("/sign-in/code/", {"code": code_of()})
    page = client.get("/sign-in/notice/?next=/me/")
    assert page.status_code == 200 and 'href="/privacy/"' in page.content.decode()
    assert "不同意，退出登录" in page.content.decode() and "/me/privacy/closing/" in page.content.decode()
    assert not Consent.objects.exists()
    stale = client.post("/sign-in/notice/", {"version": "7", "next": "/me/"})
    assert stale.status_code == 409 and "重新阅读" in stale.content.decode()
    assert not Consent.objects.exists()
    agreed = client.post("/sign-in/notice/", {"version": "1", "next": "/me/"})
    assert (agreed.status_code, agreed.url) == (303, "/me/")
    given = Consent.objects.get()
    assert (given.purpose, given.version, given.channel) == ("notice", 1, "web")
    again = Client()
    with time_machine.travel(clock.now() + timedelta(minutes=2), tick=False):
        again.post("/sign-in/", {"phone": cast.phone(801)})
        assert again.post("/sign-in/code/", {"code": code_of(), "next": "/me/"}).url == "/me/"


def test_a_wrong_code_is_told_and_costs_an_attempt(client):
    client.post("/sign-in/", {"phone": cast.phone(801)})
    answer = client.post("/sign-in/code/", {"code": wrong(code_of())})
    assert answer.status_code == 422
    assert "验证码不对或已失效" in answer.content.decode()
    assert Code.objects.get().attempts == 1
    assert not Person.objects.exists()


def test_known_and_unknown_numbers_get_the_same_answer(client, chen_jing):
    known = client.post("/sign-in/", {"phone": cast.phone(1)})
    unknown = Client().post("/sign-in/", {"phone": cast.phone(899)})
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    wrong_known = client.post("/sign-in/password/", {"phone": cast.phone(1), "password": "Wrong-pass-1"})
    wrong_unknown = client.post("/sign-in/password/", {"phone": cast.phone(899), "password": "Wrong-pass-1"})
    assert wrong_known.status_code == wrong_unknown.status_code == 422
    for answer in (wrong_known, wrong_unknown):
        assert answer.context["form"].errors["password"] == ["手机号或密码不对。还可以改用短信验证码登录。"]


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil"]
)
def test_nobody_is_sent_to_another_site(client, target):
    client.post("/sign-in/", {"phone": cast.phone(801)})
    answer = client.post("/sign-in/code/", {"code": code_of(), "next": target})
    assert answer.url == "/sign-in/notice/"
    agreed = client.post("/sign-in/notice/", {"version": "1", "next": target})
    assert (agreed.status_code, agreed.url) == (303, "/")


def test_a_page_that_needs_sign_in_leads_there_and_back(client):
    answer = client.get("/me/")
    assert answer.url == "/sign-in/?next=%2Fme%2F"


def test_sign_out_ends_the_session(client_of, chen_jing):
    client = client_of(chen_jing)
    client.post("/sign-out/")
    assert client.get("/me/").status_code == 302
    assert SignIn.objects.get().ended_at is not None


# ── passwords ────────────────────────────────────────────────────────────────────────────────────────
def with_password(member, password="Anxin-2026-ok", at=cast.NOON):
    return actions.set_password(password=password, by=member.actor, at=at)


def by_password(password, at=cast.NOON, phone=1):
    return actions.sign_in_by_password(phone=cast.phone(phone), password=password, by=ANONYMOUS, at=at)


def test_five_wrong_passwords_lock_for_ten_minutes_even_the_right_one(chen_jing):
    with_password(chen_jing)
    for _ in range(5):
        with pytest.raises(actions.PasswordWrong):
            by_password("Wrong-2026-no")
    with pytest.raises(actions.LockedOut):
        by_password("Anxin-2026-ok", at=cast.NOON + 9 * MINUTE)
    row, _token = by_password("Anxin-2026-ok", at=cast.NOON + 10 * MINUTE)
    assert row.person == chen_jing.person
    assert not Lockout.objects.exists()


def test_a_number_nobody_has_is_locked_alike(db):
    for _ in range(5):
        with pytest.raises(actions.PasswordWrong):
            by_password("Wrong-2026-no", phone=899)
    with pytest.raises(actions.LockedOut):
        by_password("Wrong-2026-no", phone=899)


def test_a_code_still_signs_in_while_the_password_is_locked(chen_jing):
    with_password(chen_jing)
    for _ in range(5):
        with pytest.raises(actions.PasswordWrong):
            by_password("Wrong-2026-no")
    code = send(cast.phone(1))
    actions.sign_in_by_code(phone=cast.phone(1), code=code, by=ANONYMOUS, at=cast.NOON)
    by_password("Anxin-2026-ok")


@pytest.mark.parametrize("weak", ["Ab1!", "alllowercase", "lower1234567", "12345678", "A" * 129 + "a1!"])
def test_weak_passwords_are_refused(chen_jing, weak):
    with pytest.raises(actions.PasswordWeak):
        with_password(chen_jing, weak)
    chen_jing.person.refresh_from_db()
    assert not chen_jing.person.has_usable_password()


def test_passwords_that_are_guessed_first_are_refused(chen_jing):
    for guessed in ("P@ssw0rd", f"Aa-{cast.phone(1)}"):
        with pytest.raises(actions.PasswordWeak):
            with_password(chen_jing, guessed)
    chen_jing.person.refresh_from_db()
    assert not chen_jing.person.has_usable_password()


def test_one_address_gets_five_hundred_codes_a_day():
    sent = [cast.NOON - n * timedelta(minutes=2) for n in range(500)]
    assert wait_for(sent[:-1], ADDRESS_LIMITS, cast.NOON + MINUTE) is None
    assert wait_for(sent, ADDRESS_LIMITS, cast.NOON + MINUTE) is not None


def test_a_forgotten_password_is_set_anew_after_signing_in_by_code(client, chen_jing):
    with_password(chen_jing)
    assert "忘了密码" in client.get("/sign-in/password/").content.decode()
    client.post("/sign-in/", {"phone": cast.phone(1)})
    client.post("/sign-in/code/", {"code": code_of()})
    with time_machine.travel(clock.now() + timedelta(minutes=2), tick=False):
        client.post("/me/password/code/")
        client.post("/me/password/", {"code": code_of(), "password": "Anxin-2027-neu"})
        with pytest.raises(actions.PasswordWrong):
            by_password("Anxin-2026-ok", at=clock.now())
        by_password("Anxin-2027-neu", at=clock.now())


def test_posts_beyond_agencies_need_ten_characters(operations, jia_head):
    with pytest.raises(actions.PasswordWeak):
        with_password(operations, "Short-1a")
    with_password(jia_head, "Short-1a")


def test_the_last_five_passwords_cannot_come_back(chen_jing):
    every = [f"Anxin-{n}-pass" for n in range(6)]
    for n, one in enumerate(every):
        with_password(chen_jing, one, at=cast.NOON + n * MINUTE)
    for one in every[1:]:
        with pytest.raises(actions.PasswordReused):
            with_password(chen_jing, one, at=cast.NOON + 10 * MINUTE)
    with_password(chen_jing, every[0], at=cast.NOON + 10 * MINUTE)


def test_a_new_password_ends_other_sign_ins(client_of, chen_jing):
    here, there = client_of(chen_jing), client_of(chen_jing)
    here.post("/me/password/code/")
    answer = here.post("/me/password/", {"code": code_of(), "password": "Anxin-2026-ok"})
    assert answer.status_code == 303, answer.content.decode()
    assert here.get("/me/").status_code == 200
    assert there.get("/me/").status_code == 302


def test_an_old_password_signs_in_but_gives_no_post(client, jia_head):
    with_password(jia_head, at=cast.NOON)
    with time_machine.travel(cast.NOON + timedelta(days=91), tick=False):
        answer = client.post("/sign-in/password/", {"phone": cast.phone(11), "password": "Anxin-2026-ok"})
        assert answer.url == "/sign-in/notice/?next=%2Fme%2Fpassword%2F"
        assert client.get("/staff/").status_code == 403
        client.post("/post/", {"appointment": str(jia_head.appointment.pk)})
        assert client.get("/staff/").status_code == 403


# ── how long, where, as whom ─────────────────────────────────────────────────────────────────────────
def test_idle_time_is_two_hours_as_oneself_and_thirty_minutes_in_a_post(client_of, chen_jing, jia_head):
    with time_machine.travel(cast.NOON, tick=False) as time:
        customer, staff = client_of(chen_jing), client_of(jia_head)
        time.shift(timedelta(minutes=29))
        assert customer.get("/me/").status_code == staff.get("/me/").status_code == 200
        time.shift(timedelta(minutes=31))
        assert customer.get("/me/").status_code == 200
        assert staff.get("/me/").status_code == 302
        time.shift(timedelta(hours=2, seconds=1))
        assert customer.get("/me/").status_code == 302


def test_no_sign_in_lasts_longer_than_twelve_hours(client_of, chen_jing):
    with time_machine.travel(cast.NOON, tick=False) as time:
        customer = client_of(chen_jing)
        for _ in range(7):
            time.shift(timedelta(minutes=100))
            assert customer.get("/me/").status_code == 200
        time.shift(timedelta(minutes=21))
        assert customer.get("/me/").status_code == 302


def test_other_devices_are_listed_and_signed_out(client_of, chen_jing, stranger):
    here, there, other = client_of(chen_jing), client_of(chen_jing), client_of(stranger)
    assert len(here.get("/me/").context["sign_ins"]) == 2
    row = SignIn.objects.get(pk=there.session["anxin_sign_in"])
    assert other.post(f"/me/sign-ins/{row.pk}/end/").status_code == 404
    assert there.get("/me/").status_code == 200
    assert here.post(f"/me/sign-ins/{row.pk}/end/").status_code == 303
    assert there.get("/me/").status_code == 302
    assert here.get("/me/").status_code == 200
