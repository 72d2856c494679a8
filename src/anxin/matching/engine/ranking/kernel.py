"""The search, compiled: cells best first, until no other can hold one of the first k."""

# Compiled functions take what Numba infers, which no annotation says.
# mypy: disable-error-code="no-untyped-def, no-untyped-call, arg-type, assignment"

from __future__ import annotations

import numpy as np
from numba import njit

from anxin.matching.engine.ranking import points
from anxin.matching.engine.ranking.gates import comes, metres, stands

near = njit(cache=True)(points.near)
at_least = njit(cache=True)(points.at_least)
SLOTS = 64


@njit(cache=True)
def _sink(bounds, which, at, size):
    """Restore the heap (greatest bound first) below one place."""
    bound, cell = bounds[at], which[at]
    while True:
        child = 2 * at + 1
        if child >= size:
            break
        if child + 1 < size and bounds[child + 1] > bounds[child]:
            child += 1
        if bounds[child] <= bound:
            break
        bounds[at], which[at] = bounds[child], which[child]
        at = child
    bounds[at], which[at] = bound, cell


@njit(cache=True)
def _stands_before(total, recent, key, other_total, other_recent, other_key):
    """The published order: more points, then fewer recent orders, then the smaller key."""
    if total != other_total:
        return total > other_total
    if recent != other_recent:
        return recent < other_recent
    return key < other_key


@njit(cache=True)
def _enter(c, slot, total, slots, totals, have):
    """Put a slot in its place among the first; returns how many there are."""
    k = len(slots)
    row = c.rows[slot]
    at = have if have < k else k - 1
    while at > 0:
        other = c.rows[slots[at - 1]]
        if not _stands_before(total, row.recent, row.key, totals[at - 1], other.recent, other.key):
            break
        slots[at], totals[at] = slots[at - 1], totals[at - 1]
        at -= 1
    slots[at], totals[at] = slot, total
    return min(k, have + 1)


@njit(cache=True)
def _try(c, slot, q, extra, weight, half, slots, totals, have):
    """Weigh one slot whose area and item fit; returns how many are among the first now."""
    if not stands(c, slot, q):
        return have
    row = c.rows[slot]
    away = metres(row.lat, row.lng, q.lat, q.lng, q.cosine, q.sine)
    total = row.worth + weight * near(away, half) + extra
    k = len(slots)
    if have == k:
        last = c.rows[slots[k - 1]]
        if not _stands_before(total, row.recent, row.key, totals[k - 1], last.recent, last.key):
            return have
    return _enter(c, slot, total, slots, totals, have) if comes(c, slot, q) else have


@njit(cache=True)
def first(c, boxes, best, has, cells, masks, q, weight, half, known, extras, slots, totals, ways):
    """Fill `slots`, `totals` and `ways` (metres) with the first k; returns how many, cells opened, people weighed.

    boxes: (cells, 4) south, north, west, east. best, has: of the item, by cell: the greatest worth (-1 nobody) and a
    bit for each slot that does it. cells, masks: who comes into question (town, agency). known: slots that stand out
    by `extras`, weighed first; they are no part of the bound.
    """
    have = weighed = 0
    for i in range(len(known)):
        have = _try(c, known[i], q, extras[i], weight, half, slots, totals, have)
        weighed += 1
    bounds = np.empty(len(cells), np.int64)
    which = np.empty(len(cells), np.int32)
    size = 0
    for i in range(len(cells)):
        cell = cells[i]
        if masks[i] & has[cell] == 0:
            continue
        box = boxes[cell]
        away = at_least(box[0], box[1], box[2], box[3], q.lat, q.lng, q.cosine, q.sine)
        bounds[size] = best[cell] + weight * near(away, half)
        which[size] = i
        size += 1
    for at in range(size // 2 - 1, -1, -1):
        _sink(bounds, which, at, size)
    opened = 0
    k = len(slots)
    # A cell whose bound equals the last total may still hold one who stands before it by the rule for equals.
    while size > 0 and (have < k or bounds[0] >= totals[k - 1]):
        i = which[0]
        size -= 1
        bounds[0], which[0] = bounds[size], which[size]
        _sink(bounds, which, 0, size)
        cell = np.int64(cells[i])
        mask = masks[i] & has[cell]
        opened += 1
        for bit in range(SLOTS):
            if (mask >> bit) & 1 == 0:
                continue
            slot = cell * SLOTS + bit
            again = False
            for j in range(len(known)):
                again = again or known[j] == slot
            if not again:
                have = _try(c, slot, q, 0, weight, half, slots, totals, have)
                weighed += 1
    for i in range(have):
        row = c.rows[slots[i]]
        ways[i] = metres(row.lat, row.lng, q.lat, q.lng, q.cosine, q.sine)
    return have, opened, weighed


@njit(cache=True)
def meet(cells, masks, other_cells, other_masks):
    """The cells of two lists (each sorted) with what both masks hold."""
    size = min(len(cells), len(other_cells))
    found, common = np.empty(size, np.int32), np.empty(size, np.int64)
    i = j = many = 0
    while i < len(cells) and j < len(other_cells):
        if cells[i] < other_cells[j]:
            i += 1
        elif cells[i] > other_cells[j]:
            j += 1
        else:
            mask = masks[i] & other_masks[j]
            if mask != 0:
                found[many], common[many] = cells[i], mask
                many += 1
            i += 1
            j += 1
    return found[:many], common[:many]


@njit(cache=True)
def count(c, has, cells, masks, q, weight, half, known, extras, total, recent, key):
    """(how many pass every gate, how many of them stand before a total, its recent orders and key)."""
    eligible = ahead = 0
    for i in range(len(cells)):
        cell = np.int64(cells[i])
        mask = masks[i] & has[cell]
        for bit in range(SLOTS):
            slot = cell * SLOTS + bit
            if (mask >> bit) & 1 == 0 or not stands(c, slot, q) or not comes(c, slot, q):
                continue
            eligible += 1
            row = c.rows[slot]
            away = metres(row.lat, row.lng, q.lat, q.lng, q.cosine, q.sine)
            points_here = row.worth + weight * near(away, half)
            for j in range(len(known)):
                if known[j] == slot:
                    points_here += extras[j]
            if _stands_before(points_here, row.recent, row.key, total, recent, key):
                ahead += 1
    return eligible, ahead
