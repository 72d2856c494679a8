"""What travels in addresses, codes and cookies, and comes back: only what we made, spelled as we spelled it."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from anxin.accounts.actions import passkeys
from anxin.kit import clock, live, seeking
from anxin.kit.crypto import Tampered, read_token, seal, sign_token, unseal
from anxin.kit.errors import Refusal
from anxin.safetycode import public as safetycode
from anxin.safetycode.queries import tokens
from tests.cast import NOON
from tests.fuzz.register import examples, fuzzes
from tests.stage import Stage

BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/. \n"


def slips(right: str) -> st.SearchStrategy[str]:
    """Something else, or the right one with letters changed, put in, taken out or added."""
    return st.one_of(
        st.text(max_size=90),
        st.text(BASE64, max_size=90),
        st.builds(
            lambda at, new, old: right[: at % (len(right) + 1)] + new + right[at % (len(right) + 1) + old :],
            st.integers(0, 400), st.text(BASE64, max_size=2), st.integers(0, 2),
        ),
        st.just(right),
    )  # fmt: skip


@fuzzes("kit.crypto.tokens.read_token", "kit.crypto.tokens._unb64")
@examples
@given(st.data())
def test_a_signed_token(data: st.DataObject) -> None:
    token = sign_token("live", {"t": ["order:1"], "at": 5}, 3600)
    text = data.draw(slips(token))
    for reading in (lambda: read_token("live", text), lambda: live.watch_of(text)):
        try:
            reading()
        except Tampered:
            continue
        assert text == token
    with pytest.raises(Tampered):
        read_token("file", token)


@fuzzes("kit.seeking.opened")
@examples
@given(st.data())
def test_the_sealed_words_of_a_search(data: st.DataObject) -> None:
    who, now = UUID(int=7), NOON.timestamp()
    words = {"q": data.draw(st.text(max_size=30))}
    token = seeking.sealed(words, who, now)
    text = data.draw(slips(token))
    assert seeking.opened(text, who, now) in (None, words)
    assert seeking.opened(token, who, now) == words
    assert seeking.opened(token, UUID(int=8), now) is None
    assert seeking.opened(token, who, now + seeking.TTL + 1) is None


@fuzzes("kit.crypto.sealing.unseal")
@examples
@given(st.data())
def test_a_sealed_value(data: st.DataObject) -> None:
    plain, context = data.draw(st.binary(max_size=40)), data.draw(st.text(max_size=20))
    sealed = seal(plain, context)
    assert unseal(sealed, context) == plain
    at = data.draw(st.integers(0, len(sealed) - 1))
    changed = data.draw(
        st.one_of(
            st.binary(max_size=80),
            st.just(sealed[:at]),
            st.builds(
                lambda bit: sealed[:at] + bytes([sealed[at] ^ (1 << bit)]) + sealed[at + 1 :],
                st.integers(0, 7),
            ),
        )
    )
    with pytest.raises(Tampered):
        unseal(changed, context)
    with pytest.raises(Tampered):
        unseal(sealed, context + "x")


@fuzzes(
    "safetycode.queries.tokens.read_token", "safetycode.queries.tokens.split", "safetycode.public.read_token"
)
def test_a_safety_codes_token(stage: Stage) -> None:
    right = safetycode.display_token(stage.workers[0].pk, NOON)

    @examples
    @given(slips(right))
    def drive(text: str) -> None:
        try:
            found = tokens.read_token(text, NOON)
        except Refusal:
            assert text != right
            return
        assert text == right
        assert found.code.worker_id == stage.workers[0].pk

    drive()


@fuzzes(
    "safetycode.queries.tokens.scanned", "safetycode.queries.tokens.typed", "safetycode.queries.tokens.given"
)
def test_what_is_scanned_or_typed_of_a_safety_code(stage: Stage) -> None:
    token = safetycode.display_token(stage.workers[0].pk, NOON)

    @examples
    @given(slips(tokens.spelled(token)))
    def drive(text: str) -> None:
        for reading in (tokens.scanned, tokens.typed, tokens.given):
            try:
                found = reading(text)
            except Refusal:
                continue
            assert len(found) == tokens.LENGTH
            if reading is tokens.typed and "/" not in text:
                assert "".join(text.split()) == tokens.spelled(found)

    drive()


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=8,
)


@fuzzes(
    "accounts.actions.passkeys._take",
    "accounts.actions.passkeys._raw_id",
    "accounts.actions.passkeys._transports",
)
def test_a_passkeys_answer(stage: Stage) -> None:
    asked = json.loads(passkeys.ask_passkey(purpose="sign_in", at=NOON))["challenge"]
    said = json.dumps({"type": "webauthn.get", "challenge": asked, "origin": "http://localhost:8000"})
    inner = st.fixed_dictionaries(
        {},
        optional={
            name: st.one_of(slips(said), st.text(BASE64, max_size=40), ANY_JSON)
            for name in (
                "clientDataJSON",
                "authenticatorData",
                "signature",
                "attestationObject",
                "transports",
            )
        },
    )
    whole = st.fixed_dictionaries(
        {"response": st.one_of(inner, ANY_JSON)},
        optional={
            name: st.one_of(st.text(BASE64, max_size=20), ANY_JSON) for name in ("id", "rawId", "type")
        },
    )

    @examples
    @given(
        st.one_of(
            whole.map(json.dumps), ANY_JSON.map(json.dumps), st.text(max_size=60), st.just("[" * 100_000)
        )
    )
    def drive(credential: str) -> None:
        with pytest.raises(Refusal):
            passkeys.use_passkey(credential=credential, purpose="sign_in", by=stage.head.actor, at=NOON)
        with pytest.raises(Refusal):
            passkeys.add_passkey(credential=credential, name="电脑", by=stage.head.actor, at=NOON)
        with pytest.raises(passkeys.PasskeyRefused):
            passkeys._raw_id(credential) and passkeys._transports(credential)
            raise passkeys.PasskeyRefused

    drive()


@fuzzes("accounts.pages.factors._setup")
def test_cookies_of_any_kind(stage: Stage, settings: Any) -> None:
    names = [
        settings.SESSION_COOKIE_NAME,
        settings.CSRF_COOKIE_NAME,
        settings.LANGUAGE_COOKIE_NAME,
        "messages",
    ]
    letters = st.characters(min_codepoint=33, max_codepoint=255, exclude_characters=';,"\\')

    @examples
    @given(st.dictionaries(st.sampled_from(names), st.text(letters, max_size=60), max_size=4))
    def drive(cookies: dict[str, str]) -> None:
        client = Client(raise_request_exception=True)
        sent = "; ".join(f"{name}={value}" for name, value in cookies.items())
        assert client.get("/sign-in/", headers={"cookie": sent}).status_code == 200
        assert client.get("/api/v1/me", headers={"cookie": sent}).status_code == 401
        assert client.get("/me/security/", headers={"cookie": sent}).status_code in (302, 404)

    drive()
    assert clock.now()
