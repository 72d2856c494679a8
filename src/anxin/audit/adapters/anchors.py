"""Anchors: what was sealed, in a file outside the database, one signed line a seal.

A chain rewritten in the database does not match them, and one cut short leaves anchors over. Copy the folder to
another machine, or to paper, as often as you like: `anxin audit verify --anchors FOLDER` holds the trail against it.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

FIELDS = ("seal", "from_xact", "below_xact", "count", "previous", "digest", "at", "signature")
STAMPS = "stamps.jsonl"
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


def line(anchor: Anchor) -> bytes:
    """An anchor as it is written, without the line's end: what a time-stamp is over."""
    return json.dumps(anchor, sort_keys=True, separators=(",", ":")).encode()


def stamps(where: Path | None = None) -> list[tuple[int, bytes]]:
    """Every time-stamp, oldest first: the number of the seal whose anchor it is over, and the token; 0 and nothing for
    a line that cannot be read."""
    file = (where or folder()) / STAMPS
    found = []
    for text in file.read_text("utf-8", "replace").splitlines() if file.exists() else ():
        try:
            one = json.loads(text)
            found.append((int(one["seal"]), base64.b64decode(one["token"], validate=True)))
        except (ValueError, KeyError, TypeError):
            found.append((0, b""))
    return found


def add_stamp(seal: int, token: bytes) -> None:
    """Write a time-stamp beside the anchors, whole and on the disk when this returns."""
    text = json.dumps({"seal": seal, "token": base64.b64encode(token).decode()}) + "\n"
    _append(folder() / STAMPS, text.encode())


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
        seen, newest = last(), max(where.glob("seals-*.jsonl"), default=where)
        for anchor in anchors:
            if anchor["seal"] <= seen:
                continue
            # Files are read by name, seals in their order: after a clock that ran ahead the month it showed goes on.
            newest = max(newest, where / f"seals-{anchor['at'][:7]}.jsonl")
            _append(newest, line(anchor) + b"\n")
            seen, written = anchor["seal"], written + 1
    return written


def _append(file: Path, content: bytes) -> None:
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
