"""Uploads that come in parts: each part sealed on disk as it arrives, what is known of the whole beside them.

Nothing here is in the database: an upload that nobody finishes leaves no trace but a folder, which the sweep removes.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from uuid import UUID

from anxin.files.adapters.disk import root
from anxin.kit.crypto import Tampered, seal, unseal


@dataclass(frozen=True)
class Partial:
    """An upload on its way. `length` and `offset` in bytes, `expires_at` in seconds since the epoch."""

    id: str
    person_id: str
    kind: str
    name: str
    length: int
    offset: int
    expires_at: float


def _folder(upload_id: UUID | str) -> Path:
    return root() / "uploads" / str(upload_id)


def begin(partial: Partial) -> None:
    """Make room for an upload."""
    _folder(partial.id).mkdir(mode=0o700, parents=True)
    _note(partial)


@contextmanager
def held(upload_id: UUID) -> Iterator[Partial | None]:
    """The upload, with everybody else kept waiting; None if there is none."""
    try:
        lock = (_folder(upload_id) / "lock").open("w")
    except FileNotFoundError:
        yield None
        return
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield look(upload_id)


def look(upload_id: UUID) -> Partial | None:
    """What is known of an upload; None if there is none."""
    try:
        sealed = (_folder(upload_id) / "state").read_bytes()
        return Partial(**json.loads(unseal(sealed, f"files.upload:{upload_id}")))
    except (FileNotFoundError, Tampered):
        return None


def add(partial: Partial, content: bytes) -> Partial:
    """Keep the next part; it is on the disk when this returns. Call it while the upload is held."""
    _put(
        _folder(partial.id) / f"{partial.offset:012d}.part",
        content,
        f"files.part:{partial.id}:{partial.offset}",
    )
    grown = replace(partial, offset=partial.offset + len(content))
    _note(grown)
    return grown


def content(partial: Partial) -> bytes:
    """All parts together. Raises Tampered when the disk was changed behind our back."""
    found, offset = [], 0
    while offset < partial.offset:
        sealed = (_folder(partial.id) / f"{offset:012d}.part").read_bytes()
        found.append(unseal(sealed, f"files.part:{partial.id}:{offset}"))
        offset += len(found[-1])
    return b"".join(found)


def drop(upload_id: UUID | str) -> None:
    """Remove an upload and its parts."""
    shutil.rmtree(_folder(upload_id), ignore_errors=True)


def expired(moment: float) -> list[str]:
    """Uploads whose time ran out before `moment`, and folders that hold none."""
    found = []
    for folder in (root() / "uploads").glob("*"):
        known = look(UUID(folder.name))
        if known.expires_at < moment if known else folder.stat().st_mtime < moment - 3600:
            found.append(folder.name)
    return found


def count_of(person_id: str) -> int:
    """How many uploads of a person are on their way."""
    every = (look(UUID(folder.name)) for folder in (root() / "uploads").glob("*"))
    return sum(1 for one in every if one and one.person_id == person_id)


def _note(partial: Partial) -> None:
    _put(_folder(partial.id) / "state", json.dumps(asdict(partial)).encode(), f"files.upload:{partial.id}")


def _put(path: Path, plain: bytes, context: str) -> None:
    draft = path.with_name(f".{path.name}.{os.urandom(4).hex()}")
    with draft.open("xb") as out:
        out.write(seal(plain, context))
        out.flush()
        os.fsync(out.fileno())
    draft.replace(path)
