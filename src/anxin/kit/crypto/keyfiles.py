"""The register of key files: what lies outside the database, in no backup, and goes with every export of keys.

A new key file is named here or it cannot be made: make() is the one way. Whatever else lies below ANXIN_HOME/keys is
taken along too, and so are the published halves of every signing key this house has had, by which signatures of an
earlier key remain checkable.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from django.conf import settings

from anxin.kit.once import write_once


@dataclass(frozen=True)
class KeyFile:
    """One key file. setting: names its path; empty = its name below ANXIN_HOME/keys. replaceable: a new house makes
    its own, and nothing kept depends on the old one."""

    name: str
    setting: str
    opens: str
    lost: str
    replaceable: bool = False


REGISTER = {
    one.name: one
    for one in (
        KeyFile("ring.json", "ANXIN_KEY_RING", "sealed columns, contracts, uploads, seals of organisations",
                "personal data and contracts are gone for ever"),
        KeyFile("audit.pem", "ANXIN_AUDIT_KEY", "nothing; signs the seals of the audit trail",
                "old seals remain checkable by the published half; new ones bear a new key"),
        KeyFile("backup.key", "ANXIN_BACKUP_KEY", "every backup", "no backup can be read"),
        KeyFile("secret", "", "sessions", "everybody signs in again", replaceable=True),
    )
}  # fmt: skip
# The keys of a real payment channel lie where the operator put them; exported under these names.
CHANNEL = {f"channel-{name}": name for name in ("key", "apiv3_key", "platform_key")}
PUBLISHED = "published"
# Locks, and drafts that a process left behind.
_PASSING = re.compile(r"\.lock$|\.\d+(\.[0-9a-f]{8})?$")


def make(name: str, content: bytes) -> Path:
    """Have the registered key file, written once; where it is."""
    file = place(REGISTER[name].name)
    write_once(file, content)
    return file


def folder() -> Path:
    return Path(settings.ANXIN_HOME) / "keys"


def place(name: str) -> Path:
    """Where the file of this name belongs in this house. ValueError for a name that leads elsewhere."""
    one = REGISTER.get(name)
    if one and one.setting:
        return Path(getattr(settings, one.setting))
    if name in CHANNEL and (given := settings.ANXIN_WECHATPAY.get(CHANNEL[name])):
        return Path(given)
    parts = PurePosixPath(name).parts
    if not parts or any(part in ("..", "/") or "\\" in part for part in parts):
        raise ValueError(name)
    if parts[0] == PUBLISHED:
        return Path(settings.ANXIN_ANCHORS).joinpath(*parts[1:])
    return folder().joinpath(*parts)


def present() -> dict[str, Path]:
    """Every key file that this house has, by its name in an export."""
    found = {name: place(name) for name in (*REGISTER, *CHANNEL) if place(name).is_file()}
    known = {file.resolve() for file in found.values()}
    for file in sorted(folder().rglob("*")):
        name = file.relative_to(folder()).as_posix()
        hidden = any(part.startswith(".") for part in PurePosixPath(name).parts)
        if file.is_file() and not hidden and not _PASSING.search(name) and file.resolve() not in known:
            found[name] = file
    for file in sorted(Path(settings.ANXIN_ANCHORS).glob("*.pub.pem")):
        found[f"{PUBLISHED}/{file.name}"] = file
    return found
