"""A day plan: asked for by a desk, searched for by a job, stopped, dropped, and begun again when the day changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anxin.audit.public import record
from anxin.kit.actor import SYSTEM, Actor
from anxin.kit.clock import local_date
from anxin.kit.errors import Conflict, Forbidden, Invalid, NotFound
from anxin.kit.jobs import defer
from anxin.kit.live import touch
from anxin.kit.models import Moved, NotAllowed, begin, move
from anxin.matching import queries
from anxin.matching.engine.dayplan.complaints import FAULTS, BadDay
from anxin.matching.models import DayPlan
from anxin.matching.rules.dayplan import Drawn, Facts, Problem
from anxin.matching.rules.dayplan_carried import carried
from anxin.matching.rules.dayplan_hours import allowed
from anxin.matching.states import PlanState
from anxin.matching.values.dayplan import MOST_DAYS, STEPS, Happening, PlanPrices
from anxin.policies import public as policies

if TYPE_CHECKING:
    from anxin.matching.engine.dayplan.plan import Progress

MOST_AHEAD = timedelta(days=60)
# A day that goes on changing under the search is searched again this often; publishing checks everything anyhow.
TIMES = 2
AGAIN_SHARE = 8
# A day of few visits is searched as one of this many more.
FEW = 20
# Share of the progress for reading what is asked.
READING = 0.3
# Nobody sees a progress that is written more often, nor waits longer for a stop.
TOLD_EVERY_S = 0.2


class DaysWrong(Invalid):
    code = "plan_days"
    message = _("一份排班最多连续 %(most)s 天，从今天起 %(ahead)s 天以内。")


class PricesWrong(Invalid):
    code = "plan_prices"
    message = _("代价请填 0 到 1000000 之间的数。")


class NoVisits(Conflict):
    code = "no_visits"
    message = _("这几天没有可以排的上门。")


class NobodyOnShift(Conflict):
    code = "nobody_on_shift"
    message = _("这几天没有在班的服务员。请先登记服务员的班次。")


class PlanChanged(Conflict):
    code = "plan_changed"
    message = _("这份排班刚刚被别人改过，请刷新后再改。")


class NotPublished(Conflict):
    code = "not_published"
    message = _("只有已发布的排班可以重排。")


class NotOfPlan(Invalid):
    code = "not_of_plan"
    message = _("这份排班里没有这位服务员。")


class MinutesWrong(Invalid):
    code = "minutes_wrong"
    message = _("请填 1 到 720 之间的分钟数。")


class TimeWrong(Invalid):
    code = "time_wrong"
    message = _("时间不在这份排班的日子里。")


def held_plan(plan_id: UUID, by: Actor, *, version: int | None = None) -> DayPlan:
    """The desk's plan, its row taken until the transaction ends. Refuses: NotFound, PlanChanged."""
    found: DayPlan | None = (
        DayPlan.objects.visible_to(by).select_for_update(of=("self",), no_key=True).filter(pk=plan_id).first()
    )
    if found is None:
        raise NotFound
    if version is not None and found.version != version:
        raise PlanChanged
    return found


@transaction.atomic
def ask_plan(
    *, first_date: date, days: int, prices: PlanPrices, by: Actor, at: datetime, seed: int = 1
) -> DayPlan:
    """Plan the agency's visits of one day or some days in a row; a job searches.

    Refuses: DaysWrong, PricesWrong, NoVisits, NobodyOnShift. Source: outlet E-21c.
    """
    if by.organisation_id is None or not by.holds("orders.dispatch"):
        raise Forbidden
    today = local_date(at)
    if not 1 <= days <= MOST_DAYS or not today <= first_date <= today + MOST_AHEAD - timedelta(days=days - 1):
        raise DaysWrong("first_date", most=MOST_DAYS, ahead=MOST_AHEAD.days)
    if not prices.sound:
        raise PricesWrong
    found = DayPlan(
        organisation_id=by.organisation_id, first_date=first_date, days=days, asked_at=at, by_person=by.person_id,
        prices=prices.to_json(), seed=seed,
    )  # fmt: skip
    if not queries.desk_orders(found):
        raise NoVisits
    if not queries.staff_of(found, at):
        raise NobodyOnShift
    begin(found, by=by, at=at)
    _search(found, by=by, at=at)
    record("matching.ask_plan", by=by, at=at, subject="day_plan", subject_id=found.pk,
           detail={"first_date": str(first_date), "days": days})  # fmt: skip
    return found


