"""The key ring: a JSON file outside the database, read again as soon as it changes.

    {"current": "k2",            what new values are sealed and signed with
     "index": ["k2", "k1"],      keyed hashes are written with the first and looked up with all
     "rotating": {...},          what a rotation has still to do (anxin.config.keys)
     "keys": {"k1": {"secret": base64, "made_at": ISO}, "k2": {"wrapped": "vault:v1:…", "made_at": ISO},
              "k0": {"retired_at": ISO, "signs": {purpose: secret}}}}

A secret is 32 bytes, plain in a file that only its owner reads, or wrapped by the key management service that
ANXIN_KMS_URL names: then the file alone opens nothing. A retired key keeps only what checks its old signatures.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import secrets
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from anxin.kit.crypto import keyfiles, kms

FIRST = "k1"


class Tampered(Exception):
    """A ciphertext or token does not belong here, was changed, or has run out."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key. secret: None once retired; signs: per purpose, what still checks signatures of a retired key."""

    name: str
    secret: bytes | None
    made_at: str = ""
    retired_at: str = ""
    wrapped: bool = False
    signs: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ring:
    """The ring as read."""

    current: str
    index: tuple[str, ...]
    keys: Mapping[str, Key]
    rotating: Mapping[str, Any] | None = None

    def secret(self, name: str) -> bytes:
        """The secret of a key. Raises Tampered if there is none of that name."""
        key = self.keys.get(name)
        if key is None or key.secret is None:
            raise Tampered(f"the key ring has no key {name!r}")
        return key.secret


def path() -> Path:
    """Where the ring is kept."""
    return Path(settings.ANXIN_KEY_RING)


def ring() -> Ring:
    """The ring of now; made with a first key if there is none.

    The file is asked for its age each time (a microsecond), so every process uses a new key as soon as it stands.
    """
    file = os.fspath(settings.ANXIN_KEY_RING)
    try:
        seen = os.stat(file)
    except FileNotFoundError:
        _make()
        seen = os.stat(file)
    return _read(file, seen.st_mtime_ns, seen.st_ino, seen.st_size)


@lru_cache(maxsize=4)
def _read(file: str, changed: int, inode: int, size: int) -> Ring:
    return parse(json.loads(Path(file).read_text()))


def parse(stored: Mapping[str, Any]) -> Ring:
    """A stored ring, of the first form ({"current", "keys": {name: base64}}) or the present one."""
    keys = {name: _key(name, entry) for name, entry in stored["keys"].items()}
    index = tuple(stored.get("index") or [min(keys, key=order)])
    return Ring(stored["current"], index, keys, stored.get("rotating"))


def order(name: str) -> tuple[int, str]:
    """Sorts k2 before k10."""
    digits = name.lstrip("k")
    return (int(digits) if digits.isdigit() else 0, name)


def change(edit: Callable[[dict[str, Any]], None]) -> Ring:
    """Let `edit` change the stored ring, one process at a time; readers see the old file or the new, whole."""
    ring()
    file = path()
    with _locked(file):
        stored = _present_form(json.loads(file.read_text()))
        edit(stored)
        parse(stored)  # A ring that cannot be read is never written.
        draft = file.with_name(f"{file.name}.{os.getpid()}")
        draft.unlink(missing_ok=True)
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            json.dump(stored, out, indent=1)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(file)
    return ring()


def new_secret(name: str) -> dict[str, str]:
    """The stored form of a new random secret."""
    return stored_secret(name, secrets.token_bytes(32))


def stored_secret(name: str, secret: bytes) -> dict[str, str]:
    """How a secret is stored: wrapped where a key management service is named, else plain."""
    if settings.ANXIN_KMS_URL:
        return {"wrapped": kms.wrap(secret, _bound_to(name))}
    return {"secret": base64.b64encode(secret).decode()}


def _present_form(stored: dict[str, Any]) -> dict[str, Any]:
    for name, entry in stored["keys"].items():
        if isinstance(entry, str):
            stored["keys"][name] = {"secret": entry}
    stored.setdefault("index", list(parse(stored).index))
    return stored


def _key(name: str, entry: Any) -> Key:
    if isinstance(entry, str):
        return Key(name, base64.b64decode(entry))
    signs = {purpose: _secret(f"{name}.{purpose}", one) for purpose, one in entry.get("signs", {}).items()}
    retired = entry.get("retired_at", "")
    secret = None if retired else _secret(name, entry)
    return Key(name, secret, entry.get("made_at", ""), retired, "wrapped" in entry, signs)


def _secret(name: str, entry: Mapping[str, str]) -> bytes:
    if "wrapped" in entry:
        return _unwrapped(entry["wrapped"], _bound_to(name))
    return base64.b64decode(entry["secret"])


@lru_cache(maxsize=64)
def _unwrapped(wrapped: str, bound_to: str) -> bytes:
    return kms.unwrap(wrapped, bound_to)


def _bound_to(name: str) -> str:
    return f"anxin-ring:{name}"


def _make() -> None:
    first = {"current": FIRST, "index": [FIRST], "keys": {FIRST: new_secret(FIRST)}}
    keyfiles.make("ring.json", json.dumps(first).encode())


@contextmanager
def _locked(file: Path) -> Any:
    with file.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
