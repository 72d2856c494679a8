"""What is wrong with a plan, and what it costs, found without the search: plain Python that shares nothing with it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from anxin.kit.text import gettext_noop as _
from anxin.matching.engine.dayplan.problem import Day
from anxin.matching.engine.dayplan.result import Cost, Plan, Stop

TOLERANCE = 1e-6


class Rule(StrEnum):
    """What a plan must keep."""

    ONCE = "once"
    MAY = "may"
    EARLY = "early"
    REACH = "reach"
    LATE = "late"
    HALF = "half"
    APART = "apart"
    LAG = "lag"
    LOCK = "lock"
    COST = "cost"


RULES = {
    Rule.ONCE: _("每个上门恰好安排一次或列为未安排"),
    Rule.MAY: _("只派可以派的人"),
    Rule.EARLY: _("不早于时间窗口"),
    Rule.REACH: _("路上的时间够用"),
    Rule.LATE: _("迟到如实写明"),
    Rule.HALF: _("两人上门要么都去要么都不去"),
    Rule.APART: _("两人上门由两个人去"),
    Rule.LAG: _("两人上门的间隔"),
    Rule.LOCK: _("锁定的不动"),
    Rule.COST: _("代价如实相加"),
}


@dataclass(frozen=True)
class Broken:
    """A rule that a plan breaks at a visit (-1: the whole plan)."""

    rule: Rule
    visit: int = -1


def check(day: Day, plan: Plan) -> list[Broken]:
    """Everything that is wrong with the plan; empty if it can be followed and says its cost truly."""
    found = [*_once(day, plan)]
    if found:
        return found
    found += [*_on_routes(day, plan), *_pairs(day, plan), *_locks(day, plan)]
    own, told = vars(recount(day, plan)), vars(plan.cost)
    if any(abs(own[part] - told[part]) > TOLERANCE * max(1.0, abs(own[part])) for part in own):
        found.append(Broken(Rule.COST))
    return found


def _once(day: Day, plan: Plan) -> list[Broken]:
    times = Counter(stop.visit for route in plan.routes for stop in route)
    times.update(left.visit for left in plan.left)
    strange = [visit for visit in times if not 0 <= visit < len(day.visits)]
    wrong = [visit for visit in range(len(day.visits)) if times[visit] != 1]
    if len(plan.routes) != len(day.shifts):
        strange.append(-1)
    wrong += [s.visit for n, route in enumerate(plan.routes) for s in route if s.shift != n]
    return [Broken(Rule.ONCE, visit) for visit in [*strange, *wrong]]


def _on_routes(day: Day, plan: Plan) -> list[Broken]:
    found = []
    for shift, route in zip(day.shifts, plan.routes, strict=True):
        here, free = shift.base, shift.begins
        for stop in route:
            visit = day.visits[stop.visit]
            if visit.place is not None:
                free += float(day.ways[here, visit.place])
                here = visit.place
            if stop.shift not in visit.liking:
                found.append(Broken(Rule.MAY, stop.visit))
            if stop.begins < visit.early - TOLERANCE:
                found.append(Broken(Rule.EARLY, stop.visit))
            if stop.begins < free - TOLERANCE:
                found.append(Broken(Rule.REACH, stop.visit))
            if abs(stop.late - max(0.0, stop.begins - visit.late)) > TOLERANCE:
                found.append(Broken(Rule.LATE, stop.visit))
            free = stop.begins + visit.minutes
    return found


def _pairs(day: Day, plan: Plan) -> list[Broken]:
    found = []
    for pair in day.pairs:
        one, two = plan.stops.get(pair.first), plan.stops.get(pair.second)
        if (one is None) != (two is None):
            found.append(Broken(Rule.HALF, pair.first))
        if one is None or two is None:
            continue
        if pair.apart and day.shifts[one.shift].person == day.shifts[two.shift].person:
            found.append(Broken(Rule.APART, pair.first))
        lag = two.begins - one.begins
        if not pair.least - TOLERANCE <= lag <= pair.most + TOLERANCE:
            found.append(Broken(Rule.LAG, pair.first))
    return found


def _locks(day: Day, plan: Plan) -> list[Broken]:
    found = []
    for visit, lock in day.locks.items():
        stop = plan.stops.get(visit)
        kept = stop is not None and stop.shift == lock.shift
        if kept and stop is not None and lock.begins is not None:
            kept = abs(stop.begins - lock.begins) <= TOLERANCE
        if not kept:
            found.append(Broken(Rule.LOCK, visit))
    return found


def recount(day: Day, plan: Plan) -> Cost:
    """The cost in parts, from the times that the plan says."""
    prices, stops = day.prices, plan.stops
    way = overtime = 0.0
    work: dict[int, float] = {}
    for shift, route in zip(day.shifts, plan.routes, strict=True):
        here = shift.base
        for stop in route:
            visit = day.visits[stop.visit]
            if visit.place is not None:
                work[shift.person] = work.get(shift.person, 0.0) + visit.minutes
                way += float(day.paid[here, visit.place])
                here = visit.place
        if route:
            home = float(day.ways[here, shift.base])
            way += float(day.paid[here, shift.base])
            back = route[-1].begins + day.visits[route[-1].visit].minutes + home
            load = sum(day.visits[stop.visit].load for stop in route)
            overtime += shift.over_price * (max(0.0, back - shift.ends) + max(0.0, load - shift.most))
    late = {n: max(0.0, stop.begins - day.bound[n].late) for n, stop in stops.items()}
    return Cost(
        way=prices.way * way,
        late=sum(day.bound[n].late_price * minutes for n, minutes in late.items()),
        largest=prices.largest * max(late.values(), default=0.0),
        overtime=overtime,
        unserved=sum(visit.unserved_price for n, visit in enumerate(day.visits) if n not in stops),
        liking=sum(day.visits[n].liking.get(stop.shift, 0.0) for n, stop in stops.items()),
        unequal=prices.unequal * sum(minutes * minutes for minutes in work.values()),
        faces=prices.face * _faces(day, plan),
        wish=sum(
            day.bound[n].wish_price * abs(stop.begins - wish)
            for n, stop in stops.items()
            if (wish := day.bound[n].wish) is not None
        ),
        moved=sum(_moved(day, stop) for stop in stops.values()),
    )


def _faces(day: Day, plan: Plan) -> int:
    faces = {
        (home, day.shifts[stop.shift].person)
        for stop in plan.stops.values()
        if (home := day.visits[stop.visit].household) is not None
    }
    return sum(person not in day.known.get(home, ()) for home, person in faces)


def _moved(day: Day, stop: Stop) -> float:
    told = day.earlier.get(stop.visit)
    if told is None:
        return 0.0
    other = day.prices.other_person * (day.shifts[stop.shift].person != told.person)
    return other + day.prices.moved_minute * abs(stop.begins - told.begins)
