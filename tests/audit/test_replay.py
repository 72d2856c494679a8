"""The same write sent twice is done once, and answered alike."""

from __future__ import annotations

import pytest

from anxin.customers.models import Address
from tests.cast import token_of

ADDRESS = {
    "contact_name": "陈静", "contact_phone": "19900000001", "town_code": "330112006", "detail": "临天路 8 号",
}  # fmt: skip


@pytest.fixture
def send(client, chen_jing):
    def post(key: str, **changes):
        return client.post(
            "/api/v1/addresses", {**ADDRESS, **changes}, content_type="application/json",
            headers={**token_of(chen_jing.person), "Idempotency-Key": key},
        )  # fmt: skip

    return post


def test_the_second_sending_gets_the_first_answer_and_does_nothing(send, chen_jing):
    before = Address.objects.count()
    first, second = send("key-00000001"), send("key-00000001")
    assert first.status_code == 201, first.content
    assert (second.status_code, second.json()) == (first.status_code, first.json())
    assert second.headers["Idempotent-Replay"] == "true"
    assert Address.objects.count() == before + 1


def test_a_key_that_comes_with_other_content_is_refused(send):
    send("key-00000002")
    before = Address.objects.count()
    answer = send("key-00000002", detail="别处 1 号")
    assert (answer.status_code, answer.json()["code"]) == (409, "key_reused")
    assert Address.objects.count() == before


def test_a_refused_write_can_be_corrected_under_the_same_key(send):
    assert send("key-00000003", town_code="999999999").status_code == 422
    assert send("key-00000003").status_code == 201


def test_a_key_that_is_no_key_is_refused(send):
    assert send("short").json()["code"] == "key_malformed"
