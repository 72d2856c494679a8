"""Checking a signed code without a network, beside the bare Ed25519 check of the same bytes, by turns in one run.

Also: signing, the limit of bare signing, what a QR code it takes, and reading one that was changed.

usage: python -m benchmarks.signed_codes [checks a round, 2000] [rounds, 15]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import _ground as ground

if __name__ == "__main__":
    ground.own_database("signed_codes")

import segno
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from anxin.safetycode.engine import base45, offline
from anxin.safetycode.values import Colour

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key()
CLAIMS = offline.Claims(
    "ZJ-3301-2026-000123",
    Colour.GREEN,
    date(2026, 9, 30),
    datetime(2026, 3, 22, 4, 0, tzinfo=UTC),
    (0, 77_777),
)
GOAL = 1.25
BARE = "bare check of the signature"
WHOLE = "the whole check: text, layout, signature, claims"


def is_true(signature: bytes, message: bytes) -> bool:
    try:
        PUBLIC.verify(signature, message)
    except InvalidSignature:
        return False
    return True


def refused(text: str, known: dict[int, Callable[[bytes, bytes], bool]]) -> None:
    try:
        offline.read(text, known)
    except offline.Forged:
        return
    raise AssertionError("a changed code was believed")


def main(checks: int, rounds: int) -> int:
    text = offline.sign(CLAIMS, key=3, signer=KEY.sign)
    raw = base45.decode(text.removeprefix(offline.MARK))
    seen: list[tuple[bytes, bytes]] = []
    offline.read(text, {3: lambda signature, message: not seen.append((signature, message))})
    [(signature, message)] = seen
    known = {3: is_true}
    forged = offline.MARK + base45.encode(raw[:-1] + bytes([raw[-1] ^ 1]))
    acts: dict[str, Callable[[], object]] = {
        BARE: lambda: is_true(signature, message),
        WHOLE: lambda: offline.read(text, known),
        "one that was changed, refused": lambda: refused(forged, known),
        "bare signature": lambda: KEY.sign(message),
        "signing a code": lambda: offline.sign(CLAIMS, key=3, signer=KEY.sign),
    }
    took: dict[str, list[float]] = {name: [] for name in acts}
    for _ in range(rounds):
        for name, act in acts.items():
            begun = time.process_time()
            for _ in range(checks):
                act()
            took[name].append((time.process_time() - begun) / checks)
    each = {name: ground.middle(found) for name, found in took.items()}
    peers = dict.fromkeys(acts, BARE) | {
        "signing a code": "bare signature",
        "bare signature": "bare signature",
    }
    rows: list[list[object]] = [
        [name, f"{1 / one:,.0f}", f"{one * 1e6:.0f}", f"{one / each[peers[name]]:.2f}"]
        for name, one in each.items()
    ]
    code = segno.make_qr(text, error="m", boost_error=False)
    whole = each[WHOLE] / each[BARE]
    body = ground.table(["", "per second and core", "µs", "× the bare one"], rows)
    body += (
        f"\nThe whole check takes {whole:.2f} × the bare one (goal: at most {GOAL}). {len(raw)} bytes,"
        f" {len(text)} characters, QR code of version {code.version}-{code.error}."
    )
    ground.publish("signed_codes", "Signed codes", f"{rounds} rounds of {checks:,}", body)
    return 0 if whole <= GOAL else 1


if __name__ == "__main__":
    given = [int(one) for one in sys.argv[1:]]
    sys.exit(main(*(given + [2000, 15][len(given) :])))
