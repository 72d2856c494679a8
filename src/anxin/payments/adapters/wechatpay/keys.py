"""Whose keys: the merchant's own pair, the channel's public key, and the secret that seals notices.

For the real channel every file is named by a setting. For the simulator a full set is made at the first start
under `ANXIN_HOME/keys/wechatpay/`; the channel's private key in it is the simulator's alone.
"""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from cryptography.x509 import load_pem_x509_certificate

SIMULATED_MCHID = "1900000001"
SIMULATED_APPID = "wx0000000000000001"
SIMULATED_SECRET = "simulated"


@dataclass(frozen=True)
class Merchant:
    """Everything one merchant needs to speak with the channel."""

    mchid: str
    appid: str
    serial: str
    key: RSAPrivateKey = field(repr=False)
    apiv3_key: bytes = field(repr=False)
    platform_keys: Mapping[str, RSAPublicKey] = field(repr=False)
    """By serial: `PUB_KEY_ID_…` for the channel's public key, hexadecimal for an older platform certificate."""
    app_secret: str = field(default="", repr=False)
    """The secret of the official account `appid`; without one nobody can say who they are to WeChat."""

    def __post_init__(self) -> None:
        if len(self.apiv3_key) != 32:
            raise ValueError("the APIv3 key has 32 bytes")
        if not self.platform_keys:
            raise ValueError("without a platform key no answer can be believed")


@dataclass(frozen=True)
class Platform:
    """What the channel itself holds; only the simulator has one."""

    serial: str
    key: RSAPrivateKey = field(repr=False)
    merchant: Merchant = field(repr=False)


def read_private(path: Path) -> RSAPrivateKey:
    """The RSA private key in a PEM file."""
    key = _private(path.read_bytes())
    if not isinstance(key, RSAPrivateKey):
        raise ValueError(f"{path.name} holds no RSA private key")
    return key


@lru_cache(maxsize=8)
def _private(pem: bytes) -> PrivateKeyTypes:
    """Kept, since its primes are checked anew each time it is read."""
    return load_pem_private_key(pem, password=None)


def read_public(path: Path) -> RSAPublicKey:
    """The RSA public key in a PEM file, bare or inside a certificate."""
    pem = path.read_bytes()
    key = (
        load_pem_x509_certificate(pem).public_key()
        if b"BEGIN CERTIFICATE" in pem
        else load_pem_public_key(pem)
    )
    if not isinstance(key, RSAPublicKey):
        raise ValueError(f"{path.name} holds no RSA public key")
    return key


def configured(values: Mapping[str, str]) -> Merchant:
    """A merchant of the real channel from named settings (`mchid appid serial key apiv3_key platform_serial
    platform_key`; the last three keys and `key` are paths). Raises `ValueError` naming what is missing."""
    wanted = ("mchid", "appid", "serial", "key", "apiv3_key", "platform_serial", "platform_key")
    missing = [name for name in wanted if not values.get(name)]
    if missing:
        raise ValueError("WeChat Pay lacks: " + ", ".join(missing))
    return Merchant(
        mchid=values["mchid"],
        appid=values["appid"],
        serial=values["serial"],
        key=read_private(Path(values["key"])),
        apiv3_key=Path(values["apiv3_key"]).read_bytes().strip(),
        platform_keys={values["platform_serial"]: read_public(Path(values["platform_key"]))},
        app_secret=values.get("app_secret", ""),
    )


def simulated(folder: Path) -> Platform:
    """The simulator's keys and its one merchant, made if `folder` does not exist yet."""
    if not folder.exists():
        _make(folder)
    key = read_private(folder / "platform_key.pem")
    serial = (folder / "platform_serial").read_text().strip()
    merchant = Merchant(
        mchid=SIMULATED_MCHID,
        appid=SIMULATED_APPID,
        serial=(folder / "merchant_serial").read_text().strip(),
        key=read_private(folder / "merchant_key.pem"),
        apiv3_key=(folder / "apiv3_key").read_bytes(),
        platform_keys={serial: read_public(folder / "platform_public.pem")},
        app_secret=SIMULATED_SECRET,
    )
    return Platform(serial=serial, key=key, merchant=merchant)


def _make(folder: Path) -> None:
    # Web server, worker and simulator may all start for the first time at once: whoever renames first wins.
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=".wechatpay-", dir=folder.parent))
    try:
        platform = generate_private_key(public_exponent=65537, key_size=2048)
        merchant = generate_private_key(public_exponent=65537, key_size=2048)
        public = platform.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789"
        secret = "".join(secrets.choice(alphabet) for _ in range(32))
        for name, content in {
            "platform_key.pem": _pem(platform),
            "platform_public.pem": public,
            "platform_serial": f"PUB_KEY_ID_{secrets.token_hex(16).upper()}".encode(),
            "merchant_key.pem": _pem(merchant),
            "merchant_serial": secrets.token_hex(20).upper().encode(),
            "apiv3_key": secret.encode(),
        }.items():
            target = made / name
            target.touch(mode=0o600)
            target.write_bytes(content)
        try:
            os.rename(made, folder)
        except OSError:
            if not folder.exists():
                raise
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _pem(key: RSAPrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
