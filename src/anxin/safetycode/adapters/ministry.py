"""The Ministry of Commerce's platform of workers' credit records: how does this person's record stand there (D-A4)?

Signed JSON over HTTP, many persons at a time. Of each answer four things are read: state, number, the agency's credit
code, last day.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.conf import settings

from anxin.kit import outbound, signed
from anxin.kit.crypto import key_for
from anxin.kit.errors import Silent
from anxin.kit.inputs import day
from anxin.safetycode.values.care import MinistryState, Theirs

PATH = "/v1/records/query"
SECONDS = 10.0
MOST = 100


class MinistrySilent(Silent):
    """No answer, or one that is not to be trusted: asked again the next night."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One person; `ref` is ours and comes back with the answer."""

    ref: str
    name: str
    id_number: str


def secret() -> bytes:
    """The key shared with the Ministry; for this machine's own simulator one derived from the key ring."""
    return settings.ANXIN_MINISTRY_SECRET.encode() or key_for("ministry-simulator")


def records(persons: Sequence[Asked], *, at: datetime) -> dict[str, Theirs]:
    """The Ministry's record of each person (at most MOST), by our ref. Raises MinistrySilent."""
    body = json.dumps(
        {"persons": [{"ref": p.ref, "name": p.name, "id_number": p.id_number} for p in persons]}, ensure_ascii=False
    ).encode()  # fmt: skip
    url = settings.ANXIN_MINISTRY_URL.rstrip("/") + PATH
    headers = signed.headers(
        secret(), app=settings.ANXIN_MINISTRY_APP, method="POST", path=urlsplit(url).path, body=body, at=at
    )
    try:
        with outbound.client(timeout=SECONDS) as http:
            response = http.post(url, content=body, headers=headers)
        response.raise_for_status()
        told = response.json()["records"]
        found = {str(one["ref"]): _record(one) for one in told}
    except (httpx.HTTPError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as trouble:
        # The trouble is named, not quoted: a body may tell of whom was asked.
        raise MinistrySilent(type(trouble).__name__) from None
    if set(found) != {person.ref for person in persons}:
        raise MinistrySilent("other persons")
    return found


def _record(told: Mapping[str, Any]) -> Theirs:
    return Theirs(
        MinistryState(told["state"]), str(told.get("number") or "")[:40], str(told.get("agency_uscc") or "")[:18],
        day(str(told.get("valid_to") or "")),
    )  # fmt: skip
