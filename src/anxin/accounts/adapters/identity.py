"""The identity provider: does this name belong to this identity number (two factors)? JSON over HTTP, signed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import httpx
from django.conf import settings

from anxin.accounts.values import IdentityResult
from anxin.kit import outbound, signed
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


def two_factor(name: str, id_number: str, *, at: datetime) -> Answer:
    """Ask whether name and number belong together. Raises Unavailable: time-out, error, or a broken answer."""
    url = settings.ANXIN_IDENTITY_URL.rstrip("/") + PATH
    body = json.dumps({"name": name, "id_number": id_number}, ensure_ascii=False).encode()
    headers = signed.headers(
        secret(), app=settings.ANXIN_IDENTITY_APP, method="POST", path=urlsplit(url).path, body=body, at=at
    )
    try:
        with outbound.client(timeout=SECONDS) as http:
            response = http.post(url, content=body, headers=headers)
        response.raise_for_status()
        told = response.json()
        result = IdentityResult(told["result"])
        return Answer(str(told.get("provider", PROVIDER))[:32], str(told["request_id"])[:64], result)
    except (httpx.HTTPError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Unavailable(headers["X-HSP-Nonce"]) from None
