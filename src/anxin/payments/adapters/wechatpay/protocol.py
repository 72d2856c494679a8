"""The words of WeChat Pay API v3: what is signed, how, and how a notice is sealed.

Plain functions over bytes. Nothing here knows a trade, a database or the network, so that an independent
implementation can be held against it (`tests/payments/test_wechatpay_protocol.py`).
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256

SCHEME = "WECHATPAY2-SHA256-RSA2048"
SEAL = "AEAD_AES_256_GCM"
MAX_AGE_SECONDS = 300
"""A signature older (or further in the future) than this is a replay; the channel retries with a fresh one."""

OUT_TRADE_NO = re.compile(r"[0-9A-Za-z_\-|*]{6,32}")


class Forged(Exception):
    """A signature, a seal or a time stamp that is not what the channel would have made."""


@dataclass(frozen=True)
class Authorization:
    """The five fields of an `Authorization` header."""

    mchid: str
    nonce: str
    signature: str
    timestamp: str
    serial: str


def request_message(method: str, target: str, timestamp: str, nonce: str, body: bytes) -> bytes:
    """What a merchant signs. `target` is the path with its query, exactly as sent."""
    return f"{method}\n{target}\n{timestamp}\n{nonce}\n".encode() + body + b"\n"


def answer_message(timestamp: str, nonce: str, body: bytes) -> bytes:
    """What the channel signs: its answers and its notices, over the raw body."""
    return f"{timestamp}\n{nonce}\n".encode() + body + b"\n"


def sign(key: RSAPrivateKey, message: bytes) -> str:
    """RSA-SHA256 with PKCS#1 v1.5, in Base64."""
    return base64.b64encode(key.sign(message, PKCS1v15(), SHA256())).decode()


def verify(key: RSAPublicKey, message: bytes, signature: str) -> bool:
    """True when the Base64 `signature` over `message` was made by the owner of `key`."""
    try:
        key.verify(base64.b64decode(signature, validate=True), message, PKCS1v15(), SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def authorization(
    key: RSAPrivateKey,
    *,
    mchid: str,
    serial: str,
    method: str,
    target: str,
    timestamp: str,
    nonce: str,
    body: bytes,
) -> str:
    """The value of the `Authorization` header of one request."""
    signature = sign(key, request_message(method, target, timestamp, nonce, body))
    return (
        f'{SCHEME} mchid="{mchid}",nonce_str="{nonce}",signature="{signature}",'
        f'timestamp="{timestamp}",serial_no="{serial}"'
    )


def parse_authorization(header: str) -> Authorization:
    """Read an `Authorization` header; raises `Forged` when it is not of this scheme or lacks a field."""
    scheme, _, rest = header.partition(" ")
    fields = dict(re.findall(r'(\w+)="([^"]*)"', rest))
    try:
        if scheme != SCHEME:
            raise KeyError(scheme)
        return Authorization(
            fields["mchid"],
            fields["nonce_str"],
            fields["signature"],
            fields["timestamp"],
            fields["serial_no"],
        )
    except KeyError as missing:
        raise Forged(f"authorization: {missing}") from None


def fresh(timestamp: str, now: float) -> bool:
    """True when `timestamp` (seconds, decimal) lies within five minutes of `now`."""
    whole = timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12
    return whole and abs(now - int(timestamp)) <= MAX_AGE_SECONDS


def seal(apiv3_key: bytes, plain: bytes, *, nonce: str, associated_data: str) -> str:
    """AES-256-GCM, ciphertext followed by its tag, in Base64."""
    sealed = AESGCM(apiv3_key).encrypt(nonce.encode(), plain, associated_data.encode())
    return base64.b64encode(sealed).decode()


def unseal(apiv3_key: bytes, ciphertext: str, *, nonce: str, associated_data: str) -> bytes:
    """Open what `seal` closed; raises `Forged` when key, nonce, associated data or a single bit differ."""
    try:
        sealed = base64.b64decode(ciphertext, validate=True)
        return AESGCM(apiv3_key).decrypt(nonce.encode(), sealed, associated_data.encode())
    except (InvalidTag, binascii.Error, ValueError):
        raise Forged("resource does not open") from None
