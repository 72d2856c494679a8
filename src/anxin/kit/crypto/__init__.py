"""Envelope encryption, blind indexes and signed tokens under a key ring that lives outside the database.

The associated data binds a ciphertext to its table, column and row, so that a value cannot be moved to another
place. Its first bytes name the cipher suite and the key, so a value that rotation has not reached yet still opens.

    suites    AES-256-GCM and SM4-GCM
    ring      the keys: a file, its secrets plain or wrapped by a key management service
    keyfiles  the register of key files, which an export of keys takes along
    kms       the service's side of it, over HTTP
    sealing   seal and unseal, keyed hashes, signatures
    tokens    claims that travel in an address
    published signatures that anybody checks with a published key
"""

from anxin.kit.crypto.published import published_keys, published_signer
from anxin.kit.crypto.ring import Tampered
from anxin.kit.crypto.sealing import (
    blind_index,
    blind_indexes,
    head,
    hmac_sign,
    key_for,
    same,
    seal,
    sha256,
    signed_by_us,
    signed_under,
    signer,
    signing_keys,
    unseal,
)
from anxin.kit.crypto.tokens import read_token, sign_token

__all__ = [
    "Tampered", "blind_index", "blind_indexes", "head", "hmac_sign", "key_for", "published_keys", "published_signer",
    "read_token", "same", "seal", "sha256", "sign_token", "signed_by_us", "signed_under", "signer",
    "signing_keys", "unseal",
]  # fmt: skip
