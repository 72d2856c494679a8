"""A program manages its person's second factors as the page does, and proves first who it acts for."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from anxin.accounts.models import Passkey, RecoveryCode, SignIn, Totp
from anxin.accounts.rules.factors import code_at
from anxin.kit import clock
from anxin.kit.ids import new_id
from tests.authenticator import Authenticator
from tests.cast import Member, token_of

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("A-7.4.3")]


class Program:
    def __init__(self, member: Member) -> None:
        self.client, self.headers = Client(), token_of(member.person)

    def __call__(self, method: str, path: str, data: Any = None) -> Any:
        return self.client.generic(
            method, f"/api/v1/me/factors{path}", b"" if data is None else self._json(data),
            content_type="application/json", headers=self.headers,
        )  # fmt: skip

    def _json(self, data: Any) -> bytes:
        return json.dumps(data).encode()


def secret_of(member: Member) -> bytes:
    return bytes.fromhex(Totp.objects.get(person=member.person).secret)


def test_an_app_is_set_up_and_taken_away(chen_jing: Member) -> None:
    call = Program(chen_jing)
    assert call("GET", "").json() == {"totp": False, "recovery_left": 0, "passkeys": [], "missing": False}
    begun = call("POST", "/totp")
    assert begun.status_code == 201 and begun.headers["Cache-Control"] == "no-store"
    assert begun.json()["secret"] in begun.json()["uri"]
    assert chen_jing.person.phone not in begun.json()["uri"]
    assert call("POST", "/totp/confirmation", {"code": "000000"}).status_code == 422
    assert call("GET", "").json()["totp"] is False
    done = call("POST", "/totp/confirmation", {"code": code_at(secret_of(chen_jing), clock.now())})
    codes = done.json()["recovery_codes"]
    assert len(codes) == 10 and done.headers["Cache-Control"] == "no-store"
    told = call("GET", "").json()
    assert told["totp"] is True and told["recovery_left"] == 10
    assert call("POST", "/totp").status_code == 409
    renewed = call("POST", "/recovery-codes").json()["recovery_codes"]
    assert len(renewed) == 10 and not set(renewed) & set(codes)
    assert call("DELETE", "/totp").status_code == 204
    assert call("DELETE", "/totp").status_code == 404
    assert not RecoveryCode.objects.filter(person=chen_jing.person).exists()
    assert call("POST", "/recovery-codes").status_code == 404


def test_passkeys_are_named_and_taken_away_by_their_owner_alone(chen_jing: Member, zhou_min: Member) -> None:
    row = Passkey.objects.create(
        person=chen_jing.person, name="手机", credential_id=b"c", public_key=b"k", created_at=clock.now()
    )
    other, call = Program(zhou_min), Program(chen_jing)
    assert other("DELETE", f"/passkeys/{row.pk}").status_code == 404
    assert other("PATCH", f"/passkeys/{row.pk}", {"name": "x"}).status_code == 404
    assert other("GET", "").json()["passkeys"] == []
    assert call("PATCH", f"/passkeys/{row.pk}", {"name": " "}).status_code == 422
    assert call("PATCH", f"/passkeys/{row.pk}", {"name": "钥匙"}).status_code == 204
    assert [one["name"] for one in call("GET", "").json()["passkeys"]] == ["钥匙"]
    assert call("DELETE", f"/passkeys/{row.pk}").status_code == 204
    assert not Passkey.objects.exists()


def test_without_a_fresh_proof_nothing_is_changed(chen_jing: Member) -> None:
    call = Program(chen_jing)
    with time_machine.travel(clock.now() + timedelta(minutes=6), tick=False):
        SignIn.objects.update(seen_at=clock.now())
        for method, path in (
            ("POST", "/totp"), ("POST", "/totp/confirmation"), ("DELETE", "/totp"), ("POST", "/recovery-codes"),
            ("DELETE", f"/passkeys/{new_id()}"),
        ):  # fmt: skip
            answer = call(method, path, {"code": "1"})
            assert (answer.status_code, answer.json()["code"]) == (403, "step_up_needed"), path
        assert call("GET", "").status_code == 200
    assert not Totp.objects.exists()


APP = "android:apk-key-hash:dGhlIGhhc2ggb2Ygb3VyIG93biBzaWduaW5nIGtleQ"


@pytest.mark.parametrize("origin", [settings.ANXIN_ORIGIN, APP])
def test_an_app_registers_a_passkey_and_signs_in_by_it(
    operations: Member, settings: Any, origin: str
) -> None:
    """Both factors in one: a post of the operator, which asks for two, is taken up at once."""
    settings.ANXIN_PASSKEY_ORIGINS = (APP,)
    call, device = Program(operations), Authenticator(origin)
    asked = call("POST", "/passkeys/questions")
    assert asked.status_code == 201 and asked.headers["Cache-Control"] == "no-store"
    assert operations.person.phone not in asked.content.decode()
    answer = json.loads(device.make(asked.content.decode()))

    made = call("POST", "/passkeys", {"name": "值班手机", "credential": answer})

    assert made.status_code == 201 and made.headers["Cache-Control"] == "no-store"
    assert made.json()["passkey"]["name"] == "值班手机" and len(made.json()["recovery_codes"]) == 10
    assert call("POST", "/passkeys", {"name": "又一次", "credential": answer}).status_code == 422
    client = Client()
    question = client.post("/api/v1/sign-in/passkeys/questions", content_type="application/json")
    assert (
        question.status_code == 201
        and "allowCredentials" not in question.json()
        or not question.json()["allowCredentials"]
    ), "the question would tell who has a passkey"
    sent = {
        "credential": json.loads(device.sign(question.content.decode())),
        "scopes": ["read"],
        "device": "app",
    }
    token = client.post("/api/v1/sign-in/passkeys/tokens", sent, "application/json")
    assert token.status_code == 201 and token.json()["me"]["post"]["post"] == "operator.operations"
    row = SignIn.objects.get(device="app")
    assert (row.how, row.second_how, row.second_due, row.scopes) == ("passkey", "passkey", False, ["read"])
    bearer = {"Authorization": f"Bearer {token.json()['token']}"}
    assert client.get("/api/v1/me", headers=bearer).json()["id"] == str(operations.id)
    again = client.post("/api/v1/sign-in/passkeys/tokens", sent, "application/json")
    assert (again.status_code, again.json()["code"]) == (422, "passkey_refused")
    assert SignIn.objects.filter(how="passkey").count() == 1


@pytest.mark.parametrize("wrong", ["origin", "counter", "shape"])
def test_an_answer_that_is_not_to_be_believed_makes_no_token(operations: Member, wrong: str) -> None:
    call, device = Program(operations), Authenticator(settings.ANXIN_ORIGIN)
    made = json.loads(device.make(call("POST", "/passkeys/questions").content.decode()))
    assert call("POST", "/passkeys", {"name": "电脑", "credential": made}).status_code == 201
    Passkey.objects.update(sign_count=9 if wrong == "counter" else 0)
    if wrong == "origin":
        device.origin = APP
    client = Client()
    question = client.post("/api/v1/sign-in/passkeys/questions", content_type="application/json")
    answer = json.loads(device.sign(question.content.decode()))
    if wrong == "shape":
        answer["response"] = [answer["response"]]
    found = client.post("/api/v1/sign-in/passkeys/tokens", {"credential": answer}, "application/json")
    assert (found.status_code, found.json()["code"]) == (422, "passkey_refused")
    assert not SignIn.objects.filter(how="passkey").exists()


def test_a_passkey_is_added_with_a_fresh_proof_only(operations: Member) -> None:
    call, device = Program(operations), Authenticator(settings.ANXIN_ORIGIN)
    made = json.loads(device.make(call("POST", "/passkeys/questions").content.decode()))
    SignIn.objects.update(proved_at=None)
    refused = call("POST", "/passkeys", {"name": "电脑", "credential": made})
    assert (refused.status_code, refused.json()["code"]) == (403, "step_up_needed")
    assert not Passkey.objects.exists()
