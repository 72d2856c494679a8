"""Cipher suites. Each has a number, which is the first byte of what it seals."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE = 12
TAG = 16


class Unsupported(Exception):
    """The installed cryptographic library lacks a cipher."""


class Aead(Protocol):
    """Encryption that also guards what it encrypts and `associated`. decrypt raises InvalidTag."""

    def encrypt(self, nonce: bytes, plain: bytes, associated: bytes) -> bytes: ...

    def decrypt(self, nonce: bytes, sealed: bytes, associated: bytes) -> bytes: ...


class Sm4Gcm:
    """SM4 (GB/T 32907) in Galois/counter mode, as in RFC 8998; the tag stands at the end, as with AESGCM."""

    def __init__(self, key: bytes) -> None:
        self._cipher = algorithms.SM4(key)

    def encrypt(self, nonce: bytes, plain: bytes, associated: bytes) -> bytes:
        try:
            work = Cipher(self._cipher, modes.GCM(nonce)).encryptor()
        except UnsupportedAlgorithm as error:
            raise Unsupported(
                "SM4-GCM is not in this build of OpenSSL: set ANXIN_CIPHER=AES-256-GCM"
            ) from error
        work.authenticate_additional_data(associated)
        return work.update(plain) + work.finalize() + work.tag

    def decrypt(self, nonce: bytes, sealed: bytes, associated: bytes) -> bytes:
        work = Cipher(self._cipher, modes.GCM(nonce, sealed[-TAG:], TAG)).decryptor()
        work.authenticate_additional_data(associated)
        # finalize() judges the tag; nothing is handed out before.
        return work.update(sealed[:-TAG]) + work.finalize()


@dataclass(frozen=True, slots=True)
class Suite:
    """One way to seal. purpose: what the key of a suite is derived for, so that no two suites share a key."""

    number: int
    name: str
    purpose: str
    key_bytes: int


SUITES = {
    suite.name: suite for suite in (Suite(1, "AES-256-GCM", "seal", 32), Suite(2, "SM4-GCM", "seal:sm4", 16))
}
BY_NUMBER = {suite.number: suite for suite in SUITES.values()}


@lru_cache(maxsize=64)
def cipher(suite: Suite, key: bytes) -> Aead:
    """The cipher of a suite under a derived key (32 bytes, of which the suite takes as many as it needs)."""
    return AESGCM(key[: suite.key_bytes]) if suite.number == 1 else Sm4Gcm(key[: suite.key_bytes])
