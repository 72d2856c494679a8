"""Text messages: queued in the transaction, signed like the provider wants it, tried again, shown masked."""

import logging
import uuid
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from django.db import transaction

from anxin.kit import jobs
from anxin.messaging import actions, public
from anxin.messaging.adapters import sms, sms_simulator
from anxin.messaging.models import SmsMessage
from anxin.messaging.rules import canonical_query, signature, wait
from anxin.messaging.states import SmsState
from anxin.messaging.values import LOGIN_CODE, NOTICE, SmsTemplate
from tests.cast import NOON, phone, signed_in


@pytest.fixture
def somebody() -> str:
    """A number of its own for each test: the simulator keeps what arrived."""
    return f"199{uuid.uuid4().int % 10**8:08d}"


def _fault(url: str, **how: object) -> None:
    assert httpx.post(f"{url}/sms/faults", json=how, trust_env=False).status_code == 200


def _send_directly(to: str) -> None:
    params = {"code": "1", "minutes": "5"}
    sms.send(phone=to, template_code=LOGIN_CODE.code, params=params, out_id="x", at=NOON)


def test_signature_equals_the_published_example():
    headers = {
        "host": "ecs.cn-shanghai.aliyuncs.com",
        "x-acs-action": "RunInstances",
        "x-acs-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "x-acs-date": "2023-10-26T10:22:32Z",
        "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
        "x-acs-version": "2014-05-26",
    }
    params = {"ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd", "RegionId": "cn-shanghai"}
    found = signature(
        method="POST", path="/", params=params, headers=headers, body=b"", secret="YourAccessKeySecret"
    )
    assert found == "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"


def test_query_is_encoded_by_rfc_3986():
    assert canonical_query({"b": "a b*~", "A": "安"}) == "A=%E5%AE%89&b=a%20b%2A~"


def test_pauses_double_and_end():
    assert [wait(n).total_seconds() for n in range(1, 5)] == [30, 60, 120, 240]
    assert wait(5) is None


def test_a_provider_that_is_away_is_asked_on_for_a_day():
    pauses = [wait(n, silent=True) for n in range(1, 100)]
    assert max(pauses) == timedelta(minutes=15) and sum(pauses, timedelta()) > timedelta(hours=23)
    assert wait(100, silent=True) is None


@pytest.mark.django_db
def test_message_is_encrypted_and_logged_masked(simulators, somebody, caplog):
    caplog.set_level(logging.INFO)
    message_id = public.send_sms(somebody, "login_code", {"code": "482913", "minutes": "5"}, at=NOON)
    row = SmsMessage.objects.get(pk=message_id)
    raw = SmsMessage.objects.filter(pk=message_id).values("phone", "params", "phone_masked").get()
    assert somebody.encode() not in bytes(raw["phone"])
    assert b"482913" not in bytes(raw["params"])
    assert raw["phone_masked"] == f"{somebody[:3]}****{somebody[-4:]}"
    assert row.phone == somebody
    jobs.drain(NOON)
    assert public.state(message_id) is SmsState.SENT
    assert somebody not in caplog.text
    assert "482913" not in caplog.text


@pytest.mark.django_db
def test_sent_message_is_on_the_phones_screen(simulators, somebody):
    public.send_sms(somebody, LOGIN_CODE, {"code": "482913", "minutes": "5"}, at=NOON)
    jobs.drain(NOON)
    found = httpx.post(f"{simulators}/sms/messages", json={"phone": somebody}, trust_env=False).json()
    assert [row["params"]["code"] for row in found] == ["482913"]
    page = httpx.get(f"{simulators}/sms/", trust_env=False)
    assert "【安心家政】您的登录验证码是<b>482913</b>" in page.text


@pytest.mark.django_db
@pytest.mark.requirement("B-6.2.3")
def test_the_number_of_a_phone_that_is_looked_at_stands_in_no_address(simulators, somebody):
    public.send_sms(somebody, LOGIN_CODE, {"code": "482913", "minutes": "5"}, at=NOON)
    jobs.drain(NOON)
    with httpx.Client(base_url=f"{simulators}/sms/", trust_env=False, follow_redirects=True) as browser:
        page = browser.post("choice", data={"phone": somebody})
        assert page.history[0].status_code == 303 and somebody not in str(page.url)
        assert page.text.count("<article>") == 1 and f'value="{somebody}"' in page.text
        again = browser.get(str(page.url))
        assert again.text.count("<article>") == 1
        other = browser.post("choice", data={"phone": "19900000000"})
        assert "还没有短信" in other.text
        assert str(browser.post("choice", data={"phone": ""}).url) == f"{simulators}/sms/"
        assert somebody in browser.get("", params={"s": "made up"}).text


