"""Signed claims that travel in an address."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

from anxin.kit.crypto.ring import Tampered
from anxin.kit.crypto.sealing import hmac_sign, signed_by_us


def sign_token(purpose: str, claims: dict[str, Any], ttl: int) -> str:
    """A URL-safe token that holds `claims` (readable by anyone: no personal data) for `ttl` seconds."""
    body = json.dumps(
        {**claims, "exp": int(time.time()) + ttl}, separators=(",", ":"), sort_keys=True
    ).encode()
    return f"{_b64(body)}.{_b64(hmac_sign('token:' + purpose, body))}"


def read_token(purpose: str, token: str) -> dict[str, Any]:
    """The claims of a token made for the same purpose. Raises Tampered when changed or run out."""
    try:
        body_text, _, tag_text = token.partition(".")
        body, tag = _unb64(body_text), _unb64(tag_text)
    except ValueError as error:
        raise Tampered("not a token") from error
    # Only the spelling that we write is ours: Base64 has spare bits, and its reader skips what it does not know.
    if f"{_b64(body)}.{_b64(tag)}" != token:
        raise Tampered("not a token")
    if not signed_by_us("token:" + purpose, body, tag):
        raise Tampered("the token was changed")
    claims: dict[str, Any] = json.loads(body)
    if claims.pop("exp") < time.time():
        raise Tampered("the token has run out")
    return claims


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text.encode("ascii", "strict") + b"=" * (-len(text) % 4))
