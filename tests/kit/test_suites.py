"""Cipher suites and the key service: published vectors, one ring for both suites, a wrapped ring."""

from __future__ import annotations

import base64
import json
import stat
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag

from anxin.kit import crypto
from anxin.kit.crypto import kms, ring, suites

CIPHERS = ["AES-256-GCM", "SM4-GCM"]


@pytest.fixture
def own_ring(tmp_path: Path, settings) -> Path:
    """A key ring of this test's own."""
    settings.ANXIN_KEY_RING = tmp_path / "keys" / "ring.json"
    return tmp_path / "keys" / "ring.json"


@pytest.mark.requirement("A-7.4.4")
def test_sm4_gcm_gives_the_published_result() -> None:
    """RFC 8998, appendix A.1."""
    key, nonce = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"), bytes.fromhex("00001234567800000000ABCD")
    associated = bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2")
    plain = b"".join(bytes([b]) * 8 for b in (0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF, 0xEE, 0xAA))
    expected = bytes.fromhex(
        "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735"
        "D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"
        "83DE3541E4C2B58177E065A9BF7B62EC"
    )

    assert suites.Sm4Gcm(key).encrypt(nonce, plain, associated) == expected
    assert suites.Sm4Gcm(key).decrypt(nonce, expected, associated) == plain
    with pytest.raises(InvalidTag):
        suites.Sm4Gcm(key).decrypt(nonce, expected[:-1] + b"\0", associated)


@pytest.mark.parametrize("name", CIPHERS)
def test_either_suite_opens_what_the_other_sealed_and_only_in_its_place(
    name: str, own_ring, settings
) -> None:
    settings.ANXIN_CIPHER = name
    sealed = crypto.seal(b"330199198501010013", "t.c:1")
    assert sealed[0] == suites.SUITES[name].number

    for other in CIPHERS:
        settings.ANXIN_CIPHER = other
        assert crypto.unseal(sealed, "t.c:1") == b"330199198501010013"
        for wrong in ("t.c:2", "t.d:1", "u.c:1"):
            with pytest.raises(crypto.Tampered):
                crypto.unseal(sealed, wrong)


@pytest.mark.parametrize("name", CIPHERS)
def test_a_sealed_value_cannot_be_passed_off_as_of_another_suite_or_key(
    name: str, own_ring, settings
) -> None:
    settings.ANXIN_CIPHER = name
    sealed = bytearray(crypto.seal(b"secret", "t.c:1"))
    sealed[0] = 3 - sealed[0]
    with pytest.raises(crypto.Tampered):
        crypto.unseal(bytes(sealed), "t.c:1")
    for changed in (
        b"",
        b"\x01",
        b"\x01\xff" + bytes(40),
        b"\x01\x02k9" + bytes(40),
        b"\x07\x02k1" + bytes(40),
    ):
        with pytest.raises(crypto.Tampered):
            crypto.unseal(changed, "t.c:1")


def test_a_ring_of_the_first_form_is_still_read(own_ring) -> None:
    own_ring.parent.mkdir()
    keys = {name: base64.b64encode(bytes([n]) * 32).decode() for n, name in enumerate(["k2", "k10"])}
    own_ring.write_text(json.dumps({"current": "k10", "keys": keys}))

    found = ring.ring()

    assert found.current == "k10"
    assert found.index == ("k2",), "the first key made, not the first by letters"
    assert crypto.unseal(crypto.seal(b"x", "c"), "c") == b"x"


def test_a_changed_ring_is_used_at_once_and_never_readable_by_others(own_ring) -> None:
    before = crypto.seal(b"x", "c")
    ring.change(lambda stored: stored["keys"].update(k2=ring.new_secret("k2")) or stored.update(current="k2"))

    assert crypto.seal(b"x", "c")[:4] == b"\x01\x02k2"
    assert crypto.unseal(before, "c") == b"x"
    assert stat.S_IMODE(own_ring.stat().st_mode) == 0o600


def test_signatures_of_an_earlier_key_still_count_but_no_shortened_ones(own_ring) -> None:
    token, signature = crypto.sign_token("live", {"a": 1}, 60), crypto.hmac_sign("audit", b"digest")
    ring.change(lambda stored: stored["keys"].update(k2=ring.new_secret("k2")) or stored.update(current="k2"))

    assert crypto.read_token("live", token) == {"a": 1}
    assert crypto.hmac_sign("audit", b"digest") != signature
    assert crypto.signed_by_us("audit", b"digest", signature)
    assert not crypto.signed_by_us("audit", b"digesT", signature)
    assert not crypto.signed_by_us("code", b"digest", signature)
    assert not crypto.signed_by_us("audit", b"digest", signature[:12])
    assert not crypto.signed_by_us("audit", b"digest", b"")


@pytest.mark.requirement("A-7.4.4")
def test_a_ring_wrapped_by_the_key_service_holds_no_secret_and_opens_through_the_service(
    own_ring, simulators, settings
) -> None:
    settings.ANXIN_KMS_URL, settings.ANXIN_KMS_TOKEN = f"{simulators}/kms", "simulator"
    sealed = crypto.seal(b"x", "c")

    stored = json.loads(own_ring.read_text())["keys"]["k1"]
    assert stored["wrapped"].startswith("vault:v1:") and "secret" not in stored
    assert crypto.unseal(sealed, "c") == b"x"

    # Bound to its name in the ring: it cannot stand for another key.
    with pytest.raises(kms.KmsTrouble, match="refused to decrypt"):
        kms.unwrap(stored["wrapped"], "anxin-ring:k2")


def test_a_key_service_that_refuses_or_does_not_answer_is_told_in_one_line(
    own_ring, simulators, settings
) -> None:
    settings.ANXIN_KMS_URL, settings.ANXIN_KMS_TOKEN = f"{simulators}/kms", "wrong"
    with pytest.raises(kms.KmsTrouble, match=r"refused to encrypt \(403\): permission denied"):
        crypto.seal(b"x", "c")
    settings.ANXIN_KMS_URL = "http://127.0.0.1:9"
    with pytest.raises(kms.KmsTrouble, match="does not answer"):
        crypto.seal(b"x", "c")
    assert not own_ring.exists()
