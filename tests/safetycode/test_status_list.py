"""The list of codes that are no longer green, for readers without a network."""

import base64
import json
import zlib
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from anxin.safetycode.engine import statuslist

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
AT = datetime(2026, 3, 22, 4, 0, tzinfo=UTC)


def unpadded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


@given(st.sets(st.integers(0, statuslist.SIZE - 1), max_size=30), st.integers(0, statuslist.SIZE - 1))
def test_set_bits_are_set_and_no_others(places, other):
    listed = statuslist.bits(places)
    assert all(statuslist.is_set(listed, n) for n in places)
    assert statuslist.is_set(listed, other) == (other in places)


def test_the_list_is_a_signed_token_as_the_draft_has_it():
    text = statuslist.token(
        statuslist.bits({0, 9}), address="https://a.example/list/0", at=AT, keep=timedelta(hours=1), key=3,
        signer=KEY.sign,
    )  # fmt: skip
    head, body, signature = text.split(".")
    KEY.public_key().verify(unpadded(signature), f"{head}.{body}".encode())
    assert json.loads(unpadded(head)) == {"typ": "statuslist+jwt", "alg": "EdDSA", "kid": "3"}
    said = json.loads(unpadded(body))
    assert (said["sub"], said["exp"] - said["iat"], said["ttl"]) == ("https://a.example/list/0", 3600, 3600)
    assert said["status_list"]["bits"] == 1
    listed = zlib.decompress(unpadded(said["status_list"]["lst"]))
    assert (len(listed), listed[0], listed[1]) == (statuslist.SIZE // 8, 1, 2)
