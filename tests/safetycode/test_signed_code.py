"""The signed form: what it says, that it fits, and that nothing but what was signed is believed."""

from datetime import UTC, date, datetime, timedelta
from functools import partial

import cbor2
import pytest
import segno
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from anxin.safetycode.engine import base45, offline
from anxin.safetycode.engine.offline import Claims, Trust
from anxin.safetycode.values import Colour

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
AT = datetime(2026, 3, 22, 4, 0, tzinfo=UTC)
CLAIMS = Claims("ZJ-3301-2026-000123", Colour.GREEN, date(2026, 9, 30), AT, (0, 77_777))


def true(key, signature: bytes, message: bytes) -> bool:
    try:
        key.public_key().verify(signature, message)
    except InvalidSignature:
        return False
    return True


KNOWN = {3: partial(true, KEY)}
SIGNED = offline.sign(CLAIMS, key=3, signer=KEY.sign)
RAW = base45.decode(SIGNED.removeprefix(offline.MARK))


@pytest.mark.requirement("D-1")
def test_what_was_signed_is_read_again():
    assert offline.read(SIGNED, KNOWN) == CLAIMS


def test_it_fits_into_version_6_m():
    code = segno.make_qr(SIGNED, error="m", boost_error=False)
    assert (code.version, code.error, code.mode) == (6, "M", "alphanumeric")
    assert (len(RAW), len(SIGNED)) == (99, 153)


def test_any_cose_reader_reads_it():
    envelope = cbor2.loads(RAW)
    protected, unprotected, payload, signature = envelope.value
    assert (envelope.tag, cbor2.loads(protected), unprotected) == (18, {1: -8, 4: b"\x03"}, {})
    number, colour, days, minutes, status = cbor2.loads(payload)
    assert (colour, date(2020, 1, 1) + timedelta(days=days)) == (0, CLAIMS.until)
    assert datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes) == AT
    assert (len(number), status) == (6, b"\x00" + (77_777).to_bytes(3))
    assert cbor2.dumps(envelope, canonical=True) == RAW
    KEY.public_key().verify(signature, cbor2.dumps(["Signature1", protected, b"", payload]))


def test_every_single_bit_that_changes_is_refused():
    for n in range(len(RAW) * 8):
        changed = bytearray(RAW)
        changed[n >> 3] ^= 1 << (n & 7)
        with pytest.raises((offline.Unreadable, offline.UnknownKey, offline.Forged)):
            offline.read(offline.MARK + base45.encode(bytes(changed)), KNOWN)


def test_every_other_character_is_refused():
    for n in range(len(SIGNED)):
        for other in "0A:z ":
            if SIGNED[n] != other:
                with pytest.raises((offline.Unreadable, offline.UnknownKey, offline.Forged)):
                    offline.read(SIGNED[:n] + other + SIGNED[n + 1 :], KNOWN)


def test_cut_doubled_and_foreign_texts_are_unreadable():
    for text in (
        SIGNED[:-1],
        SIGNED[:-3],
        SIGNED + "0",
        SIGNED + SIGNED,
        "",
        "AX1:",
        "https://a.example/c/x/",
    ):
        with pytest.raises(offline.Unreadable):
            offline.read(text, KNOWN)


def test_a_key_that_is_not_known_and_a_key_that_is_not_ours():
    with pytest.raises(offline.UnknownKey):
        offline.read(SIGNED, {4: partial(true, KEY)})
    with pytest.raises(offline.Forged):
        offline.read(offline.sign(CLAIMS, key=3, signer=OTHER.sign), KNOWN)


def test_what_the_layout_cannot_hold_is_not_signed():
    from dataclasses import replace

    for wrong in (
        replace(CLAIMS, number="ZJ-3301-1999-000001"), replace(CLAIMS, number="ZJ-33010-2026-000001"),
        replace(CLAIMS, until=date(2020, 1, 2)), replace(CLAIMS, at=datetime(2020, 1, 1, tzinfo=UTC)),
        replace(CLAIMS, status=(256, 0)), replace(CLAIMS, status=(0, 1 << 24)),
    ):  # fmt: skip
        with pytest.raises(ValueError):
            offline.sign(wrong, key=3, signer=KEY.sign)


def test_a_reader_without_network_knows_what_no_longer_holds():
    day = timedelta(days=1)
    assert offline.holds(CLAIMS, at=AT + day, listed=None) is Trust.HOLDS
    assert offline.holds(CLAIMS, at=AT + day, listed=False) is Trust.HOLDS
    assert offline.holds(CLAIMS, at=AT + day, listed=True) is Trust.CHANGED
    assert offline.holds(CLAIMS, at=AT - timedelta(minutes=6), listed=False) is Trust.AHEAD
    # The last day counts whole, by China's calendar: until 15:59:59 UTC.
    assert (
        offline.holds(CLAIMS, at=datetime(2026, 9, 30, 15, 59, 59, tzinfo=UTC), listed=False) is Trust.HOLDS
    )
    assert offline.holds(CLAIMS, at=datetime(2026, 9, 30, 16, 0, tzinfo=UTC), listed=False) is Trust.OVER


@given(
    city=st.integers(0, 9999), year=st.integers(2000, 2127), serial=st.integers(0, 999_999),
    colour=st.sampled_from(list(Colour)), days=st.integers(256, 65_535), minutes=st.integers(1 << 16, (1 << 32) - 1),
    listed=st.integers(0, 255), bit=st.integers(0, (1 << 24) - 1), key=st.integers(0, 255),
)  # fmt: skip
def test_all_that_can_be_said_comes_back(city, year, serial, colour, days, minutes, listed, bit, key):
    said = Claims(
        f"ZJ-{city:04d}-{year}-{serial:06d}", colour, date(2020, 1, 1) + timedelta(days=days),
        datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes % 4_000_000 + 65_536), (listed, bit),
    )  # fmt: skip
    text = offline.sign(said, key=key, signer=KEY.sign)
    assert offline.read(text, {key: partial(true, KEY)}) == said
    assert len(text) == 153


@pytest.mark.parametrize(
    ("raw", "text"),
    [(b"AB", "BB8"), (b"Hello!!", "%69 VD92EX0"), (b"base-45", "UJCLQE7W581"), (b"ietf!", "QED8WEX0")],
)
def test_base45_has_the_spelling_of_the_standard(raw, text):
    assert base45.encode(raw) == text
    assert base45.decode(text) == raw


@pytest.mark.parametrize("text", ["A", "ABCD", ":::", "::", "GGW", "a00", "é00"])
def test_base45_beyond_the_standard_is_refused(text):
    with pytest.raises(ValueError):
        base45.decode(text)


@given(st.binary(max_size=200))
def test_base45_there_and_back(raw):
    assert base45.decode(base45.encode(raw)) == raw
