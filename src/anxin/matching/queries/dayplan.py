"""Day plans as the desk reads them: who goes where, what it costs, what would change for whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from anxin.kit.actor import Actor
from anxin.kit.clock import local
from anxin.matching.models import DayPlan
from anxin.matching.queries.batch import changes
from anxin.matching.queries.dayplan_facts import (
    desk_orders,
    live_of,
    minute_of,
    moment_of,
    stands_at,
    visit_of,
)
from anxin.matching.queries.dayplan_shown import Board, Difference, Person, ShownLeft, ShownShift, ShownStop
from anxin.matching.rules.dayplan import (
    DAY,
    VISIT,
    Asked,
    Drawn,
    Facts,
    Stop,
)
from anxin.matching.rules.dayplan_read import minutes_of, turn_of, way_home
from anxin.matching.rules.dayplan_substitutes import has_time, substitutes
from anxin.matching.values import Change
from anxin.matching.values.dayplan import Turn
from anxin.orders import public as orders
from anxin.places import public as places
from anxin.workers import public as workers

MOST_HELPED = 10
# What the customer is asked to agree to another time for.
OTHER_TIME = (Turn.MOVED, Turn.BOTH)


def plans(actor: Actor) -> QuerySet[DayPlan]:
    """The desk's plans, latest first, without what they are made of."""
    found: QuerySet[DayPlan] = (
        DayPlan.objects.visible_to(actor).defer("facts", "plan").order_by("-asked_at", "-id")
    )
    return found


def day_plan(plan_id: UUID, actor: Actor) -> DayPlan | None:
    found: DayPlan | None = DayPlan.objects.visible_to(actor).filter(pk=plan_id).first()
    return found


def staff_of(plan: DayPlan, at: datetime) -> list[workers.OnShift]:
    """The agency's workers with a shift on one of the plan's days. Two queries."""
    days = {(plan.first_date + timedelta(days=n)).weekday() for n in range(plan.days)}
    found = workers.on_shift(plan.organisation_id, at)
    return [one for one in found if any(weekday in days for weekday, _, _ in one.shifts)]


def is_stale(plan: DayPlan, facts: Facts, at: datetime) -> bool:
    """Whether orders came, went or changed hands, or a worker left, since the facts were read. Some six queries."""
    now = {
        (
            str(one.pk),
            str(live.worker_id) if (live := live_of(one)) else "",
            minute_of(plan, visit_of(one).starts_at),
            minute_of(plan, stands_at(one)),
        )
        for one in desk_orders(plan)
    }
    staff = {str(one.worker_id) for one in staff_of(plan, at)}
    return now != {(one.order, one.held, one.agreed, one.stands) for one in facts.visits} or not (
        {duty.worker for duty in facts.duties} <= staff
    )


def nearest_help(plan: DayPlan, facts: Facts, drawn: Drawn, at: datetime) -> dict[str, list[str]]:
    """For the first visits that nobody makes: the nearest change with which somebody has time beside the plan."""
    told: dict[str, list[str]] = {}
    for n in drawn.unserved[:MOST_HELPED]:
        one = facts.visits[n]
        if one.held and not one.lost:
            continue
        helping = [
            (away, str(kind), what)
            for kind, what, away, span, found in changes(orders.by_id(UUID(one.order)), at)
            if any(_has_time(facts, drawn, str(r.worker_id), minute_of(plan, span.start), one) for r in found)
        ]
        if helping:
            told[one.order] = list(min(helping)[1:])
    return told


