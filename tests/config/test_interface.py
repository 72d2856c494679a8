"""What programs send is read strictly; what is wrong with it is told in the one form, in the language asked for."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from anxin.audit.models import Answer
from anxin.config.settings import DATA_UPLOAD_MAX_MEMORY_SIZE
from tests import cast
from tests.line.conftest import code_sent

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("A-6.3.3d")]
CODES = "/api/v1/sign-in/codes"
FORM = {"code", "message", "field", "request_id"}


def post(body: bytes = b'{"phone": "1"}', kind: str = "application/json", **more: Any) -> Any:
    return Client().generic("POST", CODES, body, content_type=kind, **more)


def refused(answer: Any) -> tuple[int, str]:
    told = json.loads(answer.content)
    assert set(told) >= FORM
    return answer.status_code, told["code"]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("PATCH", "/nowhere", 404, "not_found"),
        ("GET", "/sign-in/codes", 405, "wrong_method"),
        ("DELETE", "/orders/", 405, "wrong_method"),
        ("OPTIONS", "/orders/", 405, "wrong_method"),
        ("BREW", "/orders/", 405, "wrong_method"),
        ("PUT", "/openapi.json", 403, "cross_site"),
    ],
)
def test_what_no_operation_was_asked_about_is_told_in_the_same_form(
    method: str, path: str, status: int, code: str
) -> None:
    answer = Client(enforce_csrf_checks=True).generic(method, f"/api/v1{path}")

    assert refused(answer) == (status, code)
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]


def test_a_wrong_method_names_the_right_ones() -> None:
    answer = Client().generic("DELETE", "/api/v1/orders/")
    assert answer.headers["Allow"] == "GET, HEAD, POST"


def test_what_may_be_asked_for_may_be_asked_for_by_head(client: Client) -> None:
    whole, head = client.get("/api/v1/catalogue/items"), client.head("/api/v1/catalogue/items")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Length"] == str(len(whole.content))
    assert client.head("/api/v1/orders/").status_code == 401


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        (b'{"phone": "1"}', "text/plain", 415, "wrong_format"),
        (b'{"phone": "1"}', "application/xml", 415, "wrong_format"),
        (b'{"phone": "1"}', "application/x-www-form-urlencoded", 415, "wrong_format"),
        (b'{"phone": "1"}', "application/json; charset=gbk", 415, "wrong_format"),
        (b'{"phone": "1"}', "multipart/form-data", 400, "malformed"),
        (b"--x\r\n", "multipart/form-data; boundary=x", 415, "wrong_format"),
        (b'{"phone": "1", "phone": "2"}', "application/json", 400, "malformed"),
        (b'{"phone": "\xff"}', "application/json", 400, "malformed"),
        (b'{"phone": ' + b"[" * 50_000, "application/json", 400, "malformed"),
        (b"null", "application/json", 422, "malformed"),
        (b"", "application/json", 422, "malformed"),
        (b" " * (DATA_UPLOAD_MAX_MEMORY_SIZE + 1), "application/json", 413, "too_large"),
    ],
)
def test_a_body_that_is_no_json_in_utf_8_is_refused(body: bytes, kind: str, status: int, code: str) -> None:
    assert refused(post(body, kind)) == (status, code)


@pytest.mark.parametrize("kind", ["application/json", "APPLICATION/JSON", "application/json; charset=UTF-8"])
def test_json_is_read_however_it_is_spelt(kind: str) -> None:
    assert refused(post(kind=kind)) == (422, "phone_malformed")


def test_a_body_in_chunks_is_refused_and_not_taken_for_none() -> None:
    # The server below us hands over nothing of it.
    answer = Client().generic(
        "POST", CODES, b"", content_type="application/json", headers={"Transfer-Encoding": "chunked"}
    )
    assert refused(answer) == (411, "length_needed")


def test_a_field_is_named_as_the_caller_named_it() -> None:
    assert json.loads(post(b"{}").content)["field"] == "phone"
    far = Client().get("/api/v1/agencies/00000000-0000-0000-0000-000000000000/reviews/", {"offset": "-1"})
    assert json.loads(far.content)["field"] == "offset"


@pytest.mark.parametrize("key", ["short", "x" * 101, "with a space", "ключ-ключ"])
def test_a_key_is_what_the_document_says(key: str, chen_jing: cast.Member) -> None:
    answer = Client().generic(
        "POST", "/api/v1/addresses", b"{}", content_type="application/json",
        headers={**cast.token_of(chen_jing.person), "Idempotency-Key": key},
    )  # fmt: skip
    assert refused(answer) == (422, "key_malformed")


def test_a_program_is_told_in_the_language_that_it_asks_for(chen_jing: cast.Member) -> None:
    token = cast.token_of(chen_jing.person)
    english = Client().get("/api/v1/orders/x/", headers={**token, "Accept-Language": "en"})
    assert english.json()["message"].isascii()
    assert not Client().get("/api/v1/orders/x/", headers=token).json()["message"].isascii()
    assert Client().get("/api/v1/nowhere", headers={"Accept-Language": "en"}).json()["message"].isascii()
    # A browser's own list does not decide, for its pages nor for what they fetch.
    page = cast.signed_in(chen_jing.person).get("/api/v1/orders/x/", headers={"Accept-Language": "en"})
    assert not page.json()["message"].isascii()


def test_what_is_somebodys_own_is_kept_by_no_cache(chen_jing: cast.Member) -> None:
    mine = Client().get("/api/v1/me", headers=cast.token_of(chen_jing.person))
    assert mine.headers["Cache-Control"] == "no-store"
    assert post().headers["Cache-Control"] == "no-store"
    assert "Cache-Control" not in Client().get("/api/v1/catalogue/items").headers


# ── keys ────────────────────────────────────────────────────────────────────────────────────────────
def test_what_hands_out_a_secret_is_kept_under_no_key(chen_jing: cast.Member) -> None:
    headers = {"Idempotency-Key": "key-for-signing-in"}
    assert post(json.dumps({"phone": chen_jing.person.phone}).encode()).status_code == 202
    body = json.dumps({"phone": chen_jing.person.phone, "code": code_sent()}).encode()
    answers = [
        Client().generic(
            "POST", "/api/v1/sign-in/tokens", body, content_type="application/json", headers=headers
        )
        for _ in range(2)
    ]
    assert [one.status_code for one in answers] == [201, 422]
    assert not Answer.objects.exists()


def test_an_answer_kept_is_for_who_may_still_ask(chen_jing: cast.Member) -> None:
    address = {
        "contact_name": "陈静",
        "contact_phone": "19900000001",
        "town_code": "330112006",
        "detail": "8 号",
    }

    def send(*scopes: str) -> Any:
        return Client().post(
            "/api/v1/addresses", address, content_type="application/json",
            headers={**cast.token_of(chen_jing.person, None, *scopes), "Idempotency-Key": "key-00000001"},
        )  # fmt: skip

    assert send("read", "write").status_code == 201
    assert refused(send("read")) == (403, "scope_missing")
    assert send("write").headers["Idempotent-Replay"] == "true"
