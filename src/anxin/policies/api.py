"""The operator's rules for programs."""

from datetime import datetime
from typing import Any

from ninja import Router, Schema, Status

from anxin.kit import clock
from anxin.kit.access import PUBLIC, holds, ruled
from anxin.kit.inputs import Moment
from anxin.policies import actions, queries
from anxin.policies.actions import UnknownPolicy
from anxin.policies.values import CHANGE

router = Router(tags=["rules"])


class VersionOut(Schema):
    value: Any
    valid_from: datetime
    reason: str


class RuleOut(Schema):
    """A rule as it stands. `history` holds every value it ever had, newest first, and `coming` those announced."""

    key: str
    value: Any
    default: Any
    unit: str
    meaning: str
    source: str
    history: list[VersionOut]
    coming: list[VersionOut]


class ChangeIn(Schema):
    value: Any
    reason: str
    valid_from: Moment | None = None


def _out(found: queries.Reading) -> dict[str, Any]:
    policy = found.policy
    return {
        "key": policy.key,
        "value": policy.to_json(found.value),
        "default": policy.to_json(policy.default),
        "unit": policy.unit,
        "meaning": policy.meaning,
        "source": policy.source,
        "history": found.history,
        "coming": found.coming,
    }


@router.get("/rules", response=list[RuleOut], summary="All published rules with their history")
@ruled(PUBLIC)
def rules(request: Any) -> list[dict[str, Any]]:
    return [_out(found) for found in queries.readings(at=clock.now())]


@router.post("/rules/{key}/changes", response={201: VersionOut}, summary="Give a rule a new value")
@ruled(holds(CHANGE))
def change(request: Any, key: str, body: ChangeIn) -> Any:
    at = clock.now()
    found = queries.reading(key, at=at)
    if found is None:
        raise UnknownPolicy(key=key[:80])
    row = actions.change(
        policy=found.policy,
        value=body.value,
        valid_from=body.valid_from or found.policy.earliest(at),
        reason=body.reason,
        by=request.actor,
        at=at,
    )
    return Status(201, row)
