"""The character NUL, which no text in the database can hold, is refused in words wherever it is sent."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.cast import Member, token_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/orders/%00/", "/api/v1/orders/%00/", "/agencies/A%00B/", "/c/%00/"])
def test_in_an_address_it_leads_nowhere(path: str, chen_jing: Member, client_of: Any) -> None:
    assert client_of(chen_jing).get(path).status_code == 404


@pytest.mark.parametrize("path", ["/agencies/?q=%00", "/catalogue/?q=a%00", "/api/v1/agencies?q=%00"])
def test_in_a_search_it_is_refused(path: str) -> None:
    assert Client().get(path).status_code == 400


def test_in_a_form_and_beside_a_file_it_is_refused(chen_jing: Member, client_of: Any) -> None:
    client = client_of(chen_jing)
    assert client.post("/sign-in/password/", {"phone": "1\0", "password": "x"}).status_code == 400
    sent = {"note": "\0", "photo": SimpleUploadedFile("a.png", b"\0\0", "image/png")}
    assert client.post("/steps/x/photos/", sent).status_code == 400


def test_in_json_it_is_refused_in_the_form_programs_know(chen_jing: Member) -> None:
    body = json.dumps({"name": "陈\0静", "id_number": "x"})
    answer = Client().post(
        "/api/v1/me/real-name", body, content_type="application/json", headers=token_of(chen_jing.person)
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


def test_files_may_hold_it(chen_jing: Member, client_of: Any) -> None:
    sent = {"photo": SimpleUploadedFile("a.png", b"\0\0", "image/png")}
    assert client_of(chen_jing).post("/steps/x/photos/", sent).status_code != 400
