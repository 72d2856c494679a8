"""The signed form of a code, the published keys, and the status lists: what readers without a network need."""

from __future__ import annotations

import base64
import secrets
from collections import defaultdict
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from anxin.kit.clock import local_date
from anxin.kit.crypto import published_keys, published_signer
from anxin.safetycode.engine import offline, statuslist
from anxin.safetycode.models import SafetyCode
from anxin.safetycode.rules import colour, turning_days
from anxin.safetycode.states import CodeState
from anxin.safetycode.values import CodeFacts, Colour

SIGNED = "safetycode.signed"
KEEP = timedelta(hours=24)
"""How long a reader may go by a status list."""
HORIZON = timedelta(days=366)
_TRIES, _LISTS = 8, 16


def signed_code(code: SafetyCode, facts: CodeFacts, at: datetime) -> str:
    """The text of the offline QR code: number, today's colour and how long it holds, signed. No query.

    Empty for a code that has no place in the status lists yet: nobody could be told that it changed.
    """
    if code.slot is None:
        return ""
    today = local_date(at)
    judged = colour(facts, today)
    number, key = published_signer(SIGNED)
    claims = offline.Claims(
        number=code.number, colour=judged.colour, until=_holds_until(facts, judged.colour, today), at=at,
        status=divmod(code.slot, statuslist.SIZE),
    )  # fmt: skip
    return offline.sign(claims, key=number, signer=key.sign)


def _holds_until(facts: CodeFacts, shade: Colour, today: date) -> date:
    """The day before the colour changes by the mere passing of days."""
    last = today + HORIZON
    for day in turning_days(facts, today, last)[1:]:
        if colour(facts, day).colour is not shade:
            return day - timedelta(days=1)
    return last


def read_signed(text: str) -> offline.Claims:
    """The claims of a signed code, by our own keys. Raises offline.Unreadable, UnknownKey, Forged. No query."""
    return offline.read(
        text, {number: partial(_is_true, key) for number, key in published_keys(SIGNED).items()}
    )


def _is_true(key: Ed25519PublicKey, signature: bytes, message: bytes) -> bool:
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


def key_set() -> dict[str, Any]:
    """The public keys as a JWK set (RFC 8037). No query."""
    keys = [
        {
            "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": str(number),
            "x": base64.urlsafe_b64encode(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).rstrip(b"=").decode(),
        }
        for number, key in sorted(published_keys(SIGNED).items())
    ]  # fmt: skip
    return {"keys": keys}


def status_lists() -> dict[int, bytes]:
    """Every list by number: a bit is set where the code is not green. At least list 0. Two queries."""
    bad = SafetyCode.objects.exclude(state=CodeState.ISSUED, worker__standing__colour=Colour.GREEN)
    places: dict[int, list[int]] = defaultdict(list)
    for slot in bad.exclude(slot=None).values_list("slot", flat=True).iterator(chunk_size=50_000):
        places[slot // statuslist.SIZE].append(slot % statuslist.SIZE)
    last = SafetyCode.objects.exclude(slot=None).order_by("-slot").values_list("slot", flat=True).first() or 0
    return {n: statuslist.bits(places[n]) for n in range(last // statuslist.SIZE + 1)}


def free_slot() -> int:
    """A place by lot in the first list that is not half full. One query."""
    drawn = [
        n * statuslist.SIZE + secrets.randbelow(statuslist.SIZE) for n in range(_LISTS) for _ in range(_TRIES)
    ]
    taken = set(SafetyCode.objects.filter(slot__in=drawn).values_list("slot", flat=True))
    return next(slot for slot in drawn if slot not in taken)
