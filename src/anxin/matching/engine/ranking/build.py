"""From facts in any order to columns sorted by cell: what lies near on the map lies near in memory."""

# Compiled functions take what Numba infers, which no annotation says.
# mypy: disable-error-code="no-untyped-def, no-untyped-call, arg-type, assignment"

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from anxin.matching.engine.ranking import points
from anxin.matching.engine.ranking.facts import Facts, Ints
from anxin.matching.engine.ranking.gates import ROW
from anxin.matching.engine.ranking.kernel import SLOTS

# Slots of a cell that are filled when the city is built; the others wait for newcomers.
FILLED = 56
EMPTY = -(2**63)
# What the score is made of, read when it changes or is explained, and which days are green or employed.
COLD = np.dtype(
    [
        ("green", np.int64), ("employed", np.int64), ("rating_sum", np.int64), ("rating_count", np.int32),
        ("practised", np.int32), ("source", np.int32), ("credit", np.int16), ("_", np.int16),
    ]
)  # fmt: skip

rating = njit(cache=True)(points.rating)
experience = njit(cache=True)(points.experience)
credit = njit(cache=True)(points.credit)
fairness = njit(cache=True)(points.fairness)


@njit(cache=True)
def morton(lat, lng, south, west, step):
    """Places as numbers whose neighbours are near: the bits of latitude and longitude by turns; unknown ones last."""
    codes = np.empty(len(lat), np.int64)
    for i in range(len(lat)):
        if lat[i] == points.UNKNOWN:
            codes[i] = 1 << 32
            continue
        a = min(65_535, max(0, (np.int64(lat[i]) - south) // step))
        b = min(65_535, max(0, (np.int64(lng[i]) - west) // step))
        code = 0
        for bit in range(16):
            code |= ((a >> bit) & 1) << (2 * bit + 1) | ((b >> bit) & 1) << (2 * bit)
        codes[i] = code
    return codes


@njit(cache=True)
def weigh(rows, cold, w, turned, start, end):
    """The part of the score that no question changes. w: weights in the order of `city.weighed`; turned: days since
    the first."""
    for slot in range(start, end):
        row, facts = rows[slot], cold[slot]
        rows[slot].worth = (
            w[0] * rating(facts.rating_sum, np.int64(facts.rating_count), w[4], w[5])
            + w[1] * experience(np.int64(facts.practised) + turned, w[6])
            + w[2] * credit(np.int64(facts.credit))
            + w[3] * fairness(np.int64(row.recent), w[7])
        )


@njit(cache=True)
def sum_up(rows, skill, best, has, boxes, start, end):
    """Of each cell: by item the greatest worth and who does it; the box of the known homes."""
    for cell in range(start, end):
        first = cell * SLOTS
        south = west = 2**31 - 1
        north = east = -(2**31)
        for slot in range(first, first + SLOTS):
            row = rows[slot]
            if row.active and row.lat != points.UNKNOWN:
                south, north = min(south, row.lat), max(north, row.lat)
                west, east = min(west, row.lng), max(east, row.lng)
        boxes[cell, 0], boxes[cell, 1], boxes[cell, 2], boxes[cell, 3] = south, north, west, east
        for item in range(len(skill)):
            mask = np.int64(0)
            worth = np.int64(-1)
            for bit in range(SLOTS):
                slot = first + bit
                if skill[item, slot] != 0 and rows[slot].active and rows[slot].ready != 0:
                    mask |= np.int64(1) << bit
                    worth = max(worth, rows[slot].worth)
            best[item, cell], has[item, cell] = worth, mask


@njit(cache=True)
def _gathered(keys, cells_in_all):
    """Sorted (group · slots + slot) as lists of cells with masks; returns groups, their offsets, cells, masks."""
    groups, offsets = [np.int64(-1)], [np.int64(0)]
    cells, masks = np.empty(len(keys), np.int32), np.empty(len(keys), np.int64)
    many, last = 0, np.int64(-1)
    for key in keys:
        place = key >> 6
        if place != last:
            group = place // cells_in_all
            if group != groups[-1]:
                groups.append(group)
                offsets.append(many)
            cells[many], masks[many] = place % cells_in_all, 0
            many += 1
            last = place
        masks[many - 1] |= np.int64(1) << (key & 63)
    offsets.append(many)
    return groups[1:], offsets[1:], cells[:many], masks[:many]


def gathered(groups: Ints, slots: Ints, cells: int) -> dict[int, tuple[Ints, Ints]]:
    """For each group (town, agency) the cells in which it has somebody, sorted, and a bit for each of them."""
    keys = groups.astype(np.int64) * (cells * SLOTS) + slots
    keys.sort()
    if not len(keys):
        return {}
    names, offsets, where, masks = _gathered(keys, cells)
    where, masks = where.copy(), masks.copy()
    return {
        int(name): (where[a:b], masks[a:b]) for name, a, b in zip(names, offsets, offsets[1:], strict=False)
    }


def frame(facts: Facts) -> tuple[int, int, int]:
    """South and west of the known homes, and the step that divides their square into 65,536 parts a side."""
    known = facts.lat != points.UNKNOWN
    if not known.any():
        return 0, 0, 1
    lat, lng = facts.lat[known], facts.lng[known]
    south, west = int(lat.min()), int(lng.min())
    return south, west, max(int(lat.max()) - south, int(lng.max()) - west) // 65_536 + 1


def laid(facts: Facts, codes: Ints) -> tuple[Ints, Ints]:
    """(slot of each worker, first code of each cell)."""
    order = np.argsort(codes, kind="stable")
    position = np.arange(len(facts))
    slots = np.empty(len(facts), np.int64)
    slots[order] = position // FILLED * SLOTS + position % FILLED
    firsts = codes[order[::FILLED]]
    return slots, firsts


def filled(facts: Facts, slots: Ints, cells: int) -> tuple[Any, Any, Ints, Ints]:
    """Rows, cold rows, skill and certificates by slot."""
    size = cells * SLOTS
    rows, cold = np.zeros(size, ROW), np.zeros(size, COLD)
    rows["key"], rows["lat"], rows["agency"] = EMPTY, points.UNKNOWN, -1
    rows["ready"][slots] = facts.green & facts.employed
    rows["booking_at"][slots] = facts.booking_at[:-1]
    many = np.diff(facts.booking_at)
    rows["bookings"][slots] = many
    rows["room"][slots] = many
    for name in ("key", "lat", "lng", "agency", "pattern", "recent", "grabs", "active"):
        rows[name][slots] = getattr(facts, name)
    for tier in range(4):
        rows["health"][slots, tier] = facts.health[tier]
        rows["insurance"][slots, tier] = facts.insurance[tier]
    for name in ("green", "employed", "rating_sum", "rating_count", "practised", "credit"):
        cold[name][slots] = getattr(facts, name)
    cold["source"] = -1
    cold["source"][slots] = np.arange(len(facts))
    skill = np.zeros((len(facts.skill), size), np.uint8)
    certificates = np.zeros((len(facts.certificates), size), np.int64)
    for item, column in enumerate(facts.skill):
        skill[item, slots] = column
    for title, column in enumerate(facts.certificates):
        certificates[title, slots] = column
    return rows, cold, skill, certificates
