"""Counting without a query for each request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Minute:
    """How often each was seen within the present minute: here since the last exchange, and in all by then.

    What other processes saw is known after at most one exchange, so a limit may be passed by as much as arrives in
    between.
    """

    def __init__(self, key: Callable[[Any], bytes]) -> None:
        self._key = key
        self._minute = 0
        self._fresh: dict[Any, int] = {}
        self._all: dict[Any, int] = {}
        self._keys: dict[Any, bytes] = {}

    def take(self, who: Any, limit: int, minute: int) -> bool:
        """Count one more of them, refused or not; False where there are more than `limit`."""
        if minute != self._minute:
            self._minute, self._fresh, self._all, self._keys = minute, {}, {}, {}
        fresh = self._fresh.get(who, 0) + 1
        self._fresh[who] = fresh
        return fresh + self._all.get(who, 0) <= limit

    def begin(self, minute: int) -> dict[bytes, tuple[Any, int]]:
        """What has to be told to the others: by the key under which it is kept, who, and how often since."""
        if minute != self._minute:
            return {}
        told, self._fresh = self._fresh, {}
        for who, count in told.items():
            self._all[who] = self._all.get(who, 0) + count
            if who not in self._keys:
                self._keys[who] = self._key(who)
        return {self._keys[who]: (who, count) for who, count in told.items()}

    def end(self, minute: int, told: dict[bytes, tuple[Any, int]], totals: dict[bytes, int]) -> None:
        """What all processes have seen by now, as they answered to what `begin` told."""
        if minute == self._minute:
            for key, total in totals.items():
                if key in told:
                    self._all[told[key][0]] = total