@pytest.mark.django_db
def test_nothing_is_sent_when_the_transaction_fails(simulators, somebody):
    with pytest.raises(RuntimeError), transaction.atomic():
        public.send_sms(somebody, LOGIN_CODE, {"code": "482913", "minutes": "5"}, at=NOON)
        raise RuntimeError
    jobs.drain(NOON)
    assert sms_simulator.inbox(somebody) == []
    assert not SmsMessage.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("given", ["", "123", "12345678901", "1990000000a", "+8619900000001", "199000000011"])
def test_malformed_number_is_refused(given):
    with pytest.raises(public.PhoneMalformed):
        public.send_sms(given, LOGIN_CODE, {"code": "1", "minutes": "5"}, at=NOON)
    assert not SmsMessage.objects.exists()


@pytest.mark.django_db
def test_unfilled_template_is_the_callers_mistake():
    with pytest.raises(ValueError, match="minutes"):
        public.send_sms(phone(1), LOGIN_CODE, {"code": "1"}, at=NOON)


def test_two_templates_cannot_share_a_name():
    with pytest.raises(ValueError, match="login_code"):
        SmsTemplate("login_code", "SMS_1", "")


@pytest.mark.django_db
@pytest.mark.parametrize("mode", ["down", "limit", "lost"])
def test_failure_is_tried_again_later(simulators, somebody, mode):
    _fault(simulators, mode=mode, phone=somebody, times=1)
    message_id = public.send_sms(somebody, LOGIN_CODE, {"code": "482913", "minutes": "5"}, at=NOON)
    jobs.drain(NOON)
    row = SmsMessage.objects.get(pk=message_id)
    assert (row.state, row.attempts, row.due_at) == (SmsState.QUEUED, 1, NOON + timedelta(seconds=30))
    jobs.drain(NOON + timedelta(seconds=29))
    assert SmsMessage.objects.get(pk=message_id).attempts == 1
    jobs.drain(NOON + timedelta(seconds=30))
    row.refresh_from_db()
    assert (row.state, row.attempts, row.error) == (SmsState.SENT, 2, "")


@pytest.mark.django_db
def test_after_five_refusals_it_is_given_up(simulators, somebody):
    _fault(simulators, mode="limit", phone=somebody, times=9)
    message_id = public.send_sms(somebody, NOTICE, {"title": "您的订单已接单", "body": ""}, at=NOON)
    for minute in range(10):
        jobs.drain(NOON + timedelta(minutes=minute))
    row = SmsMessage.objects.get(pk=message_id)
    assert (row.state, row.attempts) == (SmsState.FAILED, 5)
    _fault(simulators, mode="none")


@pytest.mark.django_db
def test_when_the_provider_is_back_after_an_hour_a_notice_arrives_once_and_a_lapsed_code_not(
    simulators, somebody
):
    _fault(simulators, mode="down", phone=somebody, times=99)
    notice = public.send_sms(somebody, NOTICE, {"title": "您的订单已接单", "body": ""}, at=NOON)
    code = public.send_sms(somebody, LOGIN_CODE, {"code": "482913", "minutes": "5"}, at=NOON)
    for minute in range(60):
        jobs.drain(NOON + timedelta(minutes=minute))
    assert (public.state(notice), public.state(code)) == (SmsState.QUEUED, SmsState.FAILED)
    _fault(simulators, mode="none")
    for minute in range(60, 90):
        jobs.drain(NOON + timedelta(minutes=minute))
    assert public.state(notice) is SmsState.SENT
    assert len(sms_simulator.inbox(somebody)) == 1


@pytest.mark.django_db
def test_final_refusal_is_not_tried_again(simulators, somebody):
    _fault(simulators, mode="illegal", phone=somebody, times=1)
    message_id = public.send_sms(somebody, LOGIN_CODE, {"code": "482913", "minutes": "5"}, at=NOON)
    jobs.drain(NOON + timedelta(hours=1))
    row = SmsMessage.objects.get(pk=message_id)
    assert (row.state, row.attempts, row.error) == (SmsState.FAILED, 1, "isv.MOBILE_NUMBER_ILLEGAL")


