"""Anchors: what was sealed, in a file outside the database, one signed line a seal.

A chain rewritten in the database does not match them, and one cut short leaves anchors over. Copy the folder to
another machine, or to paper, as often as you like: `anxin audit verify --anchors FOLDER` holds the trail against it.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

FIELDS = ("seal", "from_xact", "below_xact", "count", "previous", "digest", "at", "signature")
Anchor = dict[str, Any]


def folder() -> Path:
    """Where anchors of this very database are kept: one made anew under the same name has its own."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname, oid FROM pg_database WHERE datname = current_database()")
        name, number = cursor.fetchone()
    return Path(settings.ANXIN_ANCHORS) / f"{name}-{number}"


def read(where: Path | None = None) -> Iterator[Anchor]:
    """Every anchor, in the order of writing. A line that cannot be read comes as {"unreadable": where}."""
    for file in sorted((where or folder()).glob("seals-*.jsonl")):
        with file.open(encoding="utf-8", errors="replace") as lines:
            for number, line in enumerate(lines, 1):
                try:
                    found = json.loads(line)
                    yield {name: found[name] for name in FIELDS}
                except (ValueError, KeyError, TypeError):
                    yield {"unreadable": f"{file.name} line {number}"}


def last() -> int:
    """The number of the last seal that was anchored; 0 for none."""
    newest = 0
    for file in sorted(folder().glob("seals-*.jsonl"), reverse=True)[:1]:
        for line in file.read_bytes().splitlines():
            try:
                newest = max(newest, int(json.loads(line)["seal"]))
            except (ValueError, KeyError, TypeError):
                continue
    return newest


def add(anchors: Iterable[Anchor]) -> int:
    """Write the anchors that are not there yet, whole and on the disk when this returns; how many were written."""
    where, written = folder(), 0
    where.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (where / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        seen = last()
        for anchor in anchors:
            if anchor["seal"] <= seen:
                continue
            file = where / f"seals-{anchor['at'][:7]}.jsonl"
            line = json.dumps(anchor, sort_keys=True, separators=(",", ":")) + "\n"
            with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as out:
                out.write(line.encode())
                out.flush()
                os.fsync(out.fileno())
            seen, written = anchor["seal"], written + 1
    return written
