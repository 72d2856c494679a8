"""How entries are hashed and chained. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from operator import eq, ge, lt
from typing import Any
from uuid import UUID

GENESIS = "0" * 64


# Made once: `json.dumps` makes one for every call that asks for anything out of the ordinary.
_encode = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str).encode
_NAME, _PLAIN = {str}, {str, int, bool, type(None)}


def canonical(row: dict[str, Any]) -> bytes:
    """One entry as bytes: every column, keys sorted, times as ISO 8601 in UTC."""
    return _encode(row).encode()


MARKED = (
    "action", "at", "by_person", "by_organisation", "by_post", "channel", "address", "request_id", "subject",
    "subject_id", "detail",
)  # fmt: skip


def marked(row: dict[str, Any]) -> bytes:
    """What an entry's mark is made over: every column that the writer gives. Times as in `canonical`."""
    plain = {name: row[name] for name in MARKED}
    detail = row["detail"]
    # As it will come back from the database; what is plain comes back as it is.
    if not (_NAME.issuperset(map(type, detail)) and _PLAIN.issuperset(map(type, detail.values()))):
        plain["detail"] = json.loads(json.dumps(detail, default=str))
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


def _begins(value: str, start: str) -> bool:
    return value.startswith(start)


_LOOKUPS = {"": eq, "exact": eq, "gte": ge, "lt": lt, "startswith": _begins}


def as_written(lookups: Mapping[str, Any]) -> dict[str, Any]:
    """Lookups with their values as `canonical` writes them: times of one zone compare as text."""
    return {name: _written(value) for name, value in lookups.items()}


def _written(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return str(value) if isinstance(value, UUID) else value


def fits(row: Mapping[str, Any], lookups: Mapping[str, Any]) -> bool:
    """Whether an entry read from a file is what these lookups (`as_written`) would find in the table."""
    for name, value in lookups.items():
        column, _, how = name.partition("__")
        if row[column] is None or not _LOOKUPS[how](row[column], value):
            return False
    return True
