"""The desk changes one visit of a plan: tried first with its cost, then done. Nothing is searched."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anxin.audit.public import record
from anxin.kit.actor import Actor
from anxin.kit.errors import Conflict, Invalid
from anxin.kit.live import touch
from anxin.kit.models import NotAllowed
from anxin.matching import queries
from anxin.matching.actions.dayplan import NotOfPlan, held_plan
from anxin.matching.engine.dayplan.board import GATES
from anxin.matching.engine.dayplan.board import Gate as NoPlace
from anxin.matching.models import DayPlan
from anxin.matching.rules.dayplan import VISIT, Drawn, Facts, Problem
from anxin.matching.rules.dayplan_carried import carried
from anxin.matching.rules.dayplan_hours import beyond, fits, refused, too_much
from anxin.matching.rules.dayplan_read import turn_of
from anxin.matching.states import PlanState
from anxin.matching.values.dayplan import BEYOND_LABELS, MOST_WIDE, TURN_LABELS, PlanPrices, Turn
from anxin.orders import public as orders
from anxin.workers import public as workers
from anxin.workers.values import EXCESS_LABELS, GATE_LABELS, Gate


class NoSuchVisit(Invalid):
    code = "no_such_visit"
    message = _("这份排班里没有这一单。")


class MayNotGo(Conflict):
    code = "may_not_go"
    message = _("不能派这位服务员去：%(reasons)s")


class CannotBe(Conflict):
    code = "cannot_be"
    message = _("不能这样排：%(reasons)s")


class Begun(Conflict):
    code = "visit_begun"
    message = _("这一单已经开始，不能再排。")


class WidthWrong(Invalid):
    code = "width_wrong"
    message = _("可以提前或推后的时间请填 0 到 720 分钟。")


class PairKeepsTime(Conflict):
    code = "pair_keeps_time"
    message = _("两位一起来的，排班不改时间。要改时间，请先在订单上与客户商量改期，两单会一起改。")


class Contradiction(Invalid):
    code = "wishes_contradict"
    message = _("这几个要求互相矛盾：不排这一单，就不能同时锁定服务员或时间。")


@dataclass(frozen=True)
class Tried:
    """A change as it would be: the cost in parts before and after, and what to know before doing it (words)."""

    before: dict[str, float]
    after: dict[str, float]
    notes: tuple[str, ...]
    facts: Facts
    drawn: Drawn

    @property
    def difference(self) -> dict[str, float]:
        return {part: round(cost - self.before.get(part, 0.0), 3) for part, cost in self.after.items()}


@transaction.atomic
def change_visit(
    *, plan_id: UUID, order_id: UUID, version: int, by: Actor, at: datetime, worker_id: UUID | None = None,
    position: int | None = None, lock: bool | None = None, sooner: int | None = None, later: int | None = None,
    out: bool | None = None, dry: bool = False,
) -> tuple[DayPlan, Tried]:  # fmt: skip
    """Send a worker to a visit (at a position of their day, or where it costs least), lock or free it, widen its
    window by minutes, or leave it out; `dry` only says what it would cost. A visit that is sent stays with its worker.

    Refuses: NotFound, PlanChanged, NotAllowed (unless the plan is ready), NoSuchVisit, Begun, MayNotGo (with each
    gate), CannotBe, NotOfPlan, WidthWrong, PairKeepsTime, Contradiction.
    """
    found = held_plan(plan_id, by, version=version)
    if found.state != PlanState.READY or found.facts is None or found.plan is None:
        raise NotAllowed
    facts, drawn = Facts.of(found.facts), Drawn.of(found.plan)
    n = facts.index(str(order_id))
    if n is None:
        raise NoSuchVisit("order_id")
    if facts.visits[n].begun:
        raise Begun
    if facts.visits[n].pair and (sooner or later):
        raise PairKeepsTime("sooner" if sooner else "later")
    wish = _wish(found, facts, drawn, n, worker_id=worker_id, lock=lock, sooner=sooner, later=later, out=out)
    found.wishes = {**found.wishes, "visits": {**found.wishes.get("visits", {}), str(order_id): wish}}
    tried = _tried(found, facts, drawn, n, order_id, worker_id=worker_id, position=position, at=at)
    if dry:
        return found, tried
    found.facts = tried.facts.to_json()
    found.plan = {**tried.drawn.to_json(), "help": found.plan.get("help", {})}
    found.best_cost, found.version = tried.drawn.total, found.version + 1
    found.save(update_fields=["wishes", "facts", "plan", "best_cost", "version"])
    record("matching.change_plan", by=by, at=at, subject="day_plan", subject_id=found.pk,
           detail={"order": str(order_id), **{k: str(v) for k, v in wish.items()}})  # fmt: skip
    touch(f"dayplan:{found.pk}")
    return found, tried


def _wish(
    found: DayPlan, facts: Facts, drawn: Drawn, n: int, *, worker_id: UUID | None, lock: bool | None,
    sooner: int | None, later: int | None, out: bool | None,
) -> dict[str, Any]:  # fmt: skip
    """What the desk asks for this visit, with what it asked before."""
    wish: dict[str, Any] = dict(found.wishes.get("visits", {}).get(facts.visits[n].order, {}))
    if out and (lock or worker_id):
        raise Contradiction
    if out is not None:
        wish = {"out": True} if out else {key: value for key, value in wish.items() if key != "out"}
    if worker_id is not None:
        wish = {**wish, "worker": str(worker_id)}
        wish.pop("out", None)
        wish.pop("begins", None)
    if lock is not None:
        stop = drawn.stop_of(n)
        if lock and stop is None:
            raise Contradiction
        wish = {key: value for key, value in wish.items() if key not in ("worker", "begins", "free")}
        if lock and stop is not None:
            wish |= {"worker": facts.duties[stop.duty].worker, "begins": stop.begins}
        else:
            wish["free"] = True
    for name, minutes in (("sooner", sooner), ("later", later)):
        if minutes is not None:
            if not 0 <= minutes <= MOST_WIDE:
                raise WidthWrong(name)
            wish[name] = minutes
    return wish


def _tried(
    found: DayPlan, facts: Facts, drawn: Drawn, n: int, order_id: UUID, *, worker_id: UUID | None,
    position: int | None, at: datetime,
) -> Tried:  # fmt: skip
    prices = PlanPrices.of(found.prices)
    fresh = queries.read_visit(found, facts, order_id, at)
    one = fresh.visits[n]
    duty = None
    if worker_id is not None:
        duty = fresh.duty_of(str(worker_id), one.day)
        if duty is None:
            raise NotOfPlan("worker_id")
        if str(worker_id) not in one.may and one.fixed != one.held:
            raise MayNotGo(reasons="；".join(_why_not(one.order, worker_id, fresh, at)))
    problem = Problem(fresh, prices)
    after = problem.priced(carried(facts, drawn, problem))
    if duty is not None:
        there = problem.moved(after, n, duty, position) if (VISIT, n) in problem.number else None
        if there is None:
            raise CannotBe(reasons=gettext(GATES[NoPlace.HALF if one.pair and one.open else NoPlace.TIME]))
        after = there
    elif (VISIT, n) in problem.number and after.stop_of(n) is None and drawn.stop_of(n) is None:
        after = _taken_up(problem, after, n)
    _check(fresh, drawn, after)
    return Tried(drawn.cost, after.cost, tuple(_notes(fresh, drawn, after, n)), fresh, after)


def _taken_up(problem: Problem, drawn: Drawn, n: int) -> Drawn:
    """A visit that nobody made and that may now be made otherwise: the cheapest place, if that is cheaper than none."""
    liking = problem.day.visits[problem.number[VISIT, n]].liking
    tried = (problem.moved(drawn, n, duty, None) for duty in liking)
    good = (one for one in tried if one and not refused(problem.facts, one))
    return min([drawn, *good], key=lambda one: one.total)


def _check(facts: Facts, before: Drawn, after: Drawn) -> None:
    """Refuse what would make somebody work more than they may and did not before. What lies beyond a shift or the
    opening hours is told and not refused: of two visits that change places one comes late in between."""
    known = too_much(facts, before)
    news = [one for n, one in too_much(facts, after).items() if known.get(n) != one]
    words = (gettext(EXCESS_LABELS[one.kind]) % {"minutes": one.minutes, "cap": one.cap} for one in news)
    if news:
        raise CannotBe(reasons="；".join(dict.fromkeys(words)))


def _why_not(order_id: str, worker_id: UUID, facts: Facts, at: datetime) -> list[str]:
    order = orders.by_id(UUID(order_id))
    live = orders.current_assignment(order)
    need = orders.wanted(order, moving=live.pk if live else None)
    failed = [
        gate for gate in workers.why_not([worker_id], need)[worker_id] if gate not in queries.OF_THE_PLAN
    ]
    if not fits(facts, str(worker_id), need.span):
        failed.append(Gate.HOURS)
    return [gettext(GATE_LABELS[gate]) for gate in failed] or [gettext(GATE_LABELS[Gate.GREEN])]


def _notes(facts: Facts, before: Drawn, after: Drawn, n: int) -> list[str]:
    """What the dispatcher should know: whose word is needed, who comes late by it, whose day gets too long."""
    stop, words = after.stop_of(n), []
    if stop is not None:
        turn = turn_of(facts.visits[n], stop, facts.duties[stop.duty].worker)
        if turn not in (Turn.SAME, Turn.NEW):
            words.append(gettext(TURN_LABELS[turn]))
    late = {s.index: s.late for route in before.routes for s in route if s.kind == VISIT}
    for route in after.routes:
        for one in route:
            if one.kind == VISIT and one.late > late.get(one.index, 0):
                words.append(gettext("%(minutes)s 分钟迟到") % {"minutes": one.late})
    if after.cost.get("overtime", 0) > before.cost.get("overtime", 0):
        words.append(gettext("超出班次"))
    known = beyond(facts, before)
    news = [gettext(BEYOND_LABELS[one]) for m, one in beyond(facts, after).items() if known.get(m) != one]
    return list(dict.fromkeys([*words, *news]))
