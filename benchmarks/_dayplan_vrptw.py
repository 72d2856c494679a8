"""Vehicle routing with time windows in the format of Solomon and of Gehring and Homberger: its instances, their best
known values, a day made from one, and routes counted plainly.

Convention of DIMACS and PyVRP: the distance is the cost and the time, cut to one decimal, so everything here is in
whole tenths; the number of vehicles is bounded, not paid for. Nothing of those sets is kept here: a folder is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from anxin.matching.engine.dayplan.problem import FORBIDDEN, Day, Prices, Shift, Visit

# Total distance of the best known routes in that convention. 100 customers: proven to be the best that is possible;
# else as CVRPLIB lists them.
BEST = {
    "RC101": 1619.8, "R201": 1143.2, "C101": 827.3, "R101": 1637.7, "RC201": 1261.8, "C201": 589.1,
    "RC1_2_1": 3516.9, "R2_2_1": 3468.0, "C1_2_1": 2698.6, "R1_2_1": 4667.2, "RC2_2_1": 2797.4, "C2_2_1": 1922.1,
    "RC1_4_1": 8522.9, "R2_4_1": 7520.7, "C1_4_1": 7138.8, "R1_4_1": 10305.8, "RC2_4_1": 6147.3, "C2_4_1": 4100.3,
    "RC1_10_1": 45790.7, "R2_10_1": 36881.0, "C1_10_1": 42444.8, "R1_10_1": 53026.1, "RC2_10_1": 28122.6,
    "C2_10_1": 16841.1,
}  # fmt: skip
COLUMNS = 7
NEVER = 1e5


class BadInstance(ValueError):
    """A file that is no instance, with its name and line."""


class Unfit(ValueError):
    """Routes that break a rule of the instance."""


@dataclass(frozen=True)
class Instance:
    """vehicles with capacity start from place 0. table: by place x, y, demand, opens, closes, service, as the file
    says them; opens and closes bound when service begins, at place 0 when a vehicle is back."""

    name: str
    vehicles: int
    capacity: int
    table: NDArray[np.int64]

    @property
    def customers(self) -> int:
        return len(self.table) - 1

    @property
    def demand(self) -> list[int]:
        return [int(one) for one in self.table[:, 2]]

    @cached_property
    def tenths(self) -> NDArray[np.int64]:
        """From place to place, in tenths."""
        across, up = (self.table[:, axis].astype(float) for axis in (0, 1))
        there = np.hypot(across[:, None] - across, up[:, None] - up)
        # A distance that is a whole number of tenths must not fall below it by rounding.
        found: NDArray[np.int64] = np.floor(10 * there + 1e-9).astype(np.int64)
        return found


def read(path: Path) -> Instance:
    """The instance in a file. Raises BadInstance, with file and line, for what is none."""
    try:
        lines = [line.split() for line in path.read_text(encoding="ascii").splitlines()]
    except (OSError, UnicodeDecodeError) as trouble:
        raise BadInstance(f"{path.name}: {trouble}") from trouble
    filled = [(number, words) for number, words in enumerate(lines, start=1) if words]
    rows = [
        (number, [_whole(path, number, word) for word in words]) for number, words in filled if _row(words)
    ]
    if not filled or ["VEHICLE"] not in [words for _, words in filled] or len(rows) < 3:
        raise BadInstance(
            f"{path.name}: not in the format of Solomon (VEHICLE, CUSTOMER, a depot, customers)"
        )
    number, fleet = rows[0]
    if len(fleet) != 2 or min(fleet) < 1:
        raise BadInstance(
            f"{path.name}, line {number}: the number of vehicles and their capacity are expected"
        )
    for place, (number, row) in enumerate(rows[1:]):
        if fault := _fault(place, row, rows[1][1]):
            raise BadInstance(f"{path.name}, line {number}: {fault}")
    table = np.array([row[1:] for _, row in rows[1:]], np.int64)
    return Instance(filled[0][1][0], fleet[0], fleet[1], table)


def _row(words: Sequence[str]) -> bool:
    return words[0].lstrip("-")[:1].isdigit()


def _whole(path: Path, number: int, word: str) -> int:
    try:
        value = float(word)
        if value != int(value):
            raise ValueError
    except (ValueError, OverflowError) as trouble:
        raise BadInstance(f"{path.name}, line {number}: “{word}” is no whole number") from trouble
    return int(value)


def _fault(place: int, row: Sequence[int], depot: Sequence[int]) -> str | None:
    if len(row) != COLUMNS:
        return f"{COLUMNS} numbers are expected, there are {len(row)}"
    number, _, _, demand, opens, closes, service = row
    if number != place:
        return f"number {place} is expected, there is {number}"
    if opens < 0 or closes < opens:
        return f"the window {opens} to {closes} is none"
    if demand < 0 or service < 0:
        return "demand and service may not be negative"
    if place and opens > depot[5]:
        return f"opens at {opens}, when all is over at {depot[5]}"
    return None


def find(folder: Path, name: str) -> Path:
    """The file of this instance anywhere below the folder. Raises BadInstance where it is missing."""
    for path in sorted(folder.rglob("*.[tT][xX][tT]")):
        if path.stem.upper() == name.upper():
            return path
    raise BadInstance(f"{name}.txt is not below {folder}")


def day(instance: Instance) -> Day:
    """The instance as a day plan: a vehicle is a shift, nobody comes late, everybody is served."""
    anybody = dict.fromkeys(range(instance.vehicles), 0.0)
    places = enumerate(instance.table.tolist())
    visits = [
        Visit(place, service, opens, closes, anybody, FORBIDDEN, NEVER, load=demand)
        for place, (_, _, demand, opens, closes, service) in places
        if place
    ]
    opens, closes, capacity = *map(float, instance.table[0, 3:5]), float(instance.capacity)
    shifts = [Shift(0, opens, closes, n, FORBIDDEN, capacity) for n in range(instance.vehicles)]
    return Day(visits, shifts, instance.tenths / 10, prices=Prices())


def distance(instance: Instance, routes: Sequence[Sequence[int]]) -> float:
    """What routes of places cost, counted without anything of the engine. Raises Unfit where they break a rule."""
    driven = [route for route in routes if route]
    if sorted(place for route in driven for place in route) != list(range(1, instance.customers + 1)):
        raise Unfit("a customer is not served exactly once")
    if len(driven) > instance.vehicles:
        raise Unfit(f"{len(driven)} vehicles, there are {instance.vehicles}")
    table, ways, total = instance.table.tolist(), instance.tenths.tolist(), 0
    for route in driven:
        if (load := sum(table[place][2] for place in route)) > instance.capacity:
            raise Unfit(f"load {load} of at most {instance.capacity}")
        here, at = 0, 10 * table[0][3]
        for place in [*route, 0]:
            total += ways[here][place]
            at = max(at + ways[here][place], 10 * table[place][3])
            if at > 10 * table[place][4]:
                raise Unfit(f"at {place} after it closes, {at / 10} of {table[place][4]}")
            at += 10 * table[place][5]
            here = place
    return total / 10