@pytest.mark.django_db
def test_delivering_twice_sends_once(simulators, somebody):
    message_id = public.send_sms(somebody, LOGIN_CODE, {"code": "482913", "minutes": "5"}, at=NOON)
    assert actions.deliver(message_id=message_id, at=NOON) is SmsState.SENT
    assert actions.deliver(message_id=message_id, at=NOON) is None
    assert len(sms_simulator.inbox(somebody)) == 1


@pytest.mark.django_db
def test_provider_that_does_not_answer_is_no_loss(settings, somebody):
    settings.ANXIN_SMS_URL = "http://127.0.0.1:9/sms"
    message_id = public.send_sms(somebody, LOGIN_CODE, {"code": "482913", "minutes": "5"}, at=NOON)
    jobs.drain(NOON)
    row = SmsMessage.objects.get(pk=message_id)
    assert (row.state, row.attempts, row.error) == (SmsState.QUEUED, 1, "ConnectError")


@pytest.mark.django_db
def test_delayed_message_waits_for_its_hour(simulators, somebody):
    later = NOON + timedelta(hours=9)
    message_id = public.send_sms(
        somebody, LOGIN_CODE, {"code": "482913", "minutes": "5"}, at=NOON, due_at=later
    )
    jobs.drain(NOON + timedelta(hours=8))
    assert public.state(message_id) is SmsState.QUEUED
    jobs.drain(later)
    assert public.state(message_id) is SmsState.SENT


def test_wrong_secret_is_refused_by_the_provider(simulators, settings, somebody):
    url = f"{simulators}/sms/"
    answer = httpx.post(url, params={"PhoneNumbers": somebody}, trust_env=False)
    assert (answer.status_code, answer.json()["Code"]) == (400, "MissingAuthorization")
    honest = sms.authorization

    def forged(**parts: object) -> str:
        return honest(**{**parts, "secret": "guess"})  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch, pytest.raises(sms.SmsRefused) as refused:
        patch.setattr(sms, "authorization", forged)
        sms.send(
            phone=somebody,
            template_code=LOGIN_CODE.code,
            params={"code": "1", "minutes": "5"},
            out_id="x",
            at=NOON,
        )
    assert refused.value.code == "SignatureDoesNotMatch"
    assert sms_simulator.inbox(somebody) == []


def test_replayed_request_is_refused_by_the_provider(simulators, somebody):
    sent: list[httpx.Request] = []
    original = httpx.Client.post

    def remembering(*given: object, **named: object) -> httpx.Response:
        answer = original(*given, **named)  # type: ignore[arg-type]
        sent.append(answer.request)
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpx.Client, "post", remembering)
        sms.send(
            phone=somebody,
            template_code=LOGIN_CODE.code,
            params={"code": "1", "minutes": "5"},
            out_id="x",
            at=NOON,
        )
    with httpx.Client(trust_env=False) as http:
        again = http.send(sent[0])
    assert again.json()["Code"] == "SignatureNonceUsed"
    assert len(sms_simulator.inbox(somebody)) == 1


@pytest.mark.django_db
def test_old_messages_are_forgotten(somebody):
    public.send_sms(somebody, LOGIN_CODE, {"code": "1", "minutes": "5"}, at=datetime(2025, 1, 1, tzinfo=UTC))
    public.send_sms(somebody, LOGIN_CODE, {"code": "1", "minutes": "5"}, at=NOON)
    assert actions.forget(before=NOON - timedelta(days=183)) == 1
    assert SmsMessage.objects.count() == 1


@pytest.mark.django_db
def test_outbox_shows_masked_numbers_and_no_text_to_the_operator_only(
    client, operations, stranger, jia_head, somebody, django_assert_max_num_queries
):
    for _ in range(30):
        public.send_sms(somebody, LOGIN_CODE, {"code": "482913", "minutes": "5"}, at=NOON)
    assert client.get("/desk/sms/").status_code == 302
    assert signed_in(stranger.person).get("/desk/sms/").status_code == 403
    assert signed_in(jia_head.person, jia_head.appointment).get("/desk/sms/").status_code == 403
    mine = signed_in(operations.person, operations.appointment)
    with django_assert_max_num_queries(12):
        answer = mine.get("/desk/sms/")
    assert f"{somebody[:3]}****{somebody[-4:]}" in answer.text
    assert somebody not in answer.text
    assert "482913" not in answer.text
