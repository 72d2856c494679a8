"""The authority that checks backgrounds: asked over HTTP, signed; it answers at once or later (standards §3.1).

Of an answer five things are read: result, checked_on, authority, reference_no, valid_until. Whatever else it carries
is neither kept nor logged.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
from django.conf import settings

from anxin.kit import outbound, signed
from anxin.kit.crypto import key_for
from anxin.kit.errors import Silent
from anxin.kit.inputs import day
from anxin.safetycode.values.checks import AUTHORITIES, REFERENCE_NO, CheckAnswer, CheckResult

PATH = "/v1/checks"
SECONDS = 8.0


class AuthoritySilent(Silent):
    """No answer, or one that is not to be trusted: asked again later, under the same number."""


def secret() -> bytes:
    """The key shared with the authority; for this machine's own simulator one derived from the key ring."""
    return settings.ANXIN_BACKGROUND_SECRET.encode() or key_for("background-simulator")


def ask(*, number: str, name: str, id_number: str, at: datetime) -> CheckAnswer | None:
    """Put the question; the same number again is the same question. None: it is being looked into.

    Raises AuthoritySilent.
    """
    body = json.dumps({"number": number, "name": name, "id_number": id_number}, ensure_ascii=False).encode()
    return _answer(_call("POST", PATH, body, at))


def look(*, number: str, at: datetime) -> CheckAnswer | None:
    """What has become of a question. None: still looked into. Raises AuthoritySilent."""
    return _answer(_call("GET", f"{PATH}/{quote(number, safe='')}", b"", at))


def _call(method: str, path: str, body: bytes, at: datetime) -> Mapping[str, Any]:
    url = settings.ANXIN_BACKGROUND_URL.rstrip("/") + path
    headers = signed.headers(
        secret(), app=settings.ANXIN_BACKGROUND_APP, method=method, path=urlsplit(url).path, body=body, at=at
    )
    try:
        with outbound.client(timeout=SECONDS) as http:
            response = http.request(method, url, content=body, headers=headers)
        response.raise_for_status()
        told = response.json()
    except (httpx.HTTPError, ValueError, RecursionError) as trouble:
        # The trouble is named, not quoted: an address or a body may tell of whom was asked.
        raise AuthoritySilent(type(trouble).__name__) from None
    if not isinstance(told, dict):
        raise AuthoritySilent("no object")
    return told


def _answer(told: Mapping[str, Any]) -> CheckAnswer | None:
    try:
        result = CheckResult(told["result"])
        if result is CheckResult.PENDING:
            return None
        until = told.get("valid_until") or ""
        found = CheckAnswer(
            result, _day(told["checked_on"]), str(told["authority"]), str(told["reference_no"]),
            _day(until) if until and result is CheckResult.PASS else None,
        )  # fmt: skip
    except (KeyError, ValueError, TypeError):
        raise AuthoritySilent("unusable answer") from None
    if found.authority not in AUTHORITIES or not re.match(REFERENCE_NO, found.reference_no, re.ASCII):
        raise AuthoritySilent("unusable answer")
    return found


def _day(text: object) -> date:
    found = day(str(text))
    if found is None:
        raise ValueError("no day")
    return found
