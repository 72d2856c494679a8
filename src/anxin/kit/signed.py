"""Requests signed by a shared key, as our partners and their simulators speak (standards §12.4).

Each carries X-HSP-App, -Timestamp, -Nonce and -Signature: hex HMAC-SHA256 over method, path, timestamp, nonce and the
SHA-256 of the body, one a line.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime

# The demo and the tests move their clock by years; a real partner would allow five minutes.
SIMULATED_AGE_S = 20 * 365 * 86_400
NONCES_KEPT = 10_000


def signature(key: bytes, method: str, path: str, timestamp: str, nonce: str, body: bytes) -> str:
    """Hex HMAC over the parts that must not be changed on the way."""
    digest = hashlib.sha256(body).hexdigest()
    text = "\n".join([method, path, timestamp, nonce, digest])
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def headers(key: bytes, *, app: str, method: str, path: str, body: bytes, at: datetime) -> dict[str, str]:
    """The headers of one request; its nonce is new."""
    timestamp, nonce = str(int(at.timestamp())), secrets.token_hex(16)
    return {
        "Content-Type": "application/json; charset=utf-8",
        "X-HSP-App": app,
        "X-HSP-Timestamp": timestamp,
        "X-HSP-Nonce": nonce,
        "X-HSP-Signature": signature(key, method, path, timestamp, nonce, body),
    }


class Guard:
    """The other side: refuses what is not signed, too old, or was said before. For simulators; kept in memory."""

    def __init__(self, *, most_age_s: float = SIMULATED_AGE_S) -> None:
        self.most_age_s = most_age_s
        self._nonces: OrderedDict[str, None] = OrderedDict()

    def refusal(self, key: bytes, sent: Mapping[str, str], method: str, path: str, body: bytes) -> str | None:
        """signature, timestamp or replay; None when the request is good."""
        nonce, timestamp = sent.get("x-hsp-nonce", ""), sent.get("x-hsp-timestamp", "")
        expected = signature(key, method, path, timestamp, nonce, body)
        if not hmac.compare_digest(expected.encode(), sent.get("x-hsp-signature", "").encode()):
            return "signature"
        if not timestamp.isdecimal() or abs(time.time() - int(timestamp)) > self.most_age_s:
            return "timestamp"
        if nonce in self._nonces:
            return "replay"
        self._nonces[nonce] = None
        if len(self._nonces) > NONCES_KEPT:
            self._nonces.popitem(last=False)
        return None
