"""What a backup says of itself. It lies in the store as a stream like the rest, so it cannot be forged either."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from anxin.config.recovery.store import Store, Written
from anxin.config.recovery.stream import pack, unpack
from anxin.config.recovery.survey import Figures, Mark

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Manifest:
    """One backup of the cluster `system`.

    first_segment, mark_segment: the log that is needed to bring it to its mark. figures: what the product's database
    held at the mark. keys: the names of the ring's keys that sealed something in it.
    """

    id: str
    system: str
    version: int
    database: str
    owner: str
    role: str
    embedded: bool
    began_at: datetime
    ended_at: datetime
    first_segment: str
    mark_segment: str
    mark: Mark
    keys: list[str]
    files: int
    parts: dict[str, Written] = field(default_factory=dict)
    format: int = FORMAT

    @property
    def root(self) -> str:
        return f"{self.system}/base/{self.id}"

    def is_before(self, uploads: str) -> bool:
        """Whether uploads of that name ("20260701T120000.500000Z") were carried after this backup had begun."""
        # The backup's own name has no fraction of a second, and "." sorts before "Z".
        return uploads >= self.id.removesuffix("Z")

    @property
    def took(self) -> timedelta:
        return self.ended_at - self.began_at

    @property
    def stored_bytes(self) -> int:
        return sum(part.size for part in self.parts.values())

    @property
    def figures(self) -> Figures:
        return self.mark.figures


def write(store: Store, key: bytes, manifest: Manifest) -> None:
    """Store the manifest: from now on the backup is there."""
    name = f"{manifest.root}/manifest"
    text = json.dumps(asdict(manifest), default=lambda value: value.isoformat())
    store.put(name, pack([text.encode()], key, name))


def read(store: Store, key: bytes, name: str) -> Manifest:
    """A manifest by its name in the store. Raises Damaged."""
    stored = json.loads(b"".join(unpack(store.get(name), key, name)))
    mark = stored["mark"]
    figures = {table: (rows, total) for table, (rows, total) in mark["figures"].items()}
    times = {one: datetime.fromisoformat(stored[one]) for one in ("began_at", "ended_at")}
    parts = {one: Written(**part) for one, part in stored["parts"].items()}
    marked = Mark(mark["name"], mark["lsn"], datetime.fromisoformat(mark["at"]), figures)
    return Manifest(**{**stored, **times, "mark": marked, "parts": parts})


def ids(store: Store) -> list[str]:
    """The names of all manifests in the store, oldest first."""
    return sorted((n for n in store.names() if _is_manifest(n)), key=lambda name: name.split("/")[2])


def all_of(store: Store, key: bytes) -> Iterator[Manifest]:
    """Every backup of the store, oldest first."""
    for name in ids(store):
        yield read(store, key, name)


def _is_manifest(name: str) -> bool:
    parts = name.split("/")
    return len(parts) == 4 and parts[1] == "base" and parts[3] == "manifest"
