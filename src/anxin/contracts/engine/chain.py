"""The evidence chain of one contract: each entry carries the hash of the one before it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

START = "0" * 64


@dataclass(frozen=True, slots=True)
class Link:
    """One entry as it is hashed. `position` counts from 1; `detail` is JSON of plain values."""

    contract: str
    position: int
    kind: str
    at: datetime
    by: str
    detail: Mapping[str, Any]
    previous: str
    hash: str = ""


def seal(link: Link) -> str:
    """SHA-256, hexadecimal, over the canonical JSON of everything but the hash itself."""
    at = link.at.astimezone(UTC).isoformat(timespec="microseconds")
    words = json.dumps(
        [link.previous, link.contract, link.position, link.kind, at, link.by, link.detail],
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    return sha256(words.encode()).hexdigest()


def first_fault(links: Iterable[Link]) -> int | None:
    """The position of the first entry that is missing, moved or changed; None when the chain holds."""
    previous = START
    for position, link in enumerate(links, 1):
        if link.position != position or link.previous != previous or link.hash != seal(link):
            return position
        previous = link.hash
    return None