def _search(found: DayPlan, *, by: Actor, at: datetime, why: str = "") -> None:
    move(found, PlanState.SEARCHING, by=by, at=at, why=why, progress=0.0, best_cost=None, stop_asked=False,
         trouble="", version=found.version + 1)  # fmt: skip
    defer("matching.plan_days", plan_id=str(found.pk))
    touch(f"dayplan:{found.pk}")


@transaction.atomic
def search_again(
    *, plan_id: UUID, version: int, by: Actor, at: datetime, prices: PlanPrices | None = None,
    seed: int | None = None,
) -> DayPlan:  # fmt: skip
    """Search on from the plan as it stands, with other prices or another seed if given.

    Refuses: NotFound, PlanChanged, PricesWrong, NotAllowed (while it is searched, or once published).
    """
    found = held_plan(plan_id, by, version=version)
    if prices is not None and not prices.sound:
        raise PricesWrong
    if prices is not None or seed is not None:
        found.prices = prices.to_json() if prices else found.prices
        found.seed = found.seed if seed is None else seed
        found.save(update_fields=["prices", "seed"])
    _search(found, by=by, at=at)
    record("matching.search_plan", by=by, at=at, subject="day_plan", subject_id=found.pk)
    return found


@transaction.atomic
def stop_plan(*, plan_id: UUID, by: Actor, at: datetime) -> DayPlan:
    """End the search with the best plan so far. Twice is once. Refuses: NotFound, NotAllowed (nothing is searched)."""
    found: DayPlan | None = DayPlan.objects.visible_to(by).filter(pk=plan_id).first()
    if found is None:
        raise NotFound
    # No lock: the search writes its progress into the same row.
    if not DayPlan.objects.filter(pk=plan_id, state=PlanState.SEARCHING).update(stop_asked=True):
        raise NotAllowed
    record("matching.stop_plan", by=by, at=at, subject="day_plan", subject_id=plan_id)
    return found


@transaction.atomic
def drop_plan(*, plan_id: UUID, by: Actor, at: datetime) -> DayPlan:
    """Give a plan up that was not published. Refuses: NotFound, NotAllowed."""
    found = held_plan(plan_id, by)
    move(found, PlanState.DROPPED, by=by, at=at, stop_asked=True)
    record("matching.drop_plan", by=by, at=at, subject="day_plan", subject_id=found.pk)
    touch(f"dayplan:{found.pk}")
    return found


@transaction.atomic
def replan(
    *, plan_id: UUID, why: Happening, by: Actor, at: datetime, worker_id: UUID | None = None,
    since: datetime | None = None, minutes: int = 0,
) -> DayPlan:  # fmt: skip
    """A new plan that changes a published one as little as may be, because of something that happened.

    ILL and NO_SHOW: `worker_id` is away from `since` on; LATE: they come `minutes` later from then on; ORDERS: what
    was cancelled or came in is read anew. What has begun, and what is promised to others, stays where it is.
    Refuses: NotFound, NotPublished, NotOfPlan, TimeWrong, MinutesWrong.
    """
    base = held_plan(plan_id, by)
    if base.state != PlanState.PUBLISHED or base.facts is None:
        raise NotPublished
    since = max(since or at, at)
    wishes: dict[str, Any] = {"visits": {}, "away": dict(base.wishes.get("away", {})), "delayed": {}}
    if why is not Happening.ORDERS:
        worker = str(worker_id or "")
        if worker not in {duty["worker"] for duty in base.facts["duties"]}:
            raise NotOfPlan("worker")
        if not queries.days_of(base).start <= since < queries.days_of(base).end:
            raise TimeWrong("since")
        minute = queries.minute_of(base, since)
        if why is Happening.LATE:
            if not 1 <= minutes <= 720:
                raise MinutesWrong("minutes")
            wishes["delayed"][worker] = [_free_from(base, worker, minute), minutes]
        else:
            wishes["away"][worker] = minute
    found = DayPlan(
        organisation_id=base.organisation_id, first_date=base.first_date, days=base.days, asked_at=at,
        by_person=by.person_id, prices=base.prices, seed=base.seed, base=base, why=str(why), wishes=wishes,
    )  # fmt: skip
    begin(found, by=by, at=at)
    _search(found, by=by, at=at, why=str(why))
    record("matching.replan", by=by, at=at, subject="day_plan", subject_id=found.pk,
           detail={"base": str(base.pk), "why": str(why), "worker": str(worker_id or "")})  # fmt: skip
    return found


