"""The identity provider: does this name belong to this identity number (two factors)? Signed JSON over HTTP.

Each request carries X-HSP-App, -Timestamp, -Nonce and -Signature: hex HMAC-SHA256 over method, path,
timestamp, nonce and the SHA-256 of the body, one a line (standards §12.4).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import httpx
from django.conf import settings

from anxin.accounts.values import IdentityResult
from anxin.kit import outbound
from anxin.kit.crypto import key_for

PROVIDER = "identity"
PATH = "/v1/idcard/two-factor"
SECONDS = 6.0


@dataclass(frozen=True, slots=True)
class Answer:
    provider: str
    request_id: str
    result: IdentityResult


class Unavailable(Exception):
    """No answer, or one that is not to be trusted; `request_id` is the nonce under which we asked."""

    def __init__(self, request_id: str) -> None:
        self.request_id = request_id
        super().__init__(request_id)


def secret() -> bytes:
    """The key shared with the provider; on this machine's own simulator one derived from the key ring."""
    return settings.ANXIN_IDENTITY_SECRET.encode() or key_for("identity-simulator")


def signature(key: bytes, method: str, path: str, timestamp: str, nonce: str, body: bytes) -> str:
    """Hex HMAC over the parts that must not be changed on the way."""
    digest = hashlib.sha256(body).hexdigest()
    return hmac.new(
        key, "\n".join([method, path, timestamp, nonce, digest]).encode(), hashlib.sha256
    ).hexdigest()


def two_factor(name: str, id_number: str, *, at: datetime) -> Answer:
    """Ask whether name and number belong together. Raises Unavailable: time-out, error, or a broken answer."""
    url = settings.ANXIN_IDENTITY_URL.rstrip("/") + PATH
    body = json.dumps({"name": name, "id_number": id_number}, ensure_ascii=False).encode()
    timestamp, nonce = str(int(at.timestamp())), secrets.token_hex(16)
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "X-HSP-App": settings.ANXIN_IDENTITY_APP,
        "X-HSP-Timestamp": timestamp,
        "X-HSP-Nonce": nonce,
        "X-HSP-Signature": signature(secret(), "POST", urlsplit(url).path, timestamp, nonce, body),
    }
    try:
        with outbound.client(timeout=SECONDS) as http:
            response = http.post(url, content=body, headers=headers)
        response.raise_for_status()
        told = response.json()
        result = IdentityResult(told["result"])
        return Answer(str(told.get("provider", PROVIDER))[:32], str(told["request_id"])[:64], result)
    except (httpx.HTTPError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Unavailable(nonce) from None
