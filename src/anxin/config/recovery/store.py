"""Where backups go. A store keeps named streams; it is trusted with nothing but keeping them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from django.conf import settings

from anxin.config.recovery import RecoveryTrouble

PIECE = 1 << 20


class Absent(RecoveryTrouble):
    """The store has nothing of this name."""


@dataclass(frozen=True, slots=True)
class Written:
    """What was stored: bytes and SHA-256 (hex) of the stored form."""

    size: int
    sha256: str


class Store(Protocol):
    """A place for streams. A stream is there whole or not at all."""

    def put(self, name: str, chunks: Iterable[bytes]) -> Written: ...

    def get(self, name: str) -> Iterator[bytes]: ...

    def names(self, prefix: str = "") -> list[str]: ...

    def delete(self, name: str) -> None: ...


class Folder:
    """A store in a folder, for a disk of another machine that is mounted here."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def __str__(self) -> str:
        return str(self.root)

    def put(self, name: str, chunks: Iterable[bytes]) -> Written:
        file = self._file(name)
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = file.with_name(f".{file.name}.{os.getpid()}")
        digest, size = hashlib.sha256(), 0
        try:
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
                for chunk in chunks:
                    out.write(chunk)
                    digest.update(chunk)
                    size += len(chunk)
                out.flush()
                os.fsync(out.fileno())
            draft.replace(file)
        except OSError as error:
            raise RecoveryTrouble(
                f"The backup cannot be written to {self.root}: {error.strerror}."
            ) from error
        finally:
            draft.unlink(missing_ok=True)
        folder = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return Written(size, digest.hexdigest())

    def get(self, name: str) -> Iterator[bytes]:
        try:
            file = self._file(name).open("rb")
        except FileNotFoundError as error:
            raise Absent(f"{name} is not in {self.root}.") from error
        with file:
            while chunk := file.read(PIECE):
                yield chunk

    def names(self, prefix: str = "") -> list[str]:
        files = (file for file in self.root.rglob("*") if file.is_file() and not file.name.startswith("."))
        found = (file.relative_to(self.root).as_posix() for file in files)
        return sorted(name for name in found if name.startswith(prefix))

    def delete(self, name: str) -> None:
        self._file(name).unlink(missing_ok=True)

    def _file(self, name: str) -> Path:
        file = (self.root / name).resolve()
        if not file.is_relative_to(self.root.resolve()):
            raise RecoveryTrouble(f"{name!r} leads out of the store.")
        return file


def open_store(address: str = "") -> Store:
    """The store at an address, the operator's own (ANXIN_BACKUP_TO) if none is given: a folder, or s3://bucket/prefix."""
    address = address or settings.ANXIN_BACKUP_TO
    if address.startswith("s3://"):
        from anxin.config.recovery.s3 import S3

        bucket, _, prefix = address.removeprefix("s3://").partition("/")
        return S3(bucket, prefix, **settings.ANXIN_BACKUP_S3)
    return Folder(Path(address).absolute())
