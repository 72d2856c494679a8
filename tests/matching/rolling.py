"""Rolling batches on the stage."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from anxin.kit import jobs
from anxin.matching import actions, queries
from anxin.matching.models import Rolling, Round
from anxin.matching.values import Fairness
from anxin.orders.actions import offer
from anxin.orders.models import Order
from anxin.policies import public as policies
from anxin.workers.values import Span
from tests.cast import NOON
from tests.stage import START, UNSEEN, Stage
from tests.tape import scene

LATER = NOON + timedelta(minutes=11)
AWAY = Span(START - timedelta(hours=2), START + timedelta(hours=6))
MUCH_LATER = NOON + timedelta(minutes=22)


@scene
def accepted(stage: Stage, at: datetime = NOON, shift: timedelta = timedelta()) -> Order:
    ends = START + timedelta(hours=3) + shift
    order = stage.ask(at, starts_at=START + shift, ends_at=ends, unseen=UNSEEN)
    offer.accept(order, organisation_id=stage.head.organisation.pk, by=stage.head.actor, at=at)
    order.refresh_from_db()
    return order


def kept(stage: Stage, **how: Any) -> Rolling:
    """Turned on at noon, with its first round made."""
    asked: dict[str, Any] = {"fairness": Fairness.NONE, "limit": 0.35, "window_minutes": 10} | how
    found = actions.keep_rolling(**asked, by=stage.head.actor, at=NOON)
    jobs.drain(NOON, discard=UNSEEN)
    found.refresh_from_db()
    return found


def next_round(found: Rolling, at: datetime) -> Round | None:
    """What the clock does; the round that came of it, if one did."""
    before = found.rounds
    actions.tick(at=at)
    jobs.drain(at, discard=UNSEEN)
    found.refresh_from_db()
    return queries.last_round(found.pk) if found.rounds > before else None


def latest(found: Rolling) -> Round:
    made = queries.last_round(found.pk)
    assert made is not None
    return made


def ruled(policy: Any, value: int, operations: Any, at: datetime) -> None:
    policies.change(policy=policy, value=value, valid_from=at, reason="试运行", by=operations.actor, at=at)


def goes_to(made: Round) -> dict[str, str]:
    assert made.batch.plan is not None
    return {pair["order"]: pair["worker"] for pair in made.batch.plan["pairs"]}


def turns(made: Round) -> dict[str, tuple[str, str]]:
    return {change["order"]: (change["turn"], change["why"]) for change in made.changes}
