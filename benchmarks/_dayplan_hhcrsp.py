"""Home health care routing in the public HHCRSP format (JSON): its instances, our plans in its format, its validator.

Nothing of that repository is kept here: the folder of a checkout is given.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from anxin.matching.engine.dayplan.problem import Day, Prices, Shift, Together, Visit
from anxin.matching.engine.dayplan.result import Plan

# Travel, total tardiness and largest tardiness weigh a third each; everybody must be served.
THIRD = 1 / 3
NEVER = 1e5


@dataclass(frozen=True)
class Instance:
    """name: as in the table of best values. asked: what the file says. tags: patient and service of each visit."""

    name: str
    patients: int
    best: float
    day: Day
    asked: dict[str, object]
    tags: list[tuple[str, str]]
    path: Path


def instances(folder: Path) -> Iterator[Instance]:
    """The Mankowska set of a checkout, small ones first."""
    best = _best_values(folder / "solutions" / "mankowska_best.md")
    for path in sorted((folder / "instances" / "mankowska").glob("*.json"), key=_size):
        asked = json.loads(path.read_text())
        day, tags = _day(asked)
        yield Instance(path.stem, len(asked["patients"]), best[path.name], day, asked, tags, path)


def _size(path: Path) -> tuple[int, int]:
    patients, number = path.stem.split("_")[-2:]
    return int(patients), int(number)


def _best_values(path: Path) -> dict[str, float]:
    rows = [[cell.strip() for cell in line.split("|")] for line in path.read_text().splitlines()]
    return {row[1]: float(row[5]) for row in rows if len(row) > 5 and row[1].endswith(".json")}


def _day(asked: dict) -> tuple[Day, list[tuple[str, str]]]:  # type: ignore[type-arg]
    lasts = {service["id"]: service.get("default_duration") for service in asked["services"]}
    shifts = [Shift(0, 0.0, NEVER, n, 0.0) for n in range(len(asked["caregivers"]))]
    able: dict[str, dict[int, float]] = {}
    for n, caregiver in enumerate(asked["caregivers"]):
        for ability in caregiver["abilities"]:
            able.setdefault(ability, {})[n] = 0.0
    visits: list[Visit] = []
    pairs: list[Together] = []
    tags: list[tuple[str, str]] = []
    for place, patient in enumerate(asked["patients"], start=1):
        for one in patient["required_caregivers"]:
            service, (early, late) = one["service"], patient["time_window"]
            minutes = one.get("duration", lasts[service])
            visits.append(Visit(place, minutes, early, late, able.get(service, {}), THIRD, NEVER))
            tags.append((patient["id"], service))
        if len(patient["required_caregivers"]) == 2:
            lag = patient["synchronization"]
            least, most = (0, 0) if lag["type"] == "simultaneous" else lag["distance"]
            # The published rules let one caregiver with both skills make both, one after the other.
            pairs.append(Together(len(visits) - 2, len(visits) - 1, least, most, apart=False))
    return Day(visits, shifts, np.array(asked["distances"]), pairs, Prices(THIRD, THIRD)), tags


def validated(folder: Path, instance: Instance, plan: Plan) -> float:
    """The plan's cost as the published validator counts it; it raises AssertionError for a plan it does not accept."""
    if str(folder / "validator") not in sys.path:
        sys.path.insert(0, str(folder / "validator"))
    from instance import Instance as Theirs  # type: ignore[import-not-found]
    from solution import Solution, validate_solution  # type: ignore[import-not-found]

    routes = []
    for caregiver, route in zip(instance.asked["caregivers"], plan.routes, strict=True):  # type: ignore[call-overload]
        stops = [
            {
                "patient_id": instance.tags[stop.visit][0], "service_id": instance.tags[stop.visit][1],
                "arrival_time": stop.begins, "departure_time": stop.begins + instance.day.visits[stop.visit].minutes,
            }
            for stop in route
        ]  # fmt: skip
        routes.append({"caregiver_id": caregiver["id"], "locations": stops})
    theirs = Theirs(instance.path.read_text())
    cost = validate_solution(theirs, Solution(json.dumps({"routes": routes}), theirs, 1), False)
    return float(cost["total_cost"])
