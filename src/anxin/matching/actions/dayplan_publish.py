"""Publishing a plan: everything checked again, all of it or nothing, through the same actions as one demand."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anxin.audit.public import record
from anxin.kit.actor import Actor
from anxin.kit.errors import Conflict, NotFound, Refusal
from anxin.kit.live import touch
from anxin.kit.models import NotAllowed, move
from anxin.kit.text import gettext_noop
from anxin.matching import queries
from anxin.matching.actions.choosing import propose
from anxin.matching.actions.dayplan import held_plan
from anxin.matching.models import DayPlan
from anxin.matching.rules.dayplan import VISIT, Asked, Drawn, Facts, Stop
from anxin.matching.rules.dayplan_read import turn_of
from anxin.matching.states import PlanState
from anxin.matching.values.dayplan import MOST_DAYS, Turn
from anxin.notices import public as notices
from anxin.orders import public as orders
from anxin.workers import public as workers

WHY = gettext_noop("按新的排班改派")


class VisitChanged(Conflict):
    code = "visit_changed"
    message = _("排班之后这一单已经变了，请重新计算后再发布。")


class PlanRefused(Conflict):
    """Nothing was published; `refused` says why, visit by visit."""

    code = "plan_refused"
    message = _("有 %(count)s 单不能这样排，什么都没有发布。可以不排这几单，发布其余的。")

    def __init__(self, refused: list[RefusedVisit]) -> None:
        super().__init__(count=len(refused))
        self.refused = refused


class Overtaken(Conflict):
    code = "plan_overtaken"
    message = _("这几天刚刚发布了另一份排班，请在那一份上重排。")


@dataclass(frozen=True)
class RefusedVisit:
    """A visit that cannot be published, and why, in words; with the price now and then, in fen, where that is why."""

    order_id: UUID
    number: str
    reason: str
    before_fen: int | None = None
    after_fen: int | None = None


@dataclass(frozen=True)
class _Step:
    """One visit with what publishing does about it. seen_fen: its price at the new time, as it was shown."""

    order: orders.Order
    one: Asked
    turn: Turn
    worker_id: UUID
    begins: datetime
    stop: Stop
    seen_fen: int | None


def publish_plan(
    *, plan_id: UUID, version: int, by: Actor, at: datetime, leave_out: Collection[UUID] = (),
    seen: Mapping[UUID, int] | None = None,
) -> DayPlan:  # fmt: skip
    """Carry a plan out: workers are proposed, other times are asked for (with their worker, if that is another one);
    who is agreed stays, at the agreed time, until the customer has agreed. Orders in `leave_out` stay as they are, of a
    pair both.
    All in one transaction. seen: by order its price at another time (fen) as the desk was shown it; needed where it
    differs from today's, and then the customer is asked for time, worker and price in one word.

    Refuses: NotFound, PlanChanged, NotAllowed, Overtaken, PlanRefused (every refused visit with its reason; then
    nothing is published). Source: outlet E-21c.
    """
    with transaction.atomic():
        others = _held_with_others(plan_id, by)
        found = held_plan(plan_id, by, version=version)
        if found.state != PlanState.READY or found.facts is None or found.plan is None:
            raise NotAllowed
        _overtake(found, others, by=by, at=at)
        facts, drawn = Facts.of(found.facts), Drawn.of(found.plan)
        steps, refused = _steps(found, facts, drawn, _with_halves(facts, leave_out), seen or {})
        refused += _carry_out(steps, by=by, at=at)
        if refused:
            raise PlanRefused(sorted(refused, key=lambda one: one.number))
        move(found, PlanState.PUBLISHED, by=by, at=at, version=found.version + 1)
        _tell_workers(found, steps, at)
        record("matching.publish_plan", by=by, at=at, subject="day_plan", subject_id=found.pk,
               detail={"visits": len(steps), "changed": sum(s.turn != Turn.SAME for s in steps)})  # fmt: skip
        touch(f"dayplan:{found.pk}")
        return found


def _held_with_others(plan_id: UUID, by: Actor) -> list[DayPlan]:
    """The plans of the same days, the one itself among them. Refuses: NotFound.

    Their rows are taken in one order: of two desks that publish at once one waits, and then reads what the other did.
    """
    asked: DayPlan | None = DayPlan.objects.visible_to(by).filter(pk=plan_id).first()
    if asked is None:
        raise NotFound
    rows = DayPlan.objects.filter(
        organisation=asked.organisation_id, first_date__lte=asked.last_date,
        first_date__gt=asked.first_date - timedelta(days=MOST_DAYS), state__in=[PlanState.READY, PlanState.PUBLISHED],
    )  # fmt: skip
    held = rows.select_for_update(of=("self",), no_key=True).order_by("pk")
    return [one for one in held if one.pk != plan_id and one.last_date >= asked.first_date]


def _overtake(found: DayPlan, others: Iterable[DayPlan], *, by: Actor, at: datetime) -> None:
    """What was published for these days is superseded. Who searched before it was published is refused."""
    for other in others:
        if other.state == PlanState.PUBLISHED:
            if other.state_at > found.state_at:
                raise Overtaken
            move(other, PlanState.SUPERSEDED, by=by, at=at)
            touch(f"dayplan:{other.pk}")


def _with_halves(facts: Facts, leave_out: Collection[UUID]) -> set[str]:
    """What is left alone, and the other half of a pair for which nobody is found yet: both are proposed or neither."""
    found = {str(pk) for pk in leave_out}
    halves = facts.pairs(range(len(facts.visits)))
    return found | {facts.visits[n].pair for n in halves if facts.visits[n].order in found}


def _steps(
    found: DayPlan, facts: Facts, drawn: Drawn, left_out: set[str], seen: Mapping[UUID, int]
) -> tuple[list[_Step], list[RefusedVisit]]:
    """What is to be done for each visit that somebody makes, and those whose order is no longer as it was read."""
    now = {str(order.pk): order for order in queries.desk_orders(found)}
    steps, refused = [], []
    for stop in (stop for route in drawn.routes for stop in route if stop.kind == VISIT):
        one, worker = facts.visits[stop.index], facts.duties[stop.duty].worker
        turn, order = turn_of(one, stop, worker), now.get(one.order)
        if one.order in left_out:
            continue
        if order is None or not _as_read(found, order, one):
            gone = order or orders.by_id(UUID(one.order))
            if not one.begun:
                refused.append(RefusedVisit(gone.pk, gone.number, str(VisitChanged())))
            continue
        steps.append(
            _Step(
                order,
                one,
                turn,
                UUID(worker),
                queries.moment_of(found, stop.begins),
                stop,
                seen.get(order.pk),
            )
        )
    return steps, refused


def _as_read(found: DayPlan, order: orders.Order, one: Asked) -> bool:
    live, minute = queries.live_of(order), partial(queries.minute_of, found)
    return (str(live.worker_id) if live else "") == one.held and (
        (minute(queries.visit_of(order).starts_at), minute(queries.stands_at(order)))
        == (one.agreed, one.stands)
    )


def _carry_out(steps: Iterable[_Step], *, by: Actor, at: datetime) -> list[RefusedVisit]:
    """First every proposal that goes to somebody else is taken back, so that two may change places; then the rest."""
    refused: dict[UUID, RefusedVisit] = {}
    doing = [step for step in steps if step.turn not in (Turn.SAME, Turn.NOBODY)]
    for act in (_take_back, _ask, _propose):
        for step in doing:
            if step.order.pk in refused:
                continue
            try:
                with transaction.atomic():
                    act(step, by, at)
            except orders.MoveRepriced as repriced:
                prices = repriced.before_fen, repriced.after_fen
                refused[step.order.pk] = RefusedVisit(
                    step.order.pk, step.order.number, str(repriced), *prices
                )
            except Refusal as refusal:
                refused[step.order.pk] = RefusedVisit(step.order.pk, step.order.number, str(refusal))
    return list(refused.values())


def _take_back(step: _Step, by: Actor, at: datetime) -> None:
    if step.turn is Turn.OTHER or (step.turn is Turn.BOTH and step.one.held and not step.one.firm):
        live = orders.current_assignment(step.order)
        if live is not None:
            orders.withdraw(live, reason=gettext(WHY), by=by, at=at)


def _ask(step: _Step, by: Actor, at: datetime) -> None:
    if step.turn is Turn.MOVED:
        visit = orders.visit_of(queries.visit_of(step.order).pk, by)
        if visit is None:
            raise VisitChanged
        orders.ask_change(
            visit, starts_at=step.begins, reason=gettext(WHY), seen_total_fen=step.seen_fen, by=by, at=at
        )


def _propose(step: _Step, by: Actor, at: datetime) -> None:
    if step.turn in (Turn.NEW, Turn.OTHER, Turn.REPLACED):
        propose(order=step.order, worker_id=step.worker_id, by=by, at=at)
    elif step.turn is Turn.BOTH:
        propose(
            order=step.order,
            worker_id=step.worker_id,
            starts_at=step.begins,
            reason=gettext(WHY),
            seen_total_fen=step.seen_fen,
            by=by,
            at=at,
        )


def _tell_workers(found: DayPlan, steps: Iterable[_Step], at: datetime) -> None:
    """Each worker whose days the plan changes hears of it; what they are asked to answer, orders tells them."""
    people: dict[UUID, int] = {}
    for step in steps:
        people[step.worker_id] = people.get(step.worker_id, 0) + 1
    changed = {step.worker_id for step in steps if step.turn is not Turn.SAME}
    changed |= {
        UUID(step.one.held) for step in steps if step.one.held and step.turn not in (Turn.SAME, Turn.MOVED)
    }
    persons = workers.persons_of(changed)
    days = (
        f"{found.first_date:%m-%d}"
        if found.days == 1
        else f"{found.first_date:%m-%d}–{found.last_date:%m-%d}"
    )
    for worker_id, person in persons.items():
        notices.tell(
            person, kind="matching.day_planned", url="/today/", at=at, title=gettext_noop("%(days)s 的安排已更新"),
            body=gettext_noop("您有 %(count)s 次上门。时间、地点和路程见“今天”。"),
            params={"days": days, "count": people.get(worker_id, 0)},
        )  # fmt: skip
