"""The compiled heart: sparse assignment by bids and shortest augmenting paths, on 64-bit integers. Pure.

Every worker has a price, at first 0. A row (one seat of an order) wants the candidate whose value less price is
highest, or to stay unserved for its reserve if that is worth more. Two phases keep one invariant, that each settled row
has its best choice at the present prices and that a worker whom nobody holds costs 0; together that is optimality.
1. Bids: a row takes its best candidate and raises the price by the lead over its second best; who held the candidate
   bids anew (Jonker and Volgenant's row reduction, here without squaring the matrix).
2. Rows that are left, because of ties or because bidding went on too long, are settled one by one along a shortest path
   of exchanges (Dijkstra on reduced values) that ends with a free worker or with the row that is cheapest to leave.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from anxin.matching.engine.assignment.problem import Ints

UNSERVED = -1
OPEN = -2
FAR = np.iinfo(np.int64).max
BIDS_PER_ROW = 6


@njit(nogil=True, cache=True)
def _push(keys: Ints, items: Ints, size: int, key: int, item: int) -> int:  # pragma: no cover - compiled
    at = size
    while at > 0:
        up = (at - 1) >> 1
        if keys[up] <= key:
            break
        keys[at], items[at] = keys[up], items[up]
        at = up
    keys[at], items[at] = key, item
    return size + 1


@njit(nogil=True, cache=True)
def _pop(keys: Ints, items: Ints, size: int) -> int:  # pragma: no cover - compiled
    """Take the first away (the caller has read it)."""
    size -= 1
    key, item = keys[size], items[size]
    at = 0
    while True:
        down = 2 * at + 1
        if down >= size:
            break
        if down + 1 < size and keys[down + 1] < keys[down]:
            down += 1
        if keys[down] >= key:
            break
        keys[at], items[at] = keys[down], items[down]
        at = down
    keys[at], items[at] = key, item
    return size


@njit(nogil=True, cache=True)
def _bids(
    first: Ints, worker: Ints, value: Ints, reserve: Ints, price: Ints, owner: Ints, choice: Ints, most: int
) -> int:  # pragma: no cover - compiled
    """Phase 1, at most `most` bids. Returns how many were made."""
    made = 0
    for start in range(len(reserve)):
        row = start
        while row >= 0 and made < most:
            made += 1
            best, second, entry, other = reserve[row], -FAR, UNSERVED, UNSERVED
            for e in range(first[row], first[row + 1]):
                net = value[e] - price[worker[e]]
                if net > best:
                    second, other, best, entry = best, entry, net, e
                elif net > second:
                    second, other = net, e
            if entry == UNSERVED:
                choice[row] = UNSERVED
                break
            if second == best and owner[worker[entry]] >= 0:
                # A tie gives no lead to bid with: another that is free is as good, else the paths decide.
                if owner[worker[other]] >= 0:
                    break
                entry = other
            taken = worker[entry]
            price[taken] += best - second
            before = owner[taken]
            owner[taken], choice[row] = row, entry
            if before >= 0:
                choice[before] = OPEN
            row = before
    return made


@njit(nogil=True, cache=True)
def _exchange(
    last: int, start: int, row_to: Ints, entry_to: Ints, worker: Ints, owner: Ints, choice: Ints
) -> None:  # pragma: no cover - compiled
    """Every row of the path takes the next worker on it, from the last one back to the row that began it."""
    while last >= 0:
        row = row_to[last]
        freed = worker[choice[row]] if row != start else -1
        owner[last], choice[row] = row, entry_to[last]
        last = freed


@njit(nogil=True, cache=True)
def _paths(
    first: Ints, worker: Ints, value: Ints, reserve: Ints, price: Ints, owner: Ints, choice: Ints
) -> int:  # pragma: no cover - compiled
    """Phase 2. Returns how many workers were looked at."""
    n = len(price)
    distance, entry_to, row_to = np.full(n, FAR), np.empty(n, np.int64), np.empty(n, np.int64)
    done, touched, scanned = np.zeros(n, np.bool_), np.empty(n, np.int64), np.empty(n, np.int64)
    # A worker may stand in the heap once per improvement: at most once per candidate entry.
    keys, items = np.empty(len(worker) + 1, np.int64), np.empty(len(worker) + 1, np.int64)
    looked = 0
    for start in range(len(reserve)):
        if choice[start] != OPEN:
            continue
        gain = reserve[start]
        for e in range(first[start], first[start + 1]):
            gain = max(gain, value[e] - price[worker[e]])
        size, seen, through, end, last, stop = 0, 0, 0, FAR, -1, -1
        row, so_far = start, 0
        while True:
            if so_far + gain - reserve[row] < end:
                end, last, stop = so_far + gain - reserve[row], -1, row
            for e in range(first[row], first[row + 1]):
                j = worker[e]
                d = so_far + gain - value[e] + price[j]
                if d >= end or d >= distance[j] or done[j]:
                    continue
                if distance[j] == FAR:
                    touched[seen] = j
                    seen += 1
                distance[j], entry_to[j], row_to[j] = d, e, row
                if owner[j] < 0:
                    end, last = d, j
                else:
                    size = _push(keys, items, size, d, j)
            while size and (done[items[0]] or keys[0] != distance[items[0]]):
                size = _pop(keys, items, size)
            if not size or keys[0] >= end:
                break
            j = items[0]
            size = _pop(keys, items, size)
            done[j] = True
            scanned[through] = j
            through += 1
            row, so_far = owner[j], distance[j]
            gain = value[choice[row]] - price[j]
        for k in range(through):
            price[scanned[k]] += end - distance[scanned[k]]
        if last < 0:
            if stop == start:
                choice[start] = UNSERVED
            else:
                last = worker[choice[stop]]
                choice[stop] = UNSERVED
        _exchange(last, start, row_to, entry_to, worker, owner, choice)
        for k in range(seen):
            distance[touched[k]], done[touched[k]] = FAR, False
        looked += seen
    return looked


@njit(nogil=True, cache=True)
def assign(
    first: Ints, worker: Ints, value: Ints, reserve: Ints, workers: int
) -> tuple[Ints, Ints, int, int]:  # pragma: no cover - compiled
    """The rows' best choice and the workers' prices that prove it.

    value by entry, reserve by row. Returns choice (entry, or UNSERVED) by row, price by worker, bids, workers seen.
    """
    price, owner = np.zeros(workers, np.int64), np.full(workers, -1, np.int64)
    choice = np.full(len(reserve), OPEN, np.int64)
    made = _bids(first, worker, value, reserve, price, owner, choice, BIDS_PER_ROW * len(reserve) + 64)
    looked = _paths(first, worker, value, reserve, price, owner, choice)
    return choice, price, made, looked
