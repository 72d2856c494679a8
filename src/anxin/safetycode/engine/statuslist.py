"""Which signed codes no longer say the truth: a Token Status List (IETF OAuth) as a JWT, one bit a code.

A bit that is set means: not green when the list was made. Places are drawn by lot, so that a list tells nothing to
those who have not seen the code itself.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

BITS = 20
SIZE = 1 << BITS
"""Codes a list; it is 128 KiB before it is compressed."""
MEDIA_TYPE = "application/statuslist+jwt"


def bits(places: Iterable[int]) -> bytes:
    """The list with those bits set; bit n is the (n mod 8)th lowest of byte n div 8."""
    out = bytearray(SIZE // 8)
    for n in places:
        out[n >> 3] |= 1 << (n & 7)
    return bytes(out)


def is_set(listed: bytes, bit: int) -> bool:
    return bool(listed[bit >> 3] & 1 << (bit & 7))


def token(
    listed: bytes, *, address: str, at: datetime, keep: timedelta, key: int, signer: Callable[[bytes], bytes]
) -> str:
    """The list as a signed JWT (typ statuslist+jwt, EdDSA). `address`: where it is published; `keep`: until when."""
    head = {"typ": "statuslist+jwt", "alg": "EdDSA", "kid": str(key)}
    made = int(at.timestamp())
    body = {
        "sub": address,
        "iat": made,
        "exp": made + int(keep.total_seconds()),
        "ttl": int(keep.total_seconds()),
        "status_list": {"bits": 1, "lst": _text(zlib.compress(listed, 9))},
    }
    text = f"{_text(_json(head))}.{_text(_json(body))}"
    return f"{text}.{_text(signer(text.encode()))}"


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
