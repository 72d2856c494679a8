"""From one key to the next, while everybody works on.

1. The new key stands in the ring; keyed hashes are still written with the old one, and looked up with both.
2. When nobody can be at work with the ring of before: seal, sign and hash with the new one.
3. When nobody can be at work with the ring of step 1: seal every value anew, write every hash anew.
4. Look up with the new one only. The old key stays until it is retired.

The ring remembers how far a rotation came. Two writers of one unique value can never slip in under two keys: from
step 1 on both wait for one another (kit.fields), and step 2 begins when all of them do.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.db import connection

from anxin.config.keys import census, reseal
from anxin.config.keys.reseal import Progress, Result, silent
from anxin.kit.crypto import ring as rings
from anxin.kit.crypto.ring import Ring, ring

PATIENCE_S = 60.0
# Who has just sealed a value and not yet begun to write it has this long to do so.
MOMENT_S = 0.5


class KeyTrouble(Exception):
    """What was asked of the keys cannot be done; the text is one line with the remedy."""


def add(*, at: datetime) -> str:
    """A new key in the ring, not in use yet; returns its name.

    Where several machines have a copy of the ring each, carry the ring to all before `rotate`.
    """
    name = ""

    def edit(stored: dict[str, Any]) -> None:
        nonlocal name
        name = f"k{1 + max(rings.order(known)[0] for known in stored['keys'])}"
        stored["keys"][name] = {**rings.new_secret(name), "made_at": at.isoformat(timespec="seconds")}

    rings.change(edit)
    return name


def rotate(
    *, at: datetime, progress: Progress = silent, patience: float = PATIENCE_S, batch: int = 200
) -> Result:
    """Take the newest key into use (a new one if the newest is in use already) and bring every value under it.

    Goes on with a rotation that was cut short. Raises KeyTrouble when a transaction stays open too long; what was
    done until then stays, and the next call goes on.
    """
    if ring().rotating is None:
        newest = max((key.name for key in ring().keys.values() if not key.retired_at), key=rings.order)
        target = newest if newest != ring().current else add(at=at)
        rings.change(lambda stored: stored.update(rotating={"to": target, "step": 1, "indexed": []}))
    result = _go_on(progress, patience, batch)
    if not result.unreadable:
        rings.change(_finish)
    return result


def renew(*, progress: Progress = silent) -> Result:
    """Seal what is not under the current key and suite anew, without a new key: after a change of ANXIN_CIPHER."""
    return _seal_all(progress, reseal.BATCH)


def _go_on(progress: Progress, patience: float, batch: int) -> Result:
    target = _rotating(ring())["to"]
    if _rotating(ring())["step"] == 1:
        rings.change(lambda stored: stored.update(index=_index(stored, last=target)))
        settle(patience)
        rings.change(lambda stored: _take_into_use(stored, target))
    settle(patience)
    result = Result()
    for column in census.index_columns():
        if str(column) not in _rotating(ring())["indexed"]:
            _add(result, reseal.reindex(column, progress=progress, batch=batch))
            rings.change(lambda stored, done=str(column): stored["rotating"]["indexed"].append(done))  # type: ignore[misc]
    _add(result, _seal_all(progress, batch))
    return result


def _seal_all(progress: Progress, batch: int) -> Result:
    result = Result()
    for column in census.sealed_columns():
        _add(result, reseal.reseal(column, progress=progress, batch=batch))
    _add(result, reseal.reseal_uploads(progress=progress))
    return result


def _add(total: Result, part: Result) -> None:
    total.done += part.done
    total.unreadable += part.unreadable


def _rotating(found: Ring) -> Any:
    assert found.rotating is not None
    return found.rotating


def _index(stored: dict[str, Any], *, last: str) -> list[str]:
    return [*(name for name in stored["index"] if name != last), last]


def _take_into_use(stored: dict[str, Any], target: str) -> None:
    stored["current"] = target
    stored["index"] = [target, *(name for name in stored["index"] if name != target)]
    stored["rotating"]["step"] = 2


def _finish(stored: dict[str, Any]) -> None:
    stored["index"] = stored["index"][:1]
    del stored["rotating"]


def settle(patience: float = PATIENCE_S) -> None:
    """Wait until every transaction of this database that runs now has ended. Raises KeyTrouble."""
    time.sleep(min(MOMENT_S, patience))
    began, end = _moment(), time.monotonic() + patience
    while left := _running_since_before(began):
        if time.monotonic() > end:
            raise KeyTrouble(
                f"{left} transactions have been open for more than {patience:.0f} s: end them (pg_stat_activity"
                " tells whose they are) and start again; it goes on where it stopped."
            )
        time.sleep(0.1)


def _moment() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        found: datetime = cursor.fetchone()[0]
        return found


def _running_since_before(moment: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend' AND xact_start < %s",
            [moment],
        )
        return int(cursor.fetchone()[0])


def retire(
    name: str, *, at: datetime, lasting: Iterable[str], held_by: Callable[[str], list[str]] = lambda name: []
) -> None:
    """Take a key's secret out of the ring, for ever.

    What checks its signatures for the `lasting` purposes stays: sealed audit batches and printed codes are not
    written anew. Refuses (KeyTrouble, nothing changed) a key in use, or one that a value, or a backup according to
    `held_by`, still needs.
    """
    keys = ring()
    key = keys.keys.get(name)
    if key is None or key.secret is None:
        raise KeyTrouble(f"The ring has no key {name!r}; `anxin keys list` tells what it has.")
    if name == keys.current or name in keys.index or keys.rotating:
        raise KeyTrouble(f"Key {name} is in use: run `anxin keys rotate` to its end first.")
    settle()
    if places := census.needed().get(name):
        told = ", ".join(f"{count} in {place}" for place, count in sorted(places.items()))
        raise KeyTrouble(f"Key {name} is still needed ({told}): run `anxin keys rotate` first.")
    if backups := held_by(name):
        raise KeyTrouble(
            f"Key {name} is still needed to read the backups {', '.join(backups)}: export the keys and keep the "
            "export as long as those backups, then retire with --although-backups."
        )
    from anxin.kit.crypto.sealing import derived

    secret = key.secret
    kept = {p: rings.stored_secret(f"{name}.{p}", derived(secret, "sign:" + p)) for p in lasting}

    def edit(stored: dict[str, Any]) -> None:
        stored["keys"][name] = {
            "made_at": key.made_at,
            "retired_at": at.isoformat(timespec="seconds"),
            "signs": kept,
        }

    rings.change(edit)


def wrap_all() -> int:
    """Have the key service wrap every secret of the ring (again); returns how many."""

    def edit(stored: dict[str, Any]) -> None:
        known = rings.parse(stored)
        for name, key in known.keys.items():
            entry = stored["keys"][name]
            if key.secret is not None:
                entry.pop("secret", None)
                entry.update(rings.stored_secret(name, key.secret))
            for purpose, secret in key.signs.items():
                entry["signs"][purpose] = rings.stored_secret(f"{name}.{purpose}", secret)

    return len(rings.change(edit).keys)
