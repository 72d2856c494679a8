"""How often somebody may ask: one tally for all processes, kept in an unlogged table.

Each key has one number: the moment at which its allowance is whole again. Asking moves it by the price of one
request; a request that would move it further ahead than the allowance is refused. One statement, whatever the load.
Reading is paid for in advance, several requests at once, so that a page costs no statement most of the time.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from math import ceil
from threading import Lock
from typing import Any

from django.db import connection

from anxin.audit.values import LIMITS, Limit, Traffic
from anxin.kit.crypto import blind_index

# A tally further ahead than its whole allowance and this many seconds tells of a clock that was set back.
SKEW_S = 5.0
PREPAID_S = 60.0
REMEMBERED = 20_000

_TAKE = """
INSERT INTO audit_tally AS t (key, whole_at, room)
SELECT key, %(at)s + price, room FROM unnest(%(keys)s::bytea[], %(prices)s::float8[], %(rooms)s::float8[])
  AS asked(key, price, room) ORDER BY key
ON CONFLICT (key) DO UPDATE SET room = excluded.room, whole_at = excluded.whole_at + CASE
  WHEN t.whole_at > %(at)s + t.room + %(skew)s THEN 0 ELSE greatest(t.whole_at - %(at)s, 0) END
WHERE t.whole_at > %(at)s + t.room + %(skew)s
   OR excluded.whole_at + greatest(t.whole_at - %(at)s, 0) <= %(at)s + excluded.room
RETURNING key
"""
_WAIT = """
SELECT max(t.whole_at + asked.price - asked.room - %(at)s)
FROM unnest(%(keys)s::bytea[], %(prices)s::float8[], %(rooms)s::float8[]) AS asked(key, price, room)
JOIN audit_tally t USING (key)
"""

_prepaid: dict[bytes, tuple[int, float]] = {}
_lock = Lock()


def take(traffic: Traffic, who: Sequence[tuple[str, str]], *, at: datetime) -> int:
    """Ask for one request of a kind; 0 when it may go on, else the seconds to wait.

    `who`: pairs of what is counted ("address", "person") and its name; names are kept as keyed hashes only. Kinds that
    `LIMITS` does not name are not counted.
    """
    asked: dict[bytes, Limit] = {}
    for of, name in who:
        if limit := LIMITS.get((traffic, of)):
            asked[blind_index("audit.tally", f"{traffic}:{of}:{name}")[:16]] = limit
    now = at.timestamp()
    open_keys = {key: limit for key, limit in asked.items() if not _spend(key, now)}
    return _pay(open_keys, now) if open_keys else 0


def _pay(asked: dict[bytes, Limit], now: float) -> int:
    keys = sorted(asked)
    values: dict[str, Any] = {
        "at": now,
        "keys": keys,
        "prices": [asked[key].price * asked[key].prepaid for key in keys],
        "rooms": [asked[key].room for key in keys],
        "skew": SKEW_S,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, values)
        paid = {bytes(row[0]) for row in cursor.fetchall()}
        for key in paid:
            _note(key, asked[key].prepaid - 1, now)
        if len(paid) == len(keys):
            return 0
        cursor.execute(_WAIT, values)
        return max(1, ceil(cursor.fetchone()[0] or 0))


def _spend(key: bytes, now: float) -> bool:
    with _lock:
        left, until = _prepaid.get(key, (0, 0.0))
        if left < 1 or not now - SKEW_S < until <= now + PREPAID_S + SKEW_S:
            return False
        _prepaid[key] = (left - 1, until)
        return True


def _note(key: bytes, left: int, now: float) -> None:
    if left < 1:
        return
    with _lock:
        if len(_prepaid) >= REMEMBERED:
            _prepaid.clear()
        _prepaid[key] = (left, now + PREPAID_S)


def forget_tallies(*, at: datetime) -> int:
    """Drop the tallies of those who have not asked for a while: their allowance is whole."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_tally WHERE whole_at < %s", [at.timestamp() - PREPAID_S])
        return int(cursor.rowcount)
