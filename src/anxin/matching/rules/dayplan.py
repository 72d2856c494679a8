"""A desk's day as facts of ids and minutes, the engine's day made from it, and plans read back. Pure.

Minutes count from the first day's local midnight.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from anxin.matching.engine.dayplan.board import Unfollowable, lay
from anxin.matching.engine.dayplan.problem import Day, Earlier, Prices, Shift, Together, Visit
from anxin.matching.engine.dayplan.result import Plan
from anxin.matching.rules.dayplan_caps import DAY as DAY
from anxin.matching.rules.dayplan_caps import rested, room
from anxin.matching.values.dayplan import PlanPrices
from anxin.workers.values import Caps

# What was promised is left out at this many times the price.
PROMISED = 100.0
# What stands in the calendar already is never moved for a visit.
BLOCKED = 1e6
VISIT, BUSY = "visit", "busy"
# In place of the other half's index: it is with nobody, so that this one stays out, too.
NOBODY = -1


@dataclass(frozen=True)
class Asked:
    """One order's visit. It begins in early..late (agreed: what stands in the order), takes `minutes`, and keeps its
    worker `turnover` minutes longer from the next door.

    held: the worker who is proposed or agreed, firm once the customer has agreed; before: who went by the plan that
    this one changes. fixed: the one worker who may go. may: worker → how little they suit (0: best, 1). gates: gate →
    how many workers it stops. lost: the worker it was promised to cannot come. asks: the other time that the
    customer was asked for together with `held`, and has not answered. closes: when the service's opening hours end.
    pair: the order of the other half, where two come at the same time; its time is never moved by a plan.
    """

    order: str
    day: int
    agreed: int
    early: int
    late: int
    minutes: int
    turnover: int
    may: dict[str, float]
    gates: dict[str, int]
    held: str = ""
    firm: bool = False
    begun: bool = False
    lost: bool = False
    before: str = ""
    fixed: str = ""
    out: bool = False
    asks: int | None = None
    closes: int | None = None
    pair: str = ""

    @property
    def open(self) -> bool:
        """Whether somebody is still to be found for it."""
        return not self.held or self.lost

    @property
    def stands(self) -> int:
        """When it begins as things stand."""
        return self.agreed if self.asks is None else self.asks


@dataclass(frozen=True)
class Duty:
    """One worker's shift on one day. Services begin and end inside begins..ends, the ways from and to the base
    (a place) may lie `slack` minutes outside."""

    worker: str
    day: int
    begins: int
    ends: int
    slack: int
    base: int


@dataclass(frozen=True)
class Busy:
    """Time of a duty that is taken: `kind` is a booking's kind, "gap" between two shifts, "away" or "break".
    place -1: nowhere in particular."""

    duty: int
    kind: str
    early: int
    late: int
    minutes: int
    turnover: int = 0
    place: int = -1


@dataclass(frozen=True)
class Facts:
    """The whole problem. Places: the visits' doors in their order, then those of `busy`, then the bases; fares[a][b]
    is the way in minutes.

    first: the first day (ISO; '' in plans that know no hours). caps: on hours and rest. work: worker → begin and end of
    other work, a week and more around the plan.
    """

    visits: tuple[Asked, ...]
    duties: tuple[Duty, ...]
    busy: tuple[Busy, ...]
    fares: tuple[tuple[int, ...], ...]
    first: str = ""
    caps: Caps = Caps()
    work: dict[str, tuple[tuple[int, int], ...]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Facts:
        return cls(
            tuple(Asked(**one) for one in data["visits"]), tuple(Duty(**one) for one in data["duties"]),
            tuple(Busy(**one) for one in data["busy"]), tuple(tuple(row) for row in data["fares"]),
            data.get("first", ""), Caps(**data.get("caps", {})),
            {worker: tuple((a, b) for a, b in rows) for worker, rows in data.get("work", {}).items()},
        )  # fmt: skip

    def index(self, order_id: str) -> int | None:
        """Which visit is this order's."""
        return next((n for n, one in enumerate(self.visits) if one.order == order_id), None)

    def pairs(self, there: Collection[int]) -> dict[int, int]:
        """Visit → the other half, for those of a pair for whom nobody has been found; NOBODY where that one is not
        `there`: nobody comes alone where two were asked for. What is promised to somebody stands by itself."""
        number = {one.order: n for n, one in enumerate(self.visits)}
        found = {}
        for n in there:
            other = number.get(self.visits[n].pair)
            if other is not None and self.visits[n].open and self.visits[other].open:
                found[n] = other if other in there else NOBODY
        return found

    def duty_of(self, worker_id: str, day: int) -> int | None:
        return next((n for n, d in enumerate(self.duties) if d.worker == worker_id and d.day == day), None)


@dataclass(frozen=True)
class Stop:
    """One thing on a duty's route, with the way to it (minutes)."""

    duty: int
    kind: str
    index: int
    begins: int
    late: int
    way: int


