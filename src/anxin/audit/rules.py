"""How entries are hashed and chained. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

GENESIS = "0" * 64


def canonical(row: dict[str, Any]) -> bytes:
    """One entry as bytes: every column, keys sorted, times as ISO 8601 in UTC."""
    return json.dumps(row, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str).encode()


MARKED = (
    "action", "at", "by_person", "by_organisation", "by_post", "channel", "address", "request_id", "subject",
    "subject_id", "detail",
)  # fmt: skip


def marked(row: dict[str, Any]) -> bytes:
    """What an entry's mark is made over: every column that the writer gives. Times as in `canonical`."""
    plain = {name: row[name] for name in MARKED}
    plain["detail"] = json.loads(json.dumps(row["detail"], default=str))
    return canonical(plain)


def digest(previous: str, from_xact: int, below_xact: int, rows: Iterable[dict[str, Any]]) -> tuple[str, int]:
    """Hex SHA-256 over the seal before, the bounds and each entry in order of id; and how many there were."""
    running = hashlib.sha256(f"{previous}:{from_xact}:{below_xact}".encode())
    count = 0
    for row in rows:
        line = canonical(row)
        running.update(len(line).to_bytes(4, "big"))
        running.update(line)
        count += 1
    return running.hexdigest(), count