def _free_from(base: DayPlan, worker: str, minute: int) -> int:
    """When the visit ends that the worker is at: from then on everything comes later."""
    facts, drawn = Facts.of(base.facts or {}), Drawn.of(base.plan or {})
    for route in drawn.routes:
        for stop in route:
            if facts.duties[stop.duty].worker == worker and stop.kind == "visit":
                ends = stop.begins + facts.visits[stop.index].minutes
                if stop.begins <= minute < ends:
                    return ends
    return minute


def plan_days(*, plan_id: UUID, at: datetime) -> DayPlan:
    """Search. Safe to run twice; nothing is written for a plan that was dropped meanwhile.

    Progress is written as it goes, so this is no single transaction; the plan itself is one UPDATE.
    """
    found: DayPlan = DayPlan.objects.select_related("base").get(pk=plan_id)
    if found.state != PlanState.SEARCHING:
        return found
    try:
        facts, drawn = _searched(found, at)
    except BadDay as bad:
        words = "；".join(dict.fromkeys(gettext(FAULTS[one.fault]) for one in bad.complaints))
        _end(found, PlanState.DRAFT, at=at, trouble=words[:300])
        return found
    help_ = queries.nearest_help(found, facts, drawn, at)
    _end(found, PlanState.READY, at=at, facts=facts.to_json(), plan={**drawn.to_json(), "help": help_},
         progress=1.0, best_cost=drawn.total)  # fmt: skip
    return found


def _end(found: DayPlan, state: PlanState, *, at: datetime, **fields: Any) -> None:
    try:
        with transaction.atomic():
            move(found, state, by=SYSTEM, at=at, version=found.version + 1, **fields)
            touch(f"dayplan:{found.pk}")
    except Moved:
        # Dropped while it was searched.
        found.refresh_from_db()


def _searched(found: DayPlan, at: datetime) -> tuple[Facts, Drawn]:
    steps = policies.read(STEPS, at=at)
    earlier = found if found.plan is not None else found.base
    old = (
        (Facts.of(earlier.facts), Drawn.of(earlier.plan))
        if earlier and earlier.facts and earlier.plan
        else None
    )
    facts, drawn = _search_once(found, at, old, steps)
    for _time in range(TIMES):
        if not queries.is_stale(found, facts, at):
            break
        facts, drawn = _search_once(found, at, (facts, drawn), steps // AGAIN_SHARE)
    return facts, drawn


def _search_once(
    found: DayPlan, at: datetime, old: tuple[Facts, Drawn] | None, steps: int
) -> tuple[Facts, Drawn]:
    """Read everything, and search on from an earlier plan where there is one. steps: tries for each visit."""
    # Compiled: only the process that searches is to wait for it, and to hold it.
    from anxin.matching.engine.dayplan.plan import plan

    facts = queries.read_facts(found, at, lambda share: _tell(found, READING * share))
    problem, found.facts = Problem(facts, PlanPrices.of(found.prices)), None
    made = plan(
        problem.day, steps=steps * (FEW + len(problem.day.visits)), seed=found.seed,
        begin=carried(*old, problem) if old else None, told=_Listener(found, problem),
    )  # fmt: skip
    return facts, allowed(problem, problem.draw(made))


def _tell(found: DayPlan, done: float, **best: Any) -> None:
    """Write how far the search is."""
    DayPlan.objects.filter(pk=found.pk, state=PlanState.SEARCHING).update(progress=min(1.0, done), **best)
    touch(f"dayplan:{found.pk}")


@dataclass
class _Listener:
    """Hears how the search goes, and tells it whether to go on."""

    found: DayPlan
    problem: Problem
    written: float | None = None

    def __call__(self, progress: Progress) -> bool:
        now = monotonic()
        if self.written is not None and now - self.written < TOLD_EVERY_S:
            return True
        self.written = now
        self._write(progress)
        going = DayPlan.objects.filter(pk=self.found.pk, state=PlanState.SEARCHING, stop_asked=False)
        return bool(going.exists())

    def _write(self, progress: Progress) -> None:
        """How far it is, with the best plan so far."""
        best = self.problem.draw(progress.plan)
        # The facts are long, and written once.
        news = {"facts": self.problem.facts.to_json()} if self.found.facts is None else {}
        self.found.facts = news.get("facts", self.found.facts)
        done = READING + (1 - READING) * progress.done
        _tell(self.found, done, best_cost=best.total, plan=best.to_json(), **news)
