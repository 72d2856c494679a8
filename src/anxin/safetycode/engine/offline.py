"""The form of the code that a phone checks without a network: COSE_Sign1 (RFC 9052), Ed25519, base45, in a QR code.

One layout to the byte, so that a check is one comparison, one signature and no parser: whatever differs in a single
bit is refused. Any COSE library reads it too (D-1, D-3a).

    D2 84                    COSE_Sign1
    46 A2 01 27 04 41 kk     protected: EdDSA, number of the key
    A0                       nothing unprotected
    56                       22 bytes of claims:
      85                       five of them
      46 nn×6                    number: city (14 bits), year since 2000 (7), serial (20)
      cc                         colour: 0 green, 1 yellow, 2 red
      19 dd×2                    last day on which this colour holds if nothing new is learnt, in days since 2020-01-01
      1A tt×4                    when this was signed, in minutes since 2020-01-01T00:00Z
      44 ss×4                    place in the status lists: list (1 byte), bit (3 bytes)
    58 40 ss×64              signature

99 bytes, 149 characters, with its mark 153: a QR code of version 6-M holds 154.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from anxin.kit.clock import local_date
from anxin.safetycode.engine import base45
from anxin.safetycode.values import Colour

MARK = "AX1:"
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
LENGTH = 99
COLOURS = (Colour.GREEN, Colour.YELLOW, Colour.RED)
# How far ahead of the reader's clock a code may have been signed: phones' clocks differ.
AHEAD = timedelta(minutes=5)

_HEAD = bytes.fromhex("d28446a201270441")
_AFTER_KEY = bytes.fromhex("a0568546")
_PROTECTED = _HEAD[2:]
# Sig_structure of RFC 9052 §4.4: ["Signature1", protected, external data (none), claims].
_SIGNED_HEAD = b"\x84\x6aSignature1" + _PROTECTED
_NUMBER = re.compile(r"ZJ-(\d{4})-(20\d\d|21[01]\d|212[0-7])-(\d{6})")


class Unreadable(ValueError):
    """Not this form at all: another QR code, a cut or a changed one."""


class UnknownKey(ValueError):
    """In this form, but signed with a key that the reader does not know: old keys, or not ours."""


class Forged(ValueError):
    """In this form, but the signature is not that of the key it names."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What a signed code says: number, colour as of `at`, the last day on which it holds, the place in the lists."""

    number: str
    colour: Colour
    until: date
    at: datetime
    status: tuple[int, int]


def sign(claims: Claims, *, key: int, signer: Callable[[bytes], bytes]) -> str:
    """The text for the QR code. `key`: number of the key (0–255); `signer`: Ed25519 over the given bytes.

    Raises ValueError for what the layout cannot hold.
    """
    payload = _payload(claims)
    signature = signer(_to_be_signed(key, payload))
    if len(signature) != 64:
        raise ValueError("an Ed25519 signature has 64 bytes")
    return MARK + base45.encode(_HEAD + bytes([key]) + _AFTER_KEY[:2] + payload + b"\x58\x40" + signature)


def read(text: str, verifiers: dict[int, Callable[[bytes, bytes], bool]]) -> Claims:
    """The claims, if the signature is true. `verifiers`: for each key's number (signature, message) → is it true.

    Raises Unreadable, UnknownKey, Forged. Whether the claims still hold is for `holds`.
    """
    if not text.startswith(MARK):
        raise Unreadable
    try:
        raw = base45.decode(text[len(MARK) :])
    except ValueError:
        raise Unreadable from None
    if (
        len(raw) != LENGTH
        or not raw.startswith(_HEAD)
        or raw[9:13] != _AFTER_KEY
        or raw[33:35] != b"\x58\x40"
    ):
        raise Unreadable
    claims = _claims(raw[11:33])
    verify = verifiers.get(raw[8])
    if verify is None:
        raise UnknownKey
    if not verify(raw[35:], _to_be_signed(raw[8], raw[11:33])):
        raise Forged
    return claims


class Trust(StrEnum):
    """What a reader without a network may make of true claims."""

    HOLDS = "holds"
    CHANGED = "changed"
    """The status list says that the code is no longer green."""
    OVER = "over"
    """The last day on which the colour holds has passed."""
    AHEAD = "ahead"
    """Signed later than it is now by the reader's clock: that clock is wrong, or the paper is."""


def holds(claims: Claims, *, at: datetime, listed: bool | None) -> Trust:
    """Whether claims may still be relied on at `at`. `listed`: the bit of the status list, None = no list at hand."""
    if claims.at > at + AHEAD:
        return Trust.AHEAD
    if local_date(at) > claims.until:
        return Trust.OVER
    return Trust.CHANGED if listed else Trust.HOLDS


def _to_be_signed(key: int, payload: bytes) -> bytes:
    return _SIGNED_HEAD + bytes([key]) + b"\x40\x56" + payload


def _payload(claims: Claims) -> bytes:
    days = (claims.until - EPOCH.date()).days
    minutes = int((claims.at - EPOCH) / timedelta(minutes=1))
    listed, bit = claims.status
    if not (
        256 <= days < 1 << 16 and 1 << 16 <= minutes < 1 << 32 and 0 <= listed < 1 << 8 and 0 <= bit < 1 << 24
    ):
        raise ValueError("beyond what a signed code can say")
    return b"".join(
        [
            b"\x85\x46",
            _number(claims.number).to_bytes(6),
            bytes([COLOURS.index(claims.colour)]),
            b"\x19",
            days.to_bytes(2),
            b"\x1a",
            minutes.to_bytes(4),
            b"\x44",
            bytes([listed]),
            bit.to_bytes(3),
        ]
    )


def _claims(payload: bytes) -> Claims:
    shape = payload[8] < len(COLOURS) and payload[9] == 0x19 and payload[12] == 0x1A and payload[17] == 0x44
    if not shape:
        raise Unreadable
    packed = int.from_bytes(payload[2:8])
    city, year, serial = packed >> 27, packed >> 20 & 0x7F, packed & 0xFFFFF
    if city > 9999 or serial > 999_999:
        raise Unreadable
    return Claims(
        number=f"ZJ-{city:04d}-{2000 + year}-{serial:06d}",
        colour=COLOURS[payload[8]],
        until=EPOCH.date() + timedelta(days=int.from_bytes(payload[10:12])),
        at=EPOCH + timedelta(minutes=int.from_bytes(payload[13:17])),
        status=(payload[18], int.from_bytes(payload[19:22])),
    )


def _number(number: str) -> int:
    found = _NUMBER.fullmatch(number)
    if not found:
        raise ValueError("not the number of a safety code")
    city, year, serial = (int(part) for part in found.groups())
    return city << 27 | (year - 2000) << 20 | serial
