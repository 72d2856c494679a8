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

FORMAT = "anxin-keys-1"
LEAST_PASSPHRASE = 12
# 128 MiB and about half a second for each guess.
COST = {"n": 2**17, "r": 8, "p": 1}
# What opens the sealed values, the sessions, the backups.
FILES = {"ring.json": "ring", "secret": "secret", "backup.key": "backup"}


def collect(ring: Path, folder: Path) -> dict[str, str]:
    """The key files of a house by name, as text. The ring may lie elsewhere than the others."""
    found = {}
    for name in FILES:
        file = ring if name == "ring.json" else folder / name
        if file.exists():
            found[name] = file.read_text()
    return found


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
    return {name: text for name, text in found.items() if name in FILES}


def put_back(keys: dict[str, str], ring: Path, folder: Path) -> list[Path]:
    """Write the key files where they are absent. Refuses to replace others (KeyTrouble, nothing written).

    A new home has a secret of its own by then; it stays, and all that ends is sessions.
    """
    places = {name: ring if name == "ring.json" else folder / name for name in keys}
    for name, file in places.items():
        if name != "secret" and file.exists() and file.read_text() != keys[name]:
            raise KeyTrouble(f"{file} exists and holds something else: move it away first.")
    written = [file for file in places.values() if not file.exists()]
    for name, file in places.items():
        if file in written:
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
                out.write(keys[name])
    return written


def _key(passphrase: str, salt: bytes, cost: dict[str, int]) -> bytes:
    return Scrypt(salt=salt, length=32, n=cost["n"], r=cost["r"], p=cost["p"]).derive(passphrase.encode())


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