@dataclass(frozen=True)
class Drawn:
    """A plan: a route for each duty, the visits that nobody makes, the cost in parts."""

    routes: tuple[tuple[Stop, ...], ...]
    unserved: tuple[int, ...]
    cost: dict[str, float]

    @property
    def total(self) -> float:
        return sum(self.cost.values())

    def to_json(self) -> dict[str, Any]:
        return {
            "routes": [[[s.kind, s.index, s.begins, s.late, s.way] for s in route] for route in self.routes],
            "unserved": list(self.unserved), "cost": self.cost,
        }  # fmt: skip

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Drawn:
        routes = tuple(tuple(Stop(n, *one) for one in route) for n, route in enumerate(data["routes"]))
        return cls(routes, tuple(data["unserved"]), dict(data["cost"]))

    def stop_of(self, visit: int) -> Stop | None:
        """Where a visit stands in it."""
        return next((s for route in self.routes for s in route if s.kind == VISIT and s.index == visit), None)

    @property
    def lateness(self) -> dict[tuple[str, int], int]:
        """What begins late, by how many minutes."""
        return {(s.kind, s.index): s.late for route in self.routes for s in route if s.late}

    def position_of(self, visit: int) -> int:
        """Which one on its route, from 0; -1 on none."""
        stop = self.stop_of(visit)
        return -1 if stop is None else self.routes[stop.duty].index(stop)


class Problem:
    """The facts as the engine takes them; visits that nobody may make stay outside."""

    def __init__(self, facts: Facts, prices: PlanPrices) -> None:
        self.facts, self.prices = facts, prices
        likings = {n: self._liking(one) for n, one in enumerate(facts.visits) if not one.out}
        self.other = facts.pairs({n for n, liking in likings.items() if liking})
        rows: list[tuple[str, int, Visit]] = [
            (VISIT, n, self._visit(n, facts.visits[n], liking))
            for n, liking in likings.items()
            if liking and self.other.get(n) != NOBODY
        ]
        rows += [(BUSY, n, _busy(one)) for n, one in enumerate(facts.busy)]
        self.keys = [(kind, n) for kind, n, _ in rows]
        self.number = {key: n for n, key in enumerate(self.keys)}
        fares = np.array(facts.fares, np.float64).reshape(len(facts.fares), -1)
        ways = fares.copy()
        for n, one in enumerate(facts.visits):
            ways[n, : self._doors] = np.maximum(ways[n, : self._doors], one.turnover)
        for taken in facts.busy:
            if taken.place >= 0:
                ways[taken.place, : self._doors] = np.maximum(
                    ways[taken.place, : self._doors], taken.turnover
                )
        np.fill_diagonal(ways, 0)
        for duty in facts.duties:
            if self._ways_outside(duty):
                ways[duty.base, :] = ways[:, duty.base] = 0
        people = sorted({duty.worker for duty in facts.duties})
        self.day = Day(
            [visit for _, _, visit in rows],
            [self._shift(n, duty, people.index(duty.worker)) for n, duty in enumerate(facts.duties)],
            ways, prices=Prices(way=prices.way, unequal=prices.unequal, other_person=prices.change), fares=fares,
            earlier=self._earlier(people), pairs=[
                Together(self.number[VISIT, a], self.number[VISIT, b]) for a, b in self.other.items() if a < b
            ],
        )  # fmt: skip

    @property
    def _doors(self) -> int:
        """Places that are doors, not bases: nobody waits a turnover before going home."""
        return min((duty.base for duty in self.facts.duties), default=len(self.facts.fares))

    def _ways_outside(self, duty: Duty) -> bool:
        """Whether every way from and to the base has time around the worker's shifts: then no service begins before."""
        longest = max(self.facts.fares[duty.base][: self._doors], default=0)
        return all(one.slack >= longest for one in self.facts.duties if one.base == duty.base)

    def _shift(self, number: int, duty: Duty, person: int) -> Shift:
        slack = 0 if self._ways_outside(duty) else duty.slack
        begins, ends = rested(self.facts, number, duty)
        return Shift(
            duty.base, begins - slack, ends + slack, person, self.prices.late, most=room(self.facts, duty)
        )

    def _liking(self, one: Asked) -> dict[int, float]:
        found = {}
        for n, duty in enumerate(self.facts.duties):
            if duty.day != one.day or (one.fixed and duty.worker != one.fixed):
                continue
            if not _in_window(one, duty):
                continue
            # Whom the desk named needs to pass the gates; who was promised stands until they fall out.
            if duty.worker in one.may or one.fixed == one.held != "":
                found[n] = self.prices.liking * one.may.get(duty.worker, 0.0)
        return found

    def _earlier(self, people: list[str]) -> dict[int, Earlier]:
        """Who went before, as far as they are there: another one costs a change."""
        rows = ((self.number.get((VISIT, n)), one) for n, one in enumerate(self.facts.visits))
        return {
            number: Earlier(people.index(one.before), one.agreed)
            for number, one in rows
            if number is not None and one.before in people
        }

    def _visit(self, n: int, one: Asked, liking: dict[int, float]) -> Visit:
        much = PROMISED if one.held and not one.lost else 1.0
        return Visit(
            n, one.minutes, one.early, one.late, liking,
            late_price=BLOCKED if one.pair else self.prices.late,
            unserved_price=self.prices.unserved * much, load=max(0.0, one.minutes),
        )  # fmt: skip

    def draw(self, plan: Plan) -> Drawn:
        """What the engine found, by the facts' own numbers."""
        routes = []
        for n, route in enumerate(plan.routes):
            begins = [(*self.keys[stop.visit], round(stop.begins), round(stop.late)) for stop in route]
            routes.append(tuple(_with_ways(self.facts, n, begins)))
        served = {s.index for route in routes for s in route if s.kind == VISIT}
        left = tuple(n for n, one in enumerate(self.facts.visits) if n not in served and not one.out)
        return Drawn(tuple(routes), left, {name: round(cost, 3) for name, cost in vars(plan.cost).items()})

    def routes(self, drawn: Drawn) -> list[list[int]]:
        """A plan's routes as the engine takes them."""
        return [
            [self.number[s.kind, s.index] for s in route if (s.kind, s.index) in self.number]
            for route in drawn.routes
        ]

    def priced(self, routes: Sequence[Sequence[int]]) -> Drawn:
        """These routes with their times and their cost."""
        return self.draw(lay(self.day, routes))

    def without(self, drawn: Drawn, visit: int) -> Drawn:
        """The plan with one visit left to nobody, of a pair with both."""
        gone = {self.number[VISIT, n] for n in (visit, self.other.get(visit)) if n is not None}
        return self.priced([[n for n in route if n not in gone] for route in self.routes(drawn)])

    def moved(self, drawn: Drawn, visit: int, duty: int, position: int | None) -> Drawn | None:
        """The plan with one visit elsewhere: at the position, or at the cheapest one (None); None: no room at all.

        The other half of a pair stays where it is; if nobody makes it, it goes to somebody else where that costs least
        and makes nobody late.
        """
        number, other = self.number[VISIT, visit], self.other.get(visit)
        routes = [[n for n in route if n != number] for route in self.routes(drawn)]
        beside = None if other is None else drawn.stop_of(other)
        worker = self.facts.duties[duty].worker
        if beside is not None and self.facts.duties[beside.duty].worker == worker:
            return None
        if other is None:
            return self._cheapest(
                [_put(routes, number, duty, place) for place in _places(routes[duty], position)]
            )
        # Their time is fixed, so there is one place for each in a route.
        routes = _put(
            routes, number, duty, self._place(routes[duty], visit) if position is None else position
        )
        own = self._cheapest([routes])
        if own is None or beside is not None:
            return own
        second, late = self.number[VISIT, other], own.lateness
        tries = (
            self._cheapest([_put(routes, second, there, self._place(routes[there], other))])
            for there in self.day.visits[second].liking
            if self.facts.duties[there].worker != worker
        )
        # For the half that nobody asked about no other customer waits.
        good = [
            one
            for one in tries
            if one and all(n in late and more <= late[n] for n, more in one.lateness.items())
        ]
        return min(good, key=lambda one: one.total, default=None)

    def _place(self, route: Sequence[int], visit: int) -> int:
        """Behind what begins before it."""
        return sum(self.day.visits[n].early <= self.facts.visits[visit].early for n in route)

    def _cheapest(self, tries: Sequence[Sequence[Sequence[int]]]) -> Drawn | None:
        found = []
        for routes in tries:
            with suppress(Unfollowable):
                found.append(self.priced(routes))
        return min(found, key=lambda one: one.total, default=None)


