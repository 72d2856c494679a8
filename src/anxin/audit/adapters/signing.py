"""The key that signs the trail: Ed25519, in a file of its own, apart from the key ring and from the database.

Who owns the database, and even who holds the ring, cannot sign a rewritten trail without this file. The public half
lies beside the anchors and is published; it alone is enough to verify.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from django.conf import settings

from anxin.kit.crypto import keyfiles
from anxin.kit.once import write_once

SIGNATURE_BYTES = 64


def sign(message: bytes) -> bytes:
    """64 bytes by the key of this house; made with the first signature."""
    signature = _private(str(_key_file())).sign(message)
    _publish()
    return signature


def is_ours(message: bytes, signature: bytes) -> bool:
    """Whether a key of this house made this signature: the present one, or an earlier one still published here."""
    if len(signature) != SIGNATURE_BYTES:
        return False
    for pem in public_pems():
        try:
            _public(pem).verify(signature, message)
            return True
        except InvalidSignature:
            continue
    return False


def public_pems() -> list[str]:
    """The public keys as published: files beside the anchors, so that whoever is given the folder can verify it."""
    if Path(settings.ANXIN_AUDIT_KEY).exists():
        _publish()
    return [file.read_text() for file in sorted(Path(settings.ANXIN_ANCHORS).glob("*.pub.pem"))]


def _publish() -> None:
    key = _private(str(settings.ANXIN_AUDIT_KEY)).public_key()
    name = hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:8]
    file = Path(settings.ANXIN_ANCHORS) / f"audit-{name}.pub.pem"
    if not file.exists():
        write_once(file, key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo), 0o644)


def _key_file() -> Path:
    file = Path(settings.ANXIN_AUDIT_KEY)
    if not file.exists():
        made = Ed25519PrivateKey.generate()
        keyfiles.make("audit.pem", made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return file


@lru_cache(maxsize=2)
def _private(file: str) -> Ed25519PrivateKey:
    key = load_pem_private_key(Path(file).read_bytes(), None)
    assert isinstance(key, Ed25519PrivateKey)
    return key


@lru_cache(maxsize=4)
def _public(pem: str) -> Ed25519PublicKey:
    key = load_pem_public_key(pem.encode())
    assert isinstance(key, Ed25519PublicKey)
    return key
