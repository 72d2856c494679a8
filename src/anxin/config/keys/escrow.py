"""The keys of a house under a passphrase: what a restore needs and no backup holds.

A text file: {"format": …, "kdf": {"n", "r", "p", "salt"}, "nonce", "sealed"}; scrypt and AES-256-GCM.
"""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from anxin.config.keys.rotate import KeyTrouble
from anxin.kit.crypto import keyfiles
from anxin.kit.once import write_once

FORMAT = "anxin-keys-1"
LEAST_PASSPHRASE = 12
# 128 MiB and about half a second for each guess.
COST = {"n": 2**17, "r": 8, "p": 1}


def collect() -> dict[str, str]:
    """The key files of this house by name, as text."""
    return {name: file.read_text() for name, file in keyfiles.present().items()}


def pack(keys: dict[str, str], passphrase: str) -> str:
    """The text of an export. Raises KeyTrouble for a short passphrase."""
    if len(passphrase) < LEAST_PASSPHRASE:
        raise KeyTrouble(f"The passphrase has to have {LEAST_PASSPHRASE} characters or more.")
    salt, nonce = os.urandom(16), os.urandom(12)
    sealed = AESGCM(_key(passphrase, salt, COST)).encrypt(nonce, json.dumps(keys).encode(), FORMAT.encode())
    kdf = {**COST, "salt": _text(salt)}
    return json.dumps(
        {"format": FORMAT, "kdf": kdf, "nonce": _text(nonce), "sealed": _text(sealed)}, indent=1
    )


def unpack(text: str, passphrase: str) -> dict[str, str]:
    """The key files of an export. Raises KeyTrouble."""
    try:
        stored = json.loads(text)
        kdf = stored["kdf"]
        cost = {name: int(kdf[name]) for name in COST}
        if stored["format"] != FORMAT or any(cost[name] > COST[name] for name in COST):
            raise ValueError("unknown format")
        key = _key(passphrase, base64.b64decode(kdf["salt"]), cost)
        plain = AESGCM(key).decrypt(
            base64.b64decode(stored["nonce"]), base64.b64decode(stored["sealed"]), FORMAT.encode()
        )
    except InvalidTag as error:
        raise KeyTrouble("The passphrase is wrong, or the export was changed.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise KeyTrouble("This is no export of keys.") from error
    found: dict[str, str] = json.loads(plain)
    return found


def put_back(keys: dict[str, str]) -> list[Path]:
    """Write the key files where they are absent. Refuses to replace others (KeyTrouble, nothing written).

    A new home has a secret of its own by then; it stays, and all that ends is sessions.
    """
    try:
        places = {name: keyfiles.place(name) for name in keys}
    except ValueError as error:
        raise KeyTrouble("This is no export of keys.") from error
    for name, file in places.items():
        known = keyfiles.REGISTER.get(name)
        if file.exists() and file.read_text() != keys[name] and not (known and known.replaceable):
            raise KeyTrouble(f"{file} exists and holds something else: move it away first.")
    written = [name for name, file in places.items() if not file.exists()]
    for name in written:
        write_once(places[name], keys[name].encode())
    return [places[name] for name in written]


def _key(passphrase: str, salt: bytes, cost: dict[str, int]) -> bytes:
    return Scrypt(salt=salt, length=32, n=cost["n"], r=cost["r"], p=cost["p"]).derive(passphrase.encode())


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
