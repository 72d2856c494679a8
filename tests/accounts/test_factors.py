"""Second factors: authenticator app, recovery codes, the sign-in that waits, posts that need one."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from anxin.accounts import actions, queries
from anxin.accounts.models import RecoveryCode, SignIn, Totp
from anxin.accounts.rules.factors import STEP_S, code_at, step_of
from anxin.accounts.values import Purpose
from anxin.kit.actor import ANONYMOUS, SYSTEM
from anxin.kit.errors import NotFound
from anxin.messaging.models import SmsMessage
from tests import cast

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("A-7.4.3")]
STEP = timedelta(seconds=STEP_S)


def secret_of(member) -> bytes:
    return bytes.fromhex(Totp.objects.get(person=member.person).secret)


def with_app(member, at=cast.NOON) -> list[str]:
    """The member gets an authenticator app; returns the recovery codes."""
    actions.begin_totp(by=member.actor, at=at)
    return actions.confirm_totp(code=code_at(secret_of(member), at), by=member.actor, at=at)


def opened(member, at=cast.NOON, **options) -> SignIn:
    return actions.open_sign_in(person_id=member.id, how="code", by=ANONYMOUS, at=at, **options)[0]


def show(row, answer, at):
    return actions.show_second(sign_in_id=row.pk, by=ANONYMOUS, at=at, answer=answer)


# ── the codes of RFC 6238 ────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("moment", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924")],
)
def test_codes_are_those_of_the_standard(moment, code):
    from datetime import UTC, datetime

    secret = b"12345678901234567890"
    at = datetime.fromtimestamp(moment, UTC)
    assert code_at(secret, at) == code
    assert step_of(code, secret, at) == moment // 30


def test_a_clock_may_be_off_by_one_step_and_no_more():
    secret = b"12345678901234567890"
    code = code_at(secret, cast.NOON)
    for off in (-1, 0, 1):
        assert step_of(code, secret, cast.NOON + off * STEP) is not None
    for off in (-2, 2):
        assert step_of(code, secret, cast.NOON + off * STEP) is None


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "１２３４５６", "-12345", "12 34"])
def test_what_is_no_code_is_none(typed):
    assert step_of(typed, b"12345678901234567890", cast.NOON) is None


# ── setting up ───────────────────────────────────────────────────────────────────────────────────────
def test_an_app_counts_once_its_first_code_was_typed(operations):
    actions.begin_totp(by=operations.actor, at=cast.NOON)
    assert not queries.has_factor(operations.id)
    with pytest.raises(actions.TotpWrong):
        actions.confirm_totp(code="000000", by=operations.actor, at=cast.NOON)
    assert not queries.has_factor(operations.id)
    codes = actions.confirm_totp(
        code=code_at(secret_of(operations), cast.NOON), by=operations.actor, at=cast.NOON
    )
    assert queries.has_factor(operations.id)
    assert len(set(codes)) == 10
    with pytest.raises(actions.TotpThere):
        actions.begin_totp(by=operations.actor, at=cast.NOON)


def test_a_set_up_left_lying_is_stale(operations):
    actions.begin_totp(by=operations.actor, at=cast.NOON)
    old = secret_of(operations)
    later = cast.NOON + timedelta(minutes=31)
    with pytest.raises(actions.SetupStale):
        actions.confirm_totp(code=code_at(old, later), by=operations.actor, at=later)
    actions.begin_totp(by=operations.actor, at=later)
    assert secret_of(operations) != old


def test_secret_and_codes_are_not_kept_readable(operations):
    from django.db import connection

    codes = with_app(operations)
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM accounts_totp")
        kept = bytes(cursor.fetchone()[0])
    assert secret_of(operations) not in kept
    assert secret_of(operations).hex().encode() not in kept
    for row in RecoveryCode.objects.all():
        assert not any(code.replace("-", "").encode() in bytes(row.code_hash) for code in codes)


# ── the sign-in that waits ───────────────────────────────────────────────────────────────────────────
def test_who_has_a_second_factor_is_not_in_before_showing_it(operations):
    with_app(operations)
    row = opened(operations, at=cast.NOON + STEP)
    assert row.second_due
    assert queries.sign_in(row.pk, cast.NOON + STEP) is None
    done = show(row, code_at(secret_of(operations), cast.NOON + STEP), cast.NOON + STEP)
    assert not done.second_due
    assert queries.sign_in(row.pk, cast.NOON + STEP).appointment == operations.appointment


def test_a_code_of_the_app_is_used_once(operations):
    with_app(operations)
    at = cast.NOON + STEP
    code = code_at(secret_of(operations), at)
    show(opened(operations, at=at), code, at)
    with pytest.raises(actions.SecondWrong):
        show(opened(operations, at=at), code, at)
    # Nor is one from before it, though the drift would still let it through.
    with pytest.raises(actions.SecondWrong):
        show(opened(operations, at=at), code_at(secret_of(operations), cast.NOON), at)
    assert SignIn.objects.filter(second_due=True).count() == 2


def test_a_recovery_code_replaces_the_app_once(operations):
    first, *rest = with_app(operations)
    at = cast.NOON + STEP
    show(opened(operations, at=at), first.lower().replace("-", " "), at)
    with pytest.raises(actions.SecondWrong):
        show(opened(operations, at=at), first, at)
    show(opened(operations, at=at), rest[0], at)
    assert queries.ways(operations.person).recovery_left == 8


def test_new_recovery_codes_void_the_old_ones(operations):
    old = with_app(operations)
    actions.issue_codes(by=operations.actor, at=cast.NOON)
    with pytest.raises(actions.SecondWrong):
        show(opened(operations), old[0], cast.NOON)


def test_somebody_elses_recovery_code_is_worth_nothing(operations, auditor):
    with_app(operations)
    theirs = with_app(auditor)
    with pytest.raises(actions.SecondWrong):
        show(opened(operations), theirs[0], cast.NOON)
    assert queries.ways(auditor.person).recovery_left == 10


def test_five_wrong_answers_lock_the_second_factor_even_for_the_right_one(operations):
    with_app(operations)
    at = cast.NOON + STEP
    row = opened(operations, at=at)
    for _ in range(5):
        with pytest.raises(actions.SecondWrong):
            show(row, "AAAAA-AAAAA", at)
    with pytest.raises(actions.SecondLocked):
        show(row, code_at(secret_of(operations), at), at)
    later = at + timedelta(minutes=10)
    show(row, code_at(secret_of(operations), later), later)


def test_a_waiting_sign_in_runs_out_when_idle(operations):
    with_app(operations)
    row = opened(operations)
    late = cast.NOON + timedelta(minutes=31)
    with pytest.raises(NotFound):
        show(row, code_at(secret_of(operations), late), late)


def test_a_program_shows_both_factors_in_one_call(operations):
    codes = with_app(operations)
    phone = operations.person.phone

    def token(at, **more):
        actions.send_code(phone=phone, purpose="sign_in", by=ANONYMOUS, at=at)
        code = SmsMessage.objects.latest("id").params["code"]
        return actions.sign_in_by_code(phone=phone, code=code, by=ANONYMOUS, at=at, scopes=["read"], **more)

    at = cast.NOON + STEP
    with pytest.raises(actions.SecondNeeded):
        token(at)
    with pytest.raises(actions.SecondWrong):
        token(at + timedelta(minutes=1), second="000000")
    assert not SignIn.objects.exists()
    row, text = token(at + timedelta(minutes=2), second=codes[0])
    assert text
    assert row.second_how == "recovery"


# ── posts that need one ──────────────────────────────────────────────────────────────────────────────
def test_posts_of_the_operator_are_not_given_without_a_second_factor(operations):
    row = opened(operations)
    assert row.appointment is None
    with pytest.raises(actions.SecondMissing):
        actions.choose_post(
            sign_in_id=row.pk,
            appointment_id=operations.appointment.pk,
            by=operations.actor,
            at=cast.NOON,
        )
    row.refresh_from_db()
    assert row.appointment is None
    actions.begin_totp(by=operations.actor, at=cast.NOON)
    code = code_at(secret_of(operations), cast.NOON)
    actions.confirm_totp(code=code, by=operations.actor, at=cast.NOON, sign_in_id=row.pk)
    actions.choose_post(
        sign_in_id=row.pk, appointment_id=operations.appointment.pk, by=operations.actor, at=cast.NOON
    )


@pytest.mark.parametrize("who", ["supervisor", "association_staff", "auditor"])
def test_so_do_posts_of_association_and_bureau(who, request):
    assert opened(request.getfixturevalue(who)).appointment is None


def test_so_do_posts_of_a_credit_agency_that_issues_codes(db):
    house = cast.new_organisation("credit", "杭州市信用服务中心", 302)
    assert opened(cast.in_post(cast.new_person(75, "丁发码"), house, "credit.issuer")).appointment is None


def test_posts_of_an_agency_do_not(jia_head):
    assert opened(jia_head).appointment == jia_head.appointment


def test_a_post_kept_from_before_is_taken_when_the_policy_grows(client_of, jia_head, settings):
    client = client_of(jia_head)
    assert client.get("/staff/").status_code == 200
    settings.ANXIN_SECOND_FACTOR = frozenset({"agency"})
    SignIn.objects.update(second_at=None)
    assert client.get("/staff/").status_code == 403


def test_a_door_of_the_demo_is_exempt_in_the_demo_only(operations, settings):
    settings.ANXIN_DEMO = True
    actions.offer_demo_login(
        key="operations", label="平台运营", person_id=operations.id, by=SYSTEM, at=cast.NOON,
        appointment_id=operations.appointment.pk,
    )  # fmt: skip
    with time_machine.travel(cast.NOON, tick=False):
        client = Client()
        client.post("/demo/sign-in/operations/")
        assert client.get("/me/").context["acting"] == operations.appointment.pk
        assert client.get("/sign-in/").status_code == 303
        settings.ANXIN_DEMO = False
        assert client.get("/me/").context["acting"] is None
    page = Client()
    settings.ANXIN_DEMO = True
    assert "只在演示环境里有" in page.get("/sign-in/").content.decode()


# ── the pages ────────────────────────────────────────────────────────────────────────────────────────
def by_code(client, member, **data):
    client.post("/sign-in/", {"phone": member.person.phone})
    return client.post("/sign-in/code/", {"code": SmsMessage.objects.latest("id").params["code"], **data})


def test_the_way_from_first_sign_in_to_the_desk(operations):
    actions.give_consent(purpose=Purpose.NOTICE, version=1, by=operations.actor, at=cast.NOON)
    with time_machine.travel(cast.NOON, tick=False) as time:
        client = Client()
        assert by_code(client, operations).url == "/me/security/"
        assert client.get("/desk/operator/").status_code in (403, 404)
        page = client.get("/me/security/totp/")
        assert page.status_code == 200
        assert "data:image/svg+xml" in page.content.decode()
        shown = client.post("/me/security/totp/", {"code": code_at(secret_of(operations), cast.NOON)})
        assert shown.status_code == 200
        assert len(shown.context["codes"]) == 10
        assert shown.headers["Cache-Control"] == "no-store"
        client.post("/post/", {"appointment": str(operations.appointment.pk)})
        assert client.get("/me/").context["acting"] == operations.appointment.pk
        time.shift(STEP * 4)
        again = Client()
        answer = by_code(again, operations, next="/me/")
        assert answer.url == "/sign-in/second/?next=%2Fme%2F"
        assert again.get("/me/").status_code == 302
        key = again.session.session_key
        wrong = again.post(answer.url, {"answer": "123456"})
        assert wrong.status_code == 422
        right = again.post(answer.url, {"answer": code_at(secret_of(operations), cast.NOON + 4 * STEP)})
        assert (right.status_code, right.url) == (303, "/me/")
        assert again.session.session_key != key
        assert again.get("/me/").context["acting"] == operations.appointment.pk


def test_without_a_waiting_sign_in_there_is_nothing_to_show(client):
    assert client.get("/sign-in/second/").url == "/sign-in/"


def test_removing_the_last_factor_takes_the_codes_along(client_of, jia_head):
    with time_machine.travel(cast.NOON, tick=False):
        client = client_of(jia_head)
        client.get("/me/security/totp/")
        client.post("/me/security/totp/", {"code": code_at(secret_of(jia_head), cast.NOON)})
        assert client.post("/me/security/totp/removal/").status_code == 303
    assert not queries.has_factor(jia_head.id)
    assert not RecoveryCode.objects.exists()
