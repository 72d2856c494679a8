"""Seal and unseal, keyed hashes, signatures: everything that takes a key from the ring."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Callable, Iterable
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from django.conf import settings

from anxin.kit.crypto.ring import Tampered, ring
from anxin.kit.crypto.suites import BY_NUMBER, NONCE, SUITES, Suite, cipher


def head(suite: Suite | None = None, key: str = "") -> bytes:
    """The first bytes of what is sealed now (or with the given suite and key): suite number, length and name of
    the key. They are authenticated with the rest."""
    suite = suite or SUITES[settings.ANXIN_CIPHER]
    name = (key or ring().current).encode()
    return bytes([suite.number, len(name)]) + name


def seal(plain: bytes, context: str) -> bytes:
    """Encrypt under the current key and suite, bound to `context` ("table.column:row")."""
    keys, suite = ring(), SUITES[settings.ANXIN_CIPHER]
    nonce, start = os.urandom(NONCE), head(suite, keys.current)
    work = cipher(suite, derived(keys.secret(keys.current), suite.purpose))
    return start + nonce + work.encrypt(nonce, plain, start + context.encode())


def unseal(sealed: bytes, context: str) -> bytes:
    """Decrypt what seal() made for the same context, whatever the suite. Raises Tampered."""
    suite = BY_NUMBER.get(sealed[0]) if len(sealed) > 2 + NONCE else None
    if suite is None:
        raise Tampered("not a sealed value")
    end = 2 + sealed[1]
    start, nonce, body = sealed[:end], sealed[end : end + NONCE], sealed[end + NONCE :]
    secret = ring().secret(start[2:].decode("ascii", "replace"))
    try:
        work = cipher(suite, derived(secret, suite.purpose))
        return work.decrypt(nonce, body, start + context.encode())
    except (InvalidTag, ValueError) as error:  # ValueError: too short for a nonce or a tag.
        raise Tampered("the value was changed or moved") from error


@lru_cache(maxsize=512)
def derived(secret: bytes, purpose: str) -> bytes:
    """32 bytes for one purpose. One-way: they tell nothing of the secret, nor of another purpose's."""
    return hmac.digest(secret, b"anxin:" + purpose.encode(), "sha256")


def key_for(purpose: str) -> bytes:
    """32 bytes for one purpose, under the current key: for what need not outlast a rotation."""
    keys = ring()
    return derived(keys.secret(keys.current), purpose)


def blind_index(context: str, text: str) -> bytes:
    """Keyed hash (32 bytes) to look a value up without storing it readable: the one that is written."""
    return blind_indexes(context, text)[0]


def blind_indexes(context: str, text: str) -> list[bytes]:
    """Every keyed hash under which the value may be stored: one, or two while the index key is being rotated."""
    keys = ring()
    message = context.encode() + b"\0" + text.encode()
    return [hmac.digest(derived(keys.secret(name), "index"), message, "sha256") for name in keys.index]


def hmac_sign(purpose: str, message: bytes) -> bytes:
    """HMAC-SHA256 (32 bytes) under the current key, for one purpose."""
    return signer(purpose)(message)


def signer(purpose: str) -> Callable[[bytes], bytes]:
    """`hmac_sign` for one purpose, for who signs several messages: the key is looked up once."""
    key = key_for("sign:" + purpose)
    return lambda message: _short_mac(key, message)


def _short_mac(key: bytes, message: bytes) -> bytes:
    """hmac.digest() of a short message, which that would let other threads run for: under load that costs more than
    the digest."""
    found = _begun(key).copy()
    found.update(message)
    return found.digest()


@lru_cache(maxsize=64)
def _begun(key: bytes) -> hmac.HMAC:
    """An HMAC with nothing in it yet, to be copied: to make one costs more than to sign a short message with it."""
    return hmac.new(key, digestmod="sha256")


def signed_by_us(purpose: str, message: bytes, signature: bytes, *, least: int = 32) -> bool:
    """Whether hmac_sign made this signature, under the current key or an earlier one.

    A signature cut short by its maker is held against as many bytes; `least` is how many there must be.
    """
    return least <= len(signature) <= 32 and signed_under(signing_keys(purpose), message, signature)


def signing_keys(purpose: str) -> list[bytes]:
    """The keys under which signatures for a purpose are true now."""
    known = ring().keys.values()
    found = [
        derived(key.secret, "sign:" + purpose) if key.secret is not None else key.signs.get(purpose)
        for key in known
    ]
    return [key for key in found if key is not None]


def signed_under(keys: Iterable[bytes], message: bytes, signature: bytes) -> bool:
    """Whether one of the keys made the signature, which may be cut short. For who asks for the keys once for many."""
    found = False
    for key in keys:
        # Every key is tried, so that time does not tell which one signed.
        found |= same(_short_mac(key, message)[: len(signature)], signature)
    return found


def same(a: bytes, b: bytes) -> bool:
    """Compare without telling by time where they differ."""
    return hmac.compare_digest(a, b)


def sha256(data: bytes) -> str:
    """Hex digest."""
    return hashlib.sha256(data).hexdigest()
