"""Archived entries: sealed batches past their time in the database, as they were hashed, one line each."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings


class Missing(Exception):
    """An archive is not where it belongs."""


def path_of(name: str) -> Path:
    """Where an archive lies."""
    return Path(settings.ANXIN_HOME) / "archive" / "audit" / name


def write(name: str, lines: Iterable[bytes]) -> str:
    """Keep the lines as a file that is on the disk when this returns. Gives its SHA-256 in hex."""
    file = path_of(name)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_name(f".{name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            with gzip.GzipFile(filename="", mode="wb", fileobj=out, mtime=0) as packed:
                for line in lines:
                    packed.write(line + b"\n")
            out.flush()
            os.fsync(out.fileno())
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
    return digest(name)


def digest(name: str) -> str:
    """SHA-256 of the file, in hex. Raises Missing."""
    try:
        with path_of(name).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError as error:
        raise Missing(name) from error


def rows(name: str) -> Iterator[dict[str, Any]]:
    """The entries again, in the order in which they were sealed. Raises Missing."""
    try:
        with gzip.open(path_of(name), "rt", encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)
    except FileNotFoundError as error:
        raise Missing(name) from error
