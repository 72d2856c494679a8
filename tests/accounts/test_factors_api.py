"""A program manages its person's second factors as the page does, and proves first who it acts for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from anxin.accounts.models import Passkey, RecoveryCode, SignIn, Totp
from anxin.accounts.rules.factors import code_at
from anxin.kit import clock
from anxin.kit.ids import new_id
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
        import json

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
