"""The bytes of uploads on disk: sealed, named by the hash of what they hold, in folders of two hex digits each."""

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from anxin.kit.crypto import seal, unseal


class Missing(Exception):
    """The bytes of a known file are not on this disk."""


def root() -> Path:
    """The folder of all uploads."""
    return Path(settings.ANXIN_FILES)


def _path(sha256: str) -> Path:
    return root() / sha256[:2] / sha256[2:4] / sha256


def _context(sha256: str) -> str:
    return f"files.blob:{sha256}"


def put(sha256: str, content: bytes) -> None:
    """Keep `content`; the same content is kept once. A crash leaves the whole file or none."""
    path = _path(sha256)
    if path.exists():
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        _write(draft, content, sha256)
        draft.replace(path)
    except OSError:
        # On a full disk a half would take the room that is lacking.
        draft.unlink(missing_ok=True)
        raise


def _write(draft: Path, content: bytes, sha256: str) -> None:
    with draft.open("xb") as out:
        out.write(seal(content, _context(sha256)))
        out.flush()
        os.fsync(out.fileno())


def get(sha256: str) -> bytes:
    """The content again. Raises Missing, and crypto.Tampered when the disk was changed behind our back."""
    try:
        sealed = _path(sha256).read_bytes()
    except FileNotFoundError as error:
        raise Missing(sha256) from error
    return unseal(sealed, _context(sha256))


def sealed_files() -> Iterator[tuple[str, bytes]]:
    """The hash of each file on disk, and the head that its content was sealed under."""
    for path in root().glob("??/??/*"):
        if "." not in path.name:
            try:
                with path.open("rb") as file:
                    start = file.read(2)
                    yield path.name, start + file.read(start[1])
            except (FileNotFoundError, IndexError):
                continue


def sealed_heads() -> Counter[bytes]:
    """How many files were sealed under which head."""
    return Counter(start for _, start in sealed_files())


def reseal(sha256: str) -> bool:
    """Seal one file anew under the current key, in its place. False if it is gone. Raises crypto.Tampered."""
    path = _path(sha256)
    try:
        content = get(sha256)
    except Missing:
        return False
    draft = path.with_name(f"{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    _write(draft, content, sha256)
    times = path.stat().st_mtime_ns
    os.utime(draft, ns=(times, times))
    draft.replace(path)
    return True


def hashes_before(moment: float) -> list[str]:
    """Hashes on disk that were last written before `moment` (seconds since the epoch)."""
    found = root().glob("??/??/*")
    return [path.name for path in found if path.stat().st_mtime < moment]


def drop(sha256: str) -> None:
    """Remove content that no file refers to."""
    _path(sha256).unlink(missing_ok=True)
