"""The provider that compares a live picture with the one on the identity card (人证合一, F-3): HTTP, signed.

The picture passes through memory to the provider and nowhere else: it is in no row, no file and no message of ours.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import httpx
from django.conf import settings

from anxin.kit import outbound, signed
from anxin.kit.crypto import key_for
from anxin.safetycode.values.checks import FaceResult

PROVIDER = "face"
PATH = "/v1/face/compare"
SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Compared:
    """score: 0–100, None when nothing could be compared."""

    score: int | None
    provider: str
    request_id: str


class Unavailable(Exception):
    """No answer, or one that is not to be trusted; `request_id` is the nonce under which we asked."""

    def __init__(self, request_id: str) -> None:
        self.request_id = request_id
        super().__init__(request_id)


def secret() -> bytes:
    """The key shared with the provider; for this machine's own simulator one derived from the key ring."""
    return settings.ANXIN_FACE_SECRET.encode() or key_for("face-simulator")


def compare(*, name: str, id_number: str, picture: bytes, at: datetime) -> Compared:
    """Ask how alike the picture and the card's are. Raises Unavailable: time-out, error, or a broken answer."""
    url = settings.ANXIN_FACE_URL.rstrip("/") + PATH
    told = {"name": name, "id_number": id_number, "picture": base64.b64encode(picture).decode()}
    body = json.dumps(told, ensure_ascii=False).encode()
    headers = signed.headers(
        secret(), app=settings.ANXIN_FACE_APP, method="POST", path=urlsplit(url).path, body=body, at=at
    )
    try:
        with outbound.client(timeout=SECONDS) as http:
            response = http.post(url, content=body, headers=headers)
        response.raise_for_status()
        answer = response.json()
        score = answer["score"]
        if score is not None and not (isinstance(score, int) and 0 <= score <= 100):
            raise ValueError
        return Compared(score, str(answer.get("provider", PROVIDER))[:32], str(answer["request_id"])[:64])
    except (httpx.HTTPError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        # Not chained: the request it would carry along holds the picture.
        raise Unavailable(headers["X-HSP-Nonce"]) from None


def result_of(score: int | None, least: int) -> FaceResult:
    """What a score says."""
    if score is None:
        return FaceResult.UNREADABLE
    return FaceResult.MATCH if score >= least else FaceResult.MISMATCH
