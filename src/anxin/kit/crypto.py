"""Envelope encryption, blind indexes and signed tokens under a key ring that lives outside the database.

AES-256-GCM; the associated data binds a ciphertext to its table, column and row, so that a value cannot be
moved to another place. The ring is a JSON file {"current": "k1", "keys": {"k1": base64}}; a key that is no
longer current still opens what it sealed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
import time
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE = 12
VERSION = b"\x01"


class Tampered(Exception):
    """A ciphertext or token does not belong here, was changed, or has run out."""


@lru_cache(maxsize=4)
def _ring(path: str) -> tuple[str, dict[str, bytes]]:
    file = Path(path)
    if not file.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        ring = {"current": "k1", "keys": {"k1": base64.b64encode(secrets.token_bytes(32)).decode()}}
        draft = file.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(ring))
        try:
            # link() refuses to replace: of two processes that start at once, one ring wins and both read it.
            os.link(draft, file)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    stored = json.loads(file.read_text())
    return stored["current"], {name: base64.b64decode(key) for name, key in stored["keys"].items()}


@lru_cache(maxsize=256)
def _derived(path: str, key_id: str, purpose: str) -> bytes:
    _, keys = _ring(path)
    if key_id not in keys:
        raise Tampered(f"the key ring has no key {key_id!r}")
    return hmac.digest(keys[key_id], b"anxin:" + purpose.encode(), "sha256")


@lru_cache(maxsize=64)
def _cipher(path: str, key_id: str) -> AESGCM:
    return AESGCM(_derived(path, key_id, "seal"))


def seal(plain: bytes, context: str) -> bytes:
    """Encrypt under the current key, bound to `context` ("table.column:row")."""
    path = str(settings.ANXIN_KEY_RING)
    key_id = _ring(path)[0]
    nonce = os.urandom(NONCE)
    name = key_id.encode()
    head = VERSION + bytes([len(name)]) + name
    return head + nonce + _cipher(path, key_id).encrypt(nonce, plain, head + context.encode())


def unseal(sealed: bytes, context: str) -> bytes:
    """Decrypt what seal() made for the same context. Raises Tampered."""
    if len(sealed) < 2 + NONCE or sealed[:1] != VERSION:
        raise Tampered("not a sealed value")
    end = 2 + sealed[1]
    head, nonce, body = sealed[:end], sealed[end : end + NONCE], sealed[end + NONCE :]
    try:
        cipher = _cipher(str(settings.ANXIN_KEY_RING), head[2:].decode("ascii", "replace"))
        return cipher.decrypt(nonce, body, head + context.encode())
    except InvalidTag as error:
        raise Tampered("the value was changed or moved") from error


def key_for(purpose: str) -> bytes:
    """32 bytes for one purpose, derived from the ring's first key, which rotation keeps: indexes stay valid."""
    path = str(settings.ANXIN_KEY_RING)
    first = min(_ring(path)[1])
    return _derived(path, first, purpose)


def blind_index(context: str, text: str) -> bytes:
    """Keyed hash (32 bytes) to look a value up without storing it readable."""
    return hmac.digest(key_for("index"), context.encode() + b"\0" + text.encode(), "sha256")


def hmac_sign(purpose: str, message: bytes) -> bytes:
    """HMAC-SHA256 (32 bytes) under the purpose's own key."""
    return hmac.digest(key_for("sign:" + purpose), message, "sha256")


def same(a: bytes, b: bytes) -> bool:
    """Compare without telling by time where they differ."""
    return hmac.compare_digest(a, b)


def sha256(data: bytes) -> str:
    """Hex digest."""
    return hashlib.sha256(data).hexdigest()


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
    if not same(tag, hmac_sign("token:" + purpose, body)):
        raise Tampered("the token was changed")
    claims: dict[str, Any] = json.loads(body)
    if claims.pop("exp") < time.time():
        raise Tampered("the token has run out")
    return claims


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text.encode("ascii", "strict") + b"=" * (-len(text) % 4))