def _has_time(facts: Facts, drawn: Drawn, worker: str, begins: int, one: Asked) -> bool:
    duty = facts.duty_of(worker, begins // DAY)
    return duty is not None and has_time(facts, drawn, duty, begins, one.minutes)


class _Names:
    """Names and places of one plan: seven queries, however many visits."""

    def __init__(self, plan: DayPlan, facts: Facts, actor: Actor, at: datetime) -> None:
        ids = [one.order for one in facts.visits]
        self.orders = {str(order.pk): order for order in orders.board(actor).filter(pk__in=ids)}
        helping = {what for kind, what in (plan.plan or {}).get("help", {}).values() if kind == Change.PLACE}
        self.towns = places.named({order.town_code for order in self.orders.values()} | helping)
        people = {UUID(duty.worker) for duty in facts.duties}
        people |= {UUID(one.held) for one in facts.visits if one.held}
        people |= {UUID(worker) for one in facts.visits for worker in one.may}
        self.people = {str(pk): Person(pk, *names) for pk, names in workers.named(people).items()}
        self.bases = {str(one.worker_id): one.point for one in workers.on_shift(plan.organisation_id, at)}

    def person(self, worker: str, free: bool = True) -> Person | None:
        found = self.people.get(worker)
        return found and Person(found.worker_id, found.number, found.name, free)

    def town(self, order: orders.Order) -> str:
        return self.towns.get(order.town_code, "")


def board(plan: DayPlan, actor: Actor, at: datetime) -> Board | None:
    """The plan with names and places, None before there is one. A fixed number of queries."""
    if plan.facts is None or plan.plan is None:
        return None
    facts, drawn = Facts.of(plan.facts), Drawn.of(plan.plan)
    names = _Names(plan, facts, actor, at)
    shifts = tuple(
        shift
        for n, route in enumerate(drawn.routes)
        if (shift := _shift(plan, facts, drawn, names, n, route))
    )
    told = plan.plan.get("help", {})
    rows = {n: _left(plan, facts, drawn, names, n, told) for n in (*drawn.unserved, *_outs(facts))}
    return Board(
        plan, shifts, tuple(row for n in drawn.unserved if (row := rows[n])),
        tuple(row for n in _outs(facts) if (row := rows[n])),
        tuple(_differences(plan, facts, drawn, names)), drawn.cost,
        tuple(sorted({shift.person for shift in shifts}, key=lambda one: one.number)),
    )  # fmt: skip


def _outs(facts: Facts) -> list[int]:
    return [n for n, one in enumerate(facts.visits) if one.out]


def _shift(
    plan: DayPlan, facts: Facts, drawn: Drawn, names: _Names, n: int, route: Iterable[Stop]
) -> ShownShift | None:
    duty, route = facts.duties[n], tuple(route)
    person = names.person(duty.worker)
    if person is None:
        return None
    return ShownShift(
        n, person, plan.first_date + timedelta(days=duty.day), moment_of(plan, duty.begins),
        moment_of(plan, duty.ends), names.bases.get(duty.worker),
        tuple(_stop(plan, facts, drawn, names, place, stop) for place, stop in enumerate(route)),
        way_home(facts, n, route),
    )  # fmt: skip


def _stop(plan: DayPlan, facts: Facts, drawn: Drawn, names: _Names, position: int, stop: Stop) -> ShownStop:
    minutes = minutes_of(facts, stop)
    begins, ends = moment_of(plan, stop.begins), moment_of(plan, stop.begins + minutes)
    if stop.kind != VISIT:
        kind = facts.busy[stop.index].kind
        return ShownStop(kind, position, begins, ends, minutes, stop.way, stop.late)
    one = facts.visits[stop.index]
    order = names.orders.get(one.order)
    return ShownStop(
        VISIT, position, begins, ends, minutes, stop.way, stop.late, order, names.town(order) if order else "", one,
        moment_of(plan, one.early), moment_of(plan, one.late), turn_of(one, stop, facts.duties[stop.duty].worker),
        _instead(facts, drawn, names, stop.index),
    )  # fmt: skip


def _instead(facts: Facts, drawn: Drawn, names: _Names, visit: int) -> tuple[Person, ...]:
    found = (names.person(worker, free) for worker, free in substitutes(facts, drawn, visit))
    return tuple(one for one in found if one)


def _left(
    plan: DayPlan, facts: Facts, drawn: Drawn, names: _Names, n: int, told: dict[str, list[str]]
) -> ShownLeft | None:
    one = facts.visits[n]
    order = names.orders.get(one.order)
    if order is None:
        return None
    change, what = told.get(one.order, ("", ""))
    return ShownLeft(
        order, one, names.town(order), moment_of(plan, one.agreed), change, _said(change, what, names),
        _instead(facts, drawn, names, n),
    )  # fmt: skip


def _said(change: str, what: str, names: _Names) -> str:
    if change == Change.HOUR:
        return local(datetime.fromisoformat(what)).strftime("%H:%M")
    return names.towns.get(what, what) if change == Change.PLACE else what


def _differences(plan: DayPlan, facts: Facts, drawn: Drawn, names: _Names) -> list[Difference]:
    """Visit by visit. One query, for the prices."""
    stops = {s.index: s for route in drawn.routes for s in route if s.kind == VISIT}
    rows = []
    for n, one in enumerate(facts.visits):
        order, stop = names.orders.get(one.order), stops.get(n)
        if order is None or one.out:
            continue
        worker = facts.duties[stop.duty].worker if stop else ""
        rows.append(
            Difference(
                order, names.town(order), turn_of(one, stop, worker), names.person(one.held),
                moment_of(plan, one.stands), names.person(worker),
                moment_of(plan, stop.begins if stop else one.stands),
            )
        )  # fmt: skip
    prices = orders.prices_at((row.order, row.becomes_at) for row in rows if row.turn in OTHER_TIME)
    return [
        replace(row, before_fen=prices[row.order.pk][0], after_fen=prices[row.order.pk][1])
        if row.order.pk in prices
        else row
        for row in rows
    ]
