"""Reads for batches that are kept rolling."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from anxin.accounts import public as accounts
from anxin.kit.actor import SYSTEM, Actor
from anxin.matching.models import Batch, Rolling, Round
from anxin.matching.rules.rolling import Decided
from anxin.matching.states import RollingState
from anxin.matching.values.rolling import ROLLING_AGENCIES, ROLLING_ROUNDS, Ended
from anxin.orders import public as orders
from anxin.policies import public as policies


def rollings(actor: Actor) -> QuerySet[Rolling]:
    """The desk's, latest first."""
    found: QuerySet[Rolling] = Rolling.objects.visible_to(actor).order_by("-asked_at", "-id")
    return found


def rolling(rolling_id: UUID, actor: Actor) -> Rolling | None:
    found: Rolling | None = Rolling.objects.visible_to(actor).filter(pk=rolling_id).first()
    return found


def running(organisation_id: UUID | None) -> Rolling | None:
    """The one that an agency has on."""
    found: Rolling | None = Rolling.objects.filter(
        organisation=organisation_id, state=RollingState.ON
    ).first()
    return found


def due_rollings(at: datetime) -> list[Rolling]:
    """Those whose next round has come."""
    return list(Rolling.objects.filter(state=RollingState.ON, due_at__lte=at).order_by("due_at"))


def rounds_of(found: Rolling) -> QuerySet[Round]:
    """Latest first, without their plans."""
    rows = Round.objects.filter(rolling=found.pk).select_related("batch")
    return rows.defer("batch__plan").order_by("-number")


def last_round(rolling_id: UUID) -> Round | None:
    """With its plan. One query."""
    return Round.objects.filter(rolling=rolling_id).select_related("batch").order_by("-number").first()


def round_of(batch: Batch) -> Round | None:
    """Which round the batch is, if it is one."""
    return Round.objects.filter(batch=batch.pk).first()


def latest_pairs(batch: Batch) -> dict[str, str]:
    """Order → worker ("" for nobody) as the latest round has it, if a later one than this has been made; else empty."""
    own = round_of(batch)
    last = last_round(own.rolling_id) if own else None
    if own is None or last is None or last.pk == own.pk or last.batch.plan is None:
        return {}
    return dict(Decided.of(last.batch.plan).worker)


def promised_for(order_ids: Collection[str]) -> dict[str, str]:
    """Order → the worker who is proposed or agreed for it, of those orders that have one. Three queries."""
    rows = orders.board(SYSTEM).filter(pk__in=list(order_ids))
    live = ((order.pk, order.live_assignments) for order in rows)  # type: ignore[attr-defined]  # prefetched
    return {str(pk): str(found[0].worker_id) for pk, found in live if found}


def must_end(found: Rolling, at: datetime) -> Ended | None:
    """What forbids another round. Two queries."""
    bounds = policies.read_many(ROLLING_AGENCIES, ROLLING_ROUNDS, at=at)
    if bounds[ROLLING_AGENCIES.key] == 0:
        return Ended.OPERATOR
    if found.rounds >= bounds[ROLLING_ROUNDS.key]:
        return Ended.ROUNDS
    if not accounts.staff_ids(found.organisation_id, at, permission="orders.dispatch"):
        return Ended.NOBODY
    return None


def agency_may_roll(at: datetime) -> bool:
    """Whether one more agency may keep a batch rolling. Two queries."""
    running_now = Rolling.objects.filter(state=RollingState.ON).count()
    return running_now < policies.read(ROLLING_AGENCIES, at=at)
