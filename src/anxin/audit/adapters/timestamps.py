"""Time-stamps of an authority outside the house on its anchors (RFC 3161): when a seal was there at the latest.

Who holds the database, the ring and the audit key could still write a new history with old dates; they cannot have
an authority say that it was there then. Tokens are judged offline, against the roots the operator named.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
from asn1crypto import algos, cms, pem, tsp, x509
from django.conf import settings

from anxin.kit import der, outbound

der.mend()
TIMEOUT = 15.0
_TYPES = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}


class NoStamp(Exception):
    """The authority is silent, refuses, or its token does not hold; the text says which."""


@dataclass(frozen=True)
class Stamp:
    """What a token proves: `at`, by which authority (the common name of its certificate)."""

    at: datetime
    authority: str


def in_use() -> bool:
    return bool(settings.ANXIN_TIMESTAMP_URL)


def ask(content: bytes) -> bytes:
    """A token (DER) over the content; it holds at this moment. Raises NoStamp."""
    from pyhanko.sign.timestamps.common_utils import TimestampRequestError, get_nonce, handle_tsp_response

    nonce = get_nonce()
    imprint = {
        "hash_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
        "hashed_message": _digest(content),
    }
    request = tsp.TimeStampReq({
        "version": 1, "message_imprint": tsp.MessageImprint(imprint), "nonce": cms.Integer(nonce), "cert_req": True,
    })  # fmt: skip
    try:
        with outbound.client(timeout=TIMEOUT) as http:
            answer = http.post(settings.ANXIN_TIMESTAMP_URL, content=request.dump(), headers=_TYPES)
        answer.raise_for_status()
        token: bytes = handle_tsp_response(tsp.TimeStampResp.load(answer.content), nonce).dump()
    except httpx.HTTPError as error:
        raise NoStamp(f"the time-stamp authority does not answer: {error}") from error
    except (TimestampRequestError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise NoStamp(f"the time-stamp authority gave no token: {error}") from error
    judge(token, content)
    return token


def judge(token: bytes, content: bytes) -> Stamp:
    """What the token proves of the content, asked of nobody. Raises NoStamp."""
    from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
    from pyhanko_certvalidator import ValidationContext

    roots = _roots()
    try:
        signed = cms.ContentInfo.load(token, strict=True)["content"]
        at = signed["encap_content_info"]["content"].parsed["gen_time"].native
        # The certificate had to hold then, not today: a token outlives the certificate it was made with.
        context = ValidationContext(trust_roots=roots, moment=at, allow_fetching=False)
        found: dict[str, Any] = asyncio.run(
            validate_tst_signed_data(signed, context, lambda name: _digest(content, name))
        )
    except Exception as error:
        raise NoStamp(f"the token cannot be read: {error}") from error
    if not found["intact"]:
        raise NoStamp("the token is of something else")
    if not found["valid"]:
        raise NoStamp("the token's signature is wrong")
    if found.get("trust_problem_indic") is not None:
        raise NoStamp("the token's certificate leads to none of ANXIN_TIMESTAMP_ROOTS")
    return Stamp(found["timestamp"], str(found["signing_cert"].subject.native.get("common_name", "")))


def _digest(content: bytes, name: str = "sha256") -> bytes:
    if name != "sha256":
        raise ValueError(f"we ask for sha256, not {name}")
    return sha256(content).digest()


def _roots() -> list[x509.Certificate]:
    """The certificates in the file of ANXIN_TIMESTAMP_ROOTS (PEM). Raises NoStamp when it holds none."""
    file = settings.ANXIN_TIMESTAMP_ROOTS
    try:
        found = [
            x509.Certificate.load(der) for _, _, der in pem.unarmor(Path(file).read_bytes(), multiple=True)
        ]
    except (OSError, ValueError) as error:
        raise NoStamp("ANXIN_TIMESTAMP_ROOTS names no file of certificates to judge a token by") from error
    return found
