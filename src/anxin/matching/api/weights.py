"""The rules of the ranking for programs: read by everybody, tried and announced by the operator."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from ninja import Router, Schema, Status

from anxin.kit import clock
from anxin.kit.access import PUBLIC, holds, ruled
from anxin.kit.inputs import Moment
from anxin.matching import actions, queries
from anxin.matching.values import NUMBERS, Rules
from anxin.policies.values import CHANGE

router = Router(tags=["matching"])


class RulesIn(Schema):
    """A version of the ranking. weights: shares by component, 1 in all; metres, stars, years, orders, visits."""

    weights: dict[str, float]
    half_distance_m: int
    prior_mean: float
    prior_count: int
    full_years: int
    fair_orders: int
    full_visits: int


class AnnouncementIn(RulesIn):
    reason: str
    valid_from: Moment | None = None


class AnnouncedOut(Schema):
    valid_from: datetime


class ChangedOut(Schema):
    """An order in which another would stand first. place: of who served, by the rules that hold and by those tried."""

    number: str
    item_name: str
    before: str
    after: str
    place: tuple[int | None, int | None]


class TrialOut(Schema):
    """What would have changed; metres, rating and fairness of who stands first: [now, tried]."""

    since: datetime
    orders: int
    other_first: int
    kept: float
    metres: tuple[float, float]
    rating: tuple[float, float]
    fairness: tuple[float, float]
    rows: list[ChangedOut]


def _rules(body: RulesIn) -> Rules:
    typed = body.dict()
    return actions.fitted_rules(
        {policy.key: typed[policy.key.removeprefix("matching.")] for policy in NUMBERS}
    )


@router.get("/rules/ranking/", response=dict[str, Any])
@ruled(PUBLIC)
def rules(request: Any) -> dict[str, Any]:
    return queries.rules_at(clock.now()).to_json()


@router.post("/rules/ranking/trials/", response=TrialOut)
@ruled(holds(CHANGE))
def trial(request: Any, body: RulesIn) -> dict[str, Any]:
    return asdict(queries.trial(_rules(body), at=clock.now()))


@router.post("/rules/ranking/announcements/", response={201: AnnouncedOut})
@ruled(holds(CHANGE))
def announce(request: Any, body: AnnouncementIn) -> Status[dict[str, Any]]:
    moment = actions.announce_rules(
        rules=_rules(body), reason=body.reason, by=request.actor, at=clock.now(), valid_from=body.valid_from
    )
    return Status(201, {"valid_from": moment})
