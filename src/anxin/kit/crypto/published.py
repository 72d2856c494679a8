"""Signatures that anybody checks with a published key: Ed25519, one key pair for each purpose and key of the ring.

The pairs are derived from the ring, so that they rotate, are wrapped, backed up and retired together with it; a key
pair is known by the number of its ring key (k3 = 3).
"""

from __future__ import annotations

from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from anxin.kit.crypto.ring import order, ring
from anxin.kit.crypto.sealing import derived


def published_signer(purpose: str) -> tuple[int, Ed25519PrivateKey]:
    """Number and private half of the current pair for a purpose. Raises Tampered without a ring that can be read."""
    keys = ring()
    return order(keys.current)[0], _pair(derived(keys.secret(keys.current), "sign:" + purpose))


def published_keys(purpose: str) -> dict[int, Ed25519PublicKey]:
    """The public halves by number: of the current key, of earlier ones, and of retired ones that were kept for it."""
    found = {}
    for name, key in ring().keys.items():
        seed = derived(key.secret, "sign:" + purpose) if key.secret is not None else key.signs.get(purpose)
        if seed is not None:
            found[order(name)[0]] = _pair(seed).public_key()
    return found


@lru_cache(maxsize=64)
def _pair(seed: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(seed)
