"""One backup: the cluster, the uploads, and a mark at which it is known what the database held."""

from __future__ import annotations

import io
import sys
import tarfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.conf import settings

from anxin.config.keys import census
from anxin.config.recovery import manifest as manifests
from anxin.config.recovery import wal
from anxin.config.recovery.manifest import Manifest
from anxin.config.recovery.source import Source, output
from anxin.config.recovery.store import Store, Written
from anxin.config.recovery.stream import pack
from anxin.config.recovery.survey import mark
from anxin.kit import clock

Say = Callable[[str], None]


def silent(text: str) -> None:
    """Nothing is said."""


def take(source: Source, store: Store, key: bytes, *, at: datetime, say: Say = silent) -> Manifest:
    """Back up `source` into `store`. Returns the manifest; until it is written there is no backup."""
    backup = at.strftime("%Y%m%dT%H%M%SZ")
    root = f"{source.system}/base/{backup}"
    parts: dict[str, Written] = {}
    with _log_kept(source, backup):
        first = wal.segment_now(source)
        say("copying the cluster")
        name = f"{root}/cluster"
        parts["cluster"] = store.put(name, pack(_cluster(source, backup), key, name))
    # Bytes are on disk before the row that names them: taken after the cluster, no row of it lacks its file.
    say("copying uploads")
    uploads, taken_at = _uploads(), clock.now()
    name = f"{root}/files"
    parts["files"] = store.put(name, pack(tar(uploads), key, name))
    say("marking the state and counting what is in it")
    marked = mark(source.address, f"anxin {backup}")
    keys = sorted(census.needed())
    say("waiting for the log up to the mark")
    last = wal.ship_now(source, store, key)
    made = Manifest(
        id=backup, system=source.system, version=source.version, database=source.database, owner=source.owner,
        role=source.role, embedded=source.embedded, began_at=at, ended_at=clock.now(), first_segment=first,
        mark_segment=last, mark=marked, keys=keys, files=len(uploads), parts=parts,
    )  # fmt: skip
    wal.remember_uploads(source, taken_at)
    manifests.write(store, key, made)
    return made


@contextmanager
def _log_kept(source: Source, backup: str) -> Iterator[None]:
    """Hold a slot, so that the server keeps the log of the copy until the copy has it. It ends with the connection."""
    with source.connect() as server:
        server.execute(
            "SELECT pg_create_physical_replication_slot(%s, true, true)", [f"anxin_backup_{backup.lower()}"]
        )
        yield


def _cluster(source: Source, backup: str) -> Iterator[bytes]:
    return output(
        source, "pg_basebackup", "--pgdata=-", "--format=tar", "--wal-method=fetch", "--checkpoint=fast",
        "--manifest-checksums=SHA256", f"--label=anxin {backup}",
    )  # fmt: skip


def _uploads() -> list[Path]:
    root = Path(settings.ANXIN_FILES)
    return [path for path in sorted(root.glob("??/??/*")) if "." not in path.name]


def tar(files: Iterable[Path]) -> Iterator[bytes]:
    """A tar of uploads, their names relative to their folder. What is removed meanwhile is left out."""
    root = Path(settings.ANXIN_FILES)
    for path in files:
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            continue
        entry = tarfile.TarInfo(path.relative_to(root).as_posix())
        entry.size, entry.mode = len(content), 0o600
        entry.mtime = int(path.stat().st_mtime) if path.exists() else 0
        yield entry.tobuf(tarfile.PAX_FORMAT) + content + bytes(-len(content) % tarfile.BLOCKSIZE)
    yield bytes(2 * tarfile.BLOCKSIZE)


def untar(chunks: Iterable[bytes], into: Path) -> int:
    """Unpack a tar of uploads or of a cluster below `into`; nothing lands outside. Returns how many files."""
    count = 0
    with tarfile.open(fileobj=_Pipe(chunks), mode="r|") as archive:
        # What it would look at is looked at here: Python before 3.11.4 knows no filters.
        archive.extraction_filter = lambda entry, _into: entry
        for entry in archive:
            below = (into / entry.name).resolve().is_relative_to(into.resolve())
            if not below or not (entry.isfile() or entry.isdir()):
                raise tarfile.ExtractError(f"not a file or folder of a backup: {entry.name}")
            archive.extract(entry, into, set_attrs=False)
            (into / entry.name).chmod(entry.mode & 0o700)
            count += entry.isfile()
    return count


class _Pipe(io.RawIOBase):
    """An iterator of bytes as a file that is read once."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks, self._kept, self._at = iter(chunks), b"", 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        pieces, wanted = list[bytes](), size if size >= 0 else sys.maxsize
        while wanted:
            if self._at == len(self._kept):
                self._kept, self._at = next(self._chunks, b""), 0
                if not self._kept:
                    break
            piece = self._kept[self._at : self._at + wanted]
            pieces.append(piece)
            self._at += len(piece)
            wanted -= len(piece)
        return b"".join(pieces)