def _places(route: Sequence[int], position: int | None) -> Sequence[int]:
    return range(len(route) + 1) if position is None else [min(max(position, 0), len(route))]


def _put(routes: Sequence[Sequence[int]], number: int, duty: int, place: int) -> list[list[int]]:
    found = [list(route) for route in routes]
    found[duty].insert(place, number)
    return found


def _in_window(one: Asked, duty: Duty) -> bool:
    """Whether some start in the window lies in the shift; what stands with its worker may stay."""
    standing = duty.worker == one.held and one.early <= one.stands <= one.late
    return standing or max(one.early, duty.begins) <= min(one.late, duty.ends - one.minutes)


def _busy(one: Busy) -> Visit:
    hard = one.kind != "break"
    return Visit(
        one.place if one.place >= 0 else None, one.minutes, one.early, one.late, {one.duty: 0.0},
        late_price=BLOCKED if hard else 1.0, unserved_price=BLOCKED * 100 if hard else 60.0,
    )  # fmt: skip


def _with_ways(facts: Facts, duty: int, stops: Sequence[tuple[str, int, int, int]]) -> Iterator[Stop]:
    here = facts.duties[duty].base
    for kind, index, begins, late in stops:
        place = index if kind == VISIT else facts.busy[index].place
        way = facts.fares[here][place] if place >= 0 else 0
        here = place if place >= 0 else here
        yield Stop(duty, kind, index, begins, late, way)
