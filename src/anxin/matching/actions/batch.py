"""A batch of waiting demands: asked for by a desk, worked out by a job, accepted pair by pair."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from anxin.audit.public import record
from anxin.kit.actor import Actor
from anxin.kit.batch import Outcome
from anxin.kit.errors import Conflict, Forbidden, Invalid, Refusal
from anxin.kit.ids import new_id
from anxin.kit.jobs import defer
from anxin.kit.live import touch
from anxin.matching import queries
from anxin.matching.actions.choosing import propose
from anxin.matching.engine.demands import Demand, Plan
from anxin.matching.models import Batch
from anxin.matching.queries.batch import Looked
from anxin.matching.values import Change, Fairness
from anxin.orders import public as orders

if TYPE_CHECKING:
    from anxin.matching.engine.batching import Batch as Problem

MOST_ADVISED = 30


class NothingWaits(Conflict):
    code = "nothing_waits"
    message = _("没有等待选派的订单。")


class NotReady(Conflict):
    code = "not_ready"
    message = _("这一批还在计算，请稍候。")


class PairGone(Conflict):
    code = "pair_gone"
    message = _("订单 %(number)s 已不再等待选派，或已选了别人。")


class NoSuchPair(Invalid):
    code = "no_such_pair"
    message = _("这一批里没有这一对。")


class NewRound(Conflict):
    code = "new_round"
    message = _("新的一轮里，订单 %(number)s 不再这样派，请看最新一轮。")


class LimitWrong(Invalid):
    code = "limit_wrong"
    message = _("公平线请填 0 到 10 之间的数。")


@transaction.atomic
def ask_batch(*, fairness: Fairness, limit: float, by: Actor, at: datetime) -> Batch:
    """Take the desk's waiting demands (at most 200, soonest first) into a batch; a job works it out.

    limit: see `measures.Bound`; not used with Fairness.NONE. Refuses: NothingWaits, LimitWrong. Source: outlet §6.1.2.
    """
    if by.organisation_id is None:
        raise Forbidden
    check_limit(limit)
    waiting = queries.waiting(by)
    if not waiting:
        raise NothingWaits
    batch = Batch(
        id=new_id(), organisation_id=by.organisation_id, asked_at=at, by_person=by.person_id, fairness=str(fairness),
        limit=limit, order_ids=[str(order.pk) for order in waiting], total=len(waiting),
    )  # fmt: skip
    batch.save(force_insert=True)
    record("matching.ask_batch", by=by, at=at, subject="batch", subject_id=batch.pk,
           detail={"orders": len(waiting), "fairness": str(fairness), "limit": limit})  # fmt: skip
    defer("matching.work_out", batch_id=str(batch.pk))
    return batch


def check_limit(limit: float) -> None:
    """Refuses: LimitWrong."""
    if not 0 <= limit <= 10:
        raise LimitWrong("limit")


def work_out(*, batch_id: UUID, at: datetime) -> Batch:
    """Make the plan: look at every order, solve, ask what would help those left over. Safe to run twice.

    Progress is written as it goes, so this is no single transaction; the plan itself is one UPDATE.
    """
    batch = Batch.objects.get(pk=batch_id)
    if batch.done_at is not None:
        return batch

    def told(number: int) -> None:
        Batch.objects.filter(pk=batch.pk, looked_at__lt=number).update(looked_at=number)
        touch(f"batch:{batch.pk}")

    looked = look_at_all(batch.order_ids, at, told)
    made = make_plan(looked, Fairness(batch.fairness), batch.limit, at)
    Batch.objects.filter(pk=batch.pk, done_at=None).update(plan=made, done_at=at, looked_at=batch.total)
    touch(f"batch:{batch.pk}")
    batch.refresh_from_db()
    return batch


def make_plan(
    looked: list[Looked], fairness: Fairness, limit: float, at: datetime, *, shown: Mapping[UUID, UUID] | None = None,
    loyalty: float = 0.0,
) -> dict[str, Any]:  # fmt: skip
    """The plan as it is kept. shown: order → worker as shown before; changing a pair must gain `loyalty`."""
    # Compiled: only the process that works a batch out is to wait for it, and to hold it.
    from anxin.matching.engine.batching import Batch as Problem

    ids = {one.worker_id for row in looked for one in row.ranked}
    problem = Problem(
        [row.demand for row in looked], queries.held(ids, at), share=queries.weighing(at).share, seed=_seed(looked),
        shown=shown, loyalty=loyalty,
    )  # fmt: skip
    plan, chosen = problem.plan(fairness, limit)
    left = set(plan.unserved)
    advised = [row for row in looked if row.demand.key in left][:MOST_ADVISED]
    told = {row.demand.key: _advice(problem, chosen, row, at) for row in advised}
    return _as_json(plan, looked, told, problem.problem.seed)


def _seed(looked: Iterable[Looked]) -> int:
    """Drawn from the demands alone: who asks again for the same ones cannot draw other lots."""
    keys = ",".join(sorted(str(row.demand.key) for row in looked))
    return int.from_bytes(hashlib.sha256(keys.encode()).digest()[:4])


def look_at_all(
    order_ids: Iterable[str], at: datetime, told: Callable[[int], None] | None = None
) -> list[Looked]:
    """Those of the orders that still wait, each with who could take it. told: hears how many were looked at."""
    waiting = [orders.by_id(UUID(pk)) for pk in order_ids]
    weighing = queries.weighing(at)
    dearest = max((queries.hourly_fen(order) for order in waiting), default=0.0)
    looked = []
    for number, order in enumerate(waiting, start=1):
        if queries.still_waiting(order):
            looked.append(queries.look(order, at, weighing, dearest))
        if told is not None and number % 5 == 0:
            told(number)
    return looked


def _advice(problem: Problem, chosen: Any, row: Looked, at: datetime) -> tuple[Change, str] | None:
    """The nearest change with which somebody has time beside the plan."""
    turnover = row.demand.end - queries.minutes(row.order.ends_at)
    helping = [
        (away, kind, what)
        for kind, what, away, span, found in queries.changes(row.order, at)
        if any(
            problem.has_time(
                chosen, one.worker_id, queries.minutes(span.start), queries.minutes(span.end) + turnover,
                row.demand.point,
            )
            for one in found
        )
    ]  # fmt: skip
    if not helping:
        return None
    _away, kind, what = min(helping, key=lambda one: (one[0], str(one[1]), one[2]))
    return kind, what


def _as_json(
    plan: Plan, looked: Iterable[Looked], told: dict[UUID, tuple[Change, str] | None], seed: int
) -> dict[str, Any]:
    """The plan as it is kept: ids only, names are looked up by those who may see them."""
    rows = {row.demand.key: row for row in looked}
    goes_to = {pair.worker: pair.demand for pair in plan.pairs}
    return {
        "seed": seed,
        "pairs": [
            {"order": str(pair.demand), "worker": str(pair.worker), "customer": round(pair.customer, 4),
             "service": round(pair.service, 4), **_explained(pair.worker, rows[pair.demand], goes_to)}
            for pair in plan.pairs
        ],
        "unserved": [_unserved(rows[key].demand, told.get(key)) for key in plan.unserved],
        "satisfaction": round(plan.satisfaction, 4), "value": round(plan.value, 4),
        "value_free": round(plan.value_free, 4), "price": round(plan.price, 4), "reached": plan.reached,
        "gap": round(plan.gap, 6), "proven": plan.proven, "knob": [list(one) for one in plan.knob],
    }  # fmt: skip


def _explained(worker: UUID, row: Looked, goes_to: dict[UUID, UUID]) -> dict[str, Any]:
    """Where the worker stood for this order alone, and where the one went who stood first."""
    place = next(number for number, one in enumerate(row.ranked, start=1) if one.worker_id == worker)
    first = row.ranked[0].worker_id
    return {
        "place": place, "of": len(row.ranked), "score": row.ranked[place - 1].to_json(), "first": str(first),
        "first_goes_to": str(goes_to[first]) if first in goes_to else "",
    }  # fmt: skip


def _unserved(demand: Demand, told: tuple[Change, str] | None) -> dict[str, Any]:
    return {
        "order": str(demand.key), "candidates": len(demand.wishes),
        "change": str(told[0]) if told else "", "what": told[1] if told else "",
    }  # fmt: skip


def accept_pairs(
    batch: Batch, *, order_id: UUID | None, by: Actor, at: datetime
) -> tuple[list[orders.Assignment], list[Outcome]]:
    """Propose the pair of one order, or every pair still open. Each is a transaction of its own.

    The database confirms each (gates, calendar, the order's state): what went stale is told and left, the others
    stand, and so is what a later round of the same rolling batch decided otherwise. Refuses: NotReady, NoSuchPair.
    """
    if batch.plan is None:
        raise NotReady
    pairs = [pair for pair in batch.plan["pairs"] if order_id is None or pair["order"] == str(order_id)]
    if not pairs:
        raise NoSuchPair
    made, refused = [], []
    now, valid = queries.current(batch, by), queries.latest_pairs(batch)
    for pair in pairs:
        order = now.get(UUID(pair["order"]))
        state = queries.state_of(pair, order)
        if order is None or (order_id is None and state != "open"):
            continue
        try:
            if state != "open":
                raise PairGone(number=order.number)
            if valid.get(pair["order"], pair["worker"]) != pair["worker"]:
                raise NewRound(number=order.number)
            made.append(propose(order=order, worker_id=UUID(pair["worker"]), by=by, at=at))
        except Refusal as refusal:
            refused.append(Outcome(order.number, str(refusal)))
    return made, refused
