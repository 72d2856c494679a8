"""A worker who was to come no longer can: the order goes back to choosing, and everybody is told."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from anxin.audit.public import record
from anxin.kit.actor import Actor
from anxin.kit.events import announce
from anxin.kit.models import move
from anxin.kit.text import gettext_noop
from anxin.orders.actions.assign import BEFORE_SERVICE, end, start_over
from anxin.orders.actions.telling import lock, tell
from anxin.orders.events import WorkerLost
from anxin.orders.models import Assignment, Order, Warning
from anxin.orders.states import LIVE_ASSIGNMENTS, AssignmentState, OrderState
from anxin.orders.values import WarningKind
from anxin.workers import public as workers
from anxin.workers.values import WorkerState

WHY = gettext_noop("服务员暂停接单，或已离开机构")


def lose_worker(*, worker_id: UUID, by: Actor, at: datetime) -> int:
    """Free every visit not yet begun of a worker who is paused, has left, or works for another agency now; returns how
    many. Safe to run twice; nothing happens to who is back at work for the same agency."""
    worker = workers.Worker.objects.filter(pk=worker_id).first()
    affiliation = workers.affiliation_of(worker_id, at)
    working = worker is not None and worker.state == WorkerState.ACTIVE
    lost = 0
    live = Assignment.objects.filter(worker=worker_id, order__state__in=BEFORE_SERVICE).live()
    for assignment in live.select_related("order", "order__customer", "visit").order_by("order_id", "id"):
        stays = affiliation is not None and affiliation.organisation_id == assignment.order.provider_id
        if not (working and stays):
            lost += _lose(assignment, by=by, at=at)
    return lost


@transaction.atomic
def _lose(assignment: Assignment, *, by: Actor, at: datetime) -> int:
    order = assignment.order
    lock(order)
    assignment.refresh_from_db(fields=["state"])
    agreed = assignment.state == AssignmentState.AGREED
    if order.state not in BEFORE_SERVICE or assignment.state not in LIVE_ASSIGNMENTS:
        return 0
    end(assignment, AssignmentState.WITHDRAWN, reason=WHY, by=by, at=at)
    # Whoever was to stand in for them is now simply the next one.
    Assignment.objects.filter(replaces=assignment).live().update(replaces=None)
    if agreed:
        _choose_again(order, assignment, by=by, at=at)
    to = "customer provider former" if agreed else "provider former"
    tell(
        order,
        "worker_lost",
        gettext_noop("选定的服务员不能来了，机构正在另选服务员"),
        to=to,
        by=by,
        at=at,
        sms=True,
    )
    record("orders.lose_worker", by=by, at=at, subject="order", subject_id=order.pk,
           detail={"worker": str(assignment.worker_id)})  # fmt: skip
    return 1


def _choose_again(order: Order, assignment: Assignment, *, by: Actor, at: datetime) -> None:
    """What was agreed no longer stands: back to choosing; who has signed signs an addendum for the next worker."""
    start_over(assignment.visit, by=by, at=at)
    if order.state != OrderState.ACCEPTED:
        move(order, OrderState.ACCEPTED, by=by, at=at, why="worker_lost")
    Warning.objects.get_or_create(
        visit=assignment.visit, kind=str(WarningKind.WORKER_LOST), cleared_at=None,
        defaults={"order": order, "raised_at": at},
    )  # fmt: skip
    announce(WorkerLost(order.pk, assignment.pk))
