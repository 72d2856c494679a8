"""Jobs of matching."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from anxin.kit.jobs import periodic, task
from anxin.matching import actions


@task("matching.place_demand")
def place_demand(*, at: datetime, order_id: str) -> None:
    actions.place_demand(order_id=UUID(order_id), at=at)


@task("matching.offer_next")
def offer_next(*, at: datetime, order_id: str, was_open: bool) -> None:
    actions.offer_next(order_id=UUID(order_id), was_open=was_open, at=at)


@task("matching.seek_substitute")
def seek_substitute(*, at: datetime, order_id: str) -> None:
    actions.seek_substitute(order_id=UUID(order_id), at=at)


@task("matching.work_out")
def work_out(*, at: datetime, batch_id: str) -> None:
    actions.work_out(batch_id=UUID(batch_id), at=at)


@periodic("matching.tick", cron="* * * * *")
def tick(*, at: datetime) -> None:
    actions.tick(at=at)


@task("matching.roll")
def roll(*, at: datetime, rolling_id: str) -> None:
    actions.roll(rolling_id=UUID(rolling_id), at=at)


@task("matching.plan_days")
def plan_days(*, at: datetime, plan_id: str) -> None:
    actions.plan_days(plan_id=UUID(plan_id), at=at)
